"""Cases of checks: an inventory in, exact findings out, all in one YAML file.

A case is read as `docs/adding-a-check.md` describes. Its inventory goes through the real reader of records into a
real inventory, and the check judges what comes out of that.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import yaml
from cryptography import x509

from events.application import Judgement
from events.audit_task import CheckOutcome
from events.identifiers import certificate_arn
from events.vocabulary import AccountId, CheckName
from tests.support.case_connections import known_since, told, window_of
from tests.support.case_revocations import ServedDocuments, ca, ca_certificate, collected, extensions
from tests.support.certificates import certificate, certificate_id, pem, public_key, rsa_public_key
from tests.support.published_weak_keys import DEBIAN_WEAK_MODULUS, ROCA_MODULUS
from workers.checks import REGISTRY, catalogue
from workers.checks.check import Check, Circumstances
from workers.inventory.certificate_facts import modulus_fingerprint
from workers.inventory.importers.records import read_record
from workers.inventory.store import Inventory
from workers.judging.look_back import Window
from workers.judging.weak_keys import FingerprintList
from workers.outcomes import connections_not_known, not_permitted
from workers.run_check import judge
from workers.watched_rows import WatchedRows

CASES = Path(__file__).parents[1] / "cases"
ACCOUNT = AccountId("123456789012")
REGION = "us-east-1"
MODULI = {"ROCA": ROCA_MODULUS, "DEBIAN_WEAK": DEBIAN_WEAK_MODULUS}
CASE_MEMBERS = {"why", "kind", "now", "configuration", "weakKeys", "inventory", "crls", "issuers", "expect"}
CONNECTION_MEMBERS = {"connections", "connectionsKnownSince", "taskType", "previousStart"}


@dataclass(frozen=True)
class Case:
    """One YAML file."""

    path: Path
    check: Check
    written: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """What the case is there for."""
        return str(self.written["kind"])

    @property
    def expected(self) -> Mapping[str, Any]:
        """What has to come out."""
        expect: Mapping[str, Any] = self.written["expect"]
        return expect

    def circumstances(self) -> Circumstances:
        """Return what the check may know; thresholds that the case leaves out have their defaults."""
        configured = {name: str(value) for name, value in self.written.get("configuration", {}).items()}
        weak_keys = self.written.get("weakKeys")
        return Circumstances(
            account=ACCOUNT,
            region=REGION,
            now=self.written["now"],
            configuration=catalogue().configuration_of(self.check.name, configured),
            weak_keys=weak_keys if weak_keys is None else fingerprints(weak_keys),
            window=window_of(self.check, self.written),
            connections_known_since=known_since(self.written),
        )


def read_cases() -> list[Case]:
    """Read every case of every check; a folder is a check's API name in lower case."""
    return [
        Case(path, REGISTRY[CheckName(path.parent.name.upper())], yaml.safe_load(path.read_text()))
        for path in sorted(CASES.glob("*_check/*.yaml"))
    ]


def fingerprints(names: list[str]) -> FingerprintList:
    """Return the list of weak keys that holds these published ones."""
    return FingerprintList(int(modulus_fingerprint(MODULI[name]), 16) for name in names)


