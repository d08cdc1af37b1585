"""The demo's fleet: real certificates, policies, roles and settings, written as the files that `import` reads."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import certifi
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from service.demo.certificate_authority import CertificateAuthority, file_name, pem
from service.demo.fleet_plan import TROUBLED, DeviceGroup, FleetPlan
from service.demo.presence import presence_events
from service.demo.published_keys import blocklist_line, debian_weak_key
from service.demo.roles import role_records


@dataclass(frozen=True)
class DemoFleet:
    """Where the fleet was written."""

    inventory: Path
    """The directory to import."""
    key_blocklist: Path
    """A blocklist in the format of `openssl-blacklist` that knows the one Debian-weak key."""


def lists_of(directory: Path) -> Path:
    """Where a fleet's revocation lists are, and the certificates of who signs them: what is to be served."""
    return directory / "revocation-lists"


def presence_of(directory: Path) -> Path:
    """Where a fleet's presence events are."""
    return directory / "presence.ndjson"


def write_fleet(
    directory: Path, now: datetime, lists_at: str | None = None, plan: FleetPlan = TROUBLED
) -> DemoFleet:
    """Write the fleet as it is at `now` into `directory`, which is made if need be. Keys are new each time.

    With `lists_at`, the URL of a server, its certificates name revocation lists there (`lists_of`).
    """
    fleet = DemoFleet(directory / "inventory", directory / "weak-rsa-keys.txt")
    (fleet.inventory / "devices").mkdir(parents=True, exist_ok=True)
    authority = CertificateAuthority("Fleet Audit Demo CA", now, lists_at=lists_at)
    plant = CertificateAuthority("Demo Plant CA", now, above=authority, lists_at=lists_at)
    if plan.has_public_cas:
        (fleet.inventory / "public-ca-certificates.pem").write_text(certifi.contents())
    (fleet.inventory / "fleet-ca-certificate.pem").write_text(pem(authority.certificate))
    (fleet.inventory / "plant-ca-certificate.pem").write_text(pem(plant.certificate))
    for ca in plan.other_cas:
        certificate = authority.issue(
            ca.name,
            ca.key(),
            not_before=now - timedelta(days=600),
            not_after=now + timedelta(days=ca.days_left),
            is_ca=True,
        )
        (fleet.inventory / f"{file_name(ca.name)}-certificate.pem").write_text(pem(certificate))
    devices = list(_devices(plan, authority, plant, now))
    revoked = [device.certificate for device in devices if device.is_revoked]
    if plan.is_plant_revoked:
        revoked.append(plant.certificate)
    _write_lists(lists_of(directory), {authority: revoked, plant: []}, now)
    described = []
    for device in devices:
        if device.group.is_described:
            described.append(device.description())
        else:
            (fleet.inventory / "devices" / f"{device.name}.pem").write_text(pem(device.certificate))
    certificates = {device.name: device.certificate.fingerprint(SHA256()).hex() for device in devices}
    presence_of(directory).write_text(_lines(presence_events(certificates, now, has_intruders=plan.has_intruders)))
    (fleet.inventory / "long-serving-devices.ndjson").write_text(_lines(described))
    (fleet.inventory / "policies.ndjson").write_text(_lines(_policies(plan.policies)))
    (fleet.inventory / "roles.ndjson").write_text(
        _lines(role_records(now, plan.role_aliases, plan.identity_pools))
    )
    (fleet.inventory / "logging-options.ndjson").write_text(_lines([_logging_options(plan)]))
    fleet.key_blocklist.write_text(f"# Keys of CVE-2008-0166.\n{blocklist_line(debian_weak_key())}\n")
    return fleet


@dataclass(frozen=True)
class _Device:
    name: str
    group: DeviceGroup
    certificate: x509.Certificate
    issued: datetime
    is_revoked: bool

    def description(self) -> dict[str, Any]:
        """What `aws iot describe-certificate` tells of it."""
        return {
            "resourceType": "DEVICE_CERTIFICATE",
            "status": "ACTIVE",
            "creationDate": self.issued.isoformat(),
            "certificatePem": pem(self.certificate),
        }


def _write_lists(
    directory: Path, revoked: Mapping[CertificateAuthority, Iterable[x509.Certificate]], now: datetime
) -> None:
    directory.mkdir(exist_ok=True)
    for authority, certificates in revoked.items():
        name = file_name(authority.common_name)
        (directory / f"{name}.crl").write_bytes(authority.revocation_list(certificates, now))
        (directory / f"{name}.cer").write_bytes(authority.certificate.public_bytes(Encoding.DER))


def _devices(
    plan: FleetPlan, fleet_ca: CertificateAuthority, plant: CertificateAuthority, now: datetime
) -> Iterator[_Device]:
    for group in plan.device_groups:
        authority = plant if group.is_of_plant else fleet_ca
        shared = group.key() if group.shares_one_key else None
        for number in range(group.count):
            name = f"{group.name}-{number + 1:03}"
            issued = now - timedelta(days=_spread(group.age, number, group.count))
            expires = now + timedelta(days=_spread(group.days_left, number, group.count))
            certificate = authority.issue(name, shared or group.key(), not_before=issued, not_after=expires)
            yield _Device(name, group, certificate, issued, is_revoked=number < group.revoked)


def _spread(days: range, number: int, count: int) -> int:
    return days[number * len(days) // count]


def _policies(names: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Each policy document as `aws iot get-policy-version` tells of it."""
    for name in names:
        yield {
            "resourceType": "IOT_POLICY",
            "policyName": name,
            "policyVersionId": "1",
            "isDefaultVersion": True,
            "policyDocument": (files("service.demo") / "data" / "policies" / f"{name}.json").read_text(),
        }


def _logging_options(plan: FleetPlan) -> dict[str, Any]:
    options = {"defaultLogLevel": "ERROR" if plan.logs else "DISABLED", "disableAllLogs": not plan.logs}
    return {"resourceType": "ACCOUNT_SETTINGS", "v2LoggingOptions": options}


def _lines(records: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)