class Names:
    """The short names that a case gives its certificates, and their ids."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}
        self._signed: dict[str, x509.Certificate] = {}
        self._serial_numbers = count(1)

    def record(self, written: Mapping[str, Any]) -> dict[str, Any]:
        """Complete a record: an id for a short name, and a real certificate for one that names its key."""
        record = dict(written)
        name = record.get("certificateId")
        if "key" in record or "ca" in record:
            record["certificatePem"] = self._certificate(record)
        if name is not None:
            record["certificateId"] = self.id_of(name)
        return record

    def id_of(self, name: str) -> str:
        """Return the id of a certificate, which is 64 hex digits."""
        return self._ids.get(name, hashlib.sha256(name.encode()).hexdigest())

    def serial_number_of(self, name: str) -> int:
        """Return the serial number of a certificate by its short name, or of a CA's by its own name."""
        return (self._signed.get(name) or ca_certificate({"ca": name})).serial_number

    def _certificate(self, record: dict[str, Any]) -> str:
        signed = ca_certificate(record) if "ca" in record else self._signed_by_a_ca(record)
        self._signed[record["certificateId"]] = signed
        self._ids[record["certificateId"]] = certificate_id(signed)
        return pem(signed)

    def _signed_by_a_ca(self, record: dict[str, Any]) -> x509.Certificate:
        key = record.pop("key")
        return certificate(
            key=public_key() if key == "EC" else rsa_public_key(MODULI[key]),
            serial_number=next(self._serial_numbers),
            issuer=ca(record.pop("issuer")) if "issuer" in record else None,
            extensions=extensions(record),
            **{name: record.pop(given) for name, given in VALIDITY.items() if given in record},
        )


VALIDITY = {"not_before": "notBefore", "not_after": "notAfter"}


def fill(inventory: Inventory, records: list[Mapping[str, Any]], now: datetime) -> Names:
    """Import a case's records, and return what its names became."""
    names = Names()
    with inventory.begin_import(ACCOUNT, replace=False, now=now) as importing:
        for written in records:
            record = read_record(names.record(written), ACCOUNT)
            importing.add(record.kind, record.values, record.der)
    return names


def run(
    case: Case, inventory: Inventory, names: Names, documents: Mapping[str, bytes] | None = None
) -> Judgement | CheckOutcome:
    """Judge the whole inventory; the outcome when the inventory does not know what the check examines.

    `documents` is what is served under each URL.
    """
    check, circumstances = case.check, case.circumstances()
    if circumstances.window is not None:
        return run_over_connections(case, inventory, names, circumstances.window)
    version = inventory.current_version(ACCOUNT)
    missing = [kind for kind in check.examines.kinds if not inventory.is_listed(ACCOUNT, kind, version)]
    if missing:
        return not_permitted(missing)
    revocations = collected(check, inventory, ACCOUNT, circumstances, ServedDocuments(documents or {}))
    circumstances = replace(circumstances, revocations=revocations)
    rows = inventory.rows(ACCOUNT, check.examines, version, None, None)
    return judge(check, WatchedRows(rows, lambda: True, lambda: 0.0), circumstances)


def run_over_connections(
    case: Case, inventory: Inventory, names: Names, window: Window
) -> Judgement | CheckOutcome:
    """Judge the connections of a case."""
    check = case.check
    presence = told(inventory._database, ACCOUNT, case.written, names.id_of)
    source = presence.during(window)
    version = source.current_version(ACCOUNT)
    if not source.is_listed(ACCOUNT, check.examines.kind, version):
        return connections_not_known(window, presence.known_since(ACCOUNT))
    rows = source.rows(ACCOUNT, check.examines, version, None, None)
    watched = WatchedRows(rows, lambda: True, lambda: 0.0, key_at=check.examines.key_at)
    return judge(check, watched, case.circumstances())


def identifier(written: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """Return the whole resource identifier for what a case writes of it."""
    match written:
        case {"deviceCertificateId": name}:
            arn = certificate_arn(REGION, ACCOUNT, names.id_of(name))
            return {"deviceCertificateId": names.id_of(name), "deviceCertificateArn": arn}
        case {"caCertificateId": name}:
            return {"caCertificateId": names.id_of(name)}
        case {"issuer": dict(issuer)}:
            return {"issuerCertificateIdentifier": issuer_identifier(issuer)}
        case _:
            return dict(written)


def issuer_identifier(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the API names the certificate of a CA that a case writes as it does under `issuers`."""
    signed = ca_certificate(written)
    return {
        "issuerCertificateSubject": signed.subject.rfc4514_string(),
        "issuerId": certificate_id(signed),
        "issuerCertificateSerialNumber": f"{signed.serial_number:x}".zfill(30)[:20],
    }
