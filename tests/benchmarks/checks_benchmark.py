"""How long a check takes over 100,000 certificates: read and judged, against a bare SELECT of the same columns.

All that is missing of an audit is its log; `audit_benchmark.py` has one from end to end. One certificate in a
hundred is not compliant. Their issuers are few, as in a fleet, each with a revocation list of its own.
"""

import hashlib
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from events.vocabulary import AccountId
from workers.checks import REGISTRY, catalogue
from workers.checks.check import Check, Circumstances
from workers.inventory.kinds import CA_CERTIFICATES, DEVICE_CERTIFICATES, Kind
from workers.inventory.store import Inventory, open_sqlite_inventory
from workers.judging.revocation import Chain, Issuer, Lists, Source
from workers.judging.revoked_serials import RevokedSerials
from workers.judging.weak_keys import FingerprintList
from workers.revocation.evidence import CollectedRevocations, Evidence
from workers.run_check import judge
from workers.watched_rows import WatchedRows

ACCOUNT = AccountId("123456789012")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
EARLIER, LATER = 1_735_689_600_000, 2_082_758_400_000  # 2025 and 2036

CERTIFICATES = 100_000
NOT_COMPLIANT = 100
"""One certificate in so many."""
WEAK_KEYS = 200_000
ISSUERS = 20
REVOKED_BY_EACH = 10_000
"""Entries of each list, most of them of certificates that were deleted."""
ROUNDS = 9

MOST_TIMES_A_BARE_SELECT = 3.0


def main() -> None:
    """Print what was measured; end with status 1 if it is beyond its limits."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "inventory.sqlite"
        inventory = open_sqlite_inventory(path)
        fill(inventory)
        circumstances = Circumstances(
            ACCOUNT, "us-east-1", NOW, weak_keys=FingerprintList(range(WEAK_KEYS)), revocations=revocations()
        )
        is_within = [
            measure(check, inventory, path, circumstances)
            for check in REGISTRY.values()
            if check.examines.kind in (CA_CERTIFICATES, DEVICE_CERTIFICATES)
        ]
        inventory.close()
    if not all(is_within):
        sys.exit(1)


def fill(inventory: Inventory) -> None:
    with inventory.begin_import(ACCOUNT, replace=False, now=NOW) as importing:
        for number in range(CERTIFICATES):
            importing.add(DEVICE_CERTIFICATES, certificate(DEVICE_CERTIFICATES, number))
            importing.add(CA_CERTIFICATES, certificate(CA_CERTIFICATES, number))


def certificate(kind: Kind, number: int) -> dict[str, Any]:
    is_compliant = number % NOT_COMPLIANT != 0
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    return (
        dict.fromkeys(kind.columns, "")
        | source(number % ISSUERS)._asdict()
        | {
            "certificate_id": digest,
            "status": "ACTIVE",
            "creation_date": LATER if is_compliant else EARLIER,
            "not_before": EARLIER,
            "not_after": LATER if is_compliant else EARLIER,
            "subject": f"CN=device-{number:06},O=Example",
            "serial_number": serial_number(number),
            "key_algorithm": "RSA",
            "key_size": 2048,
            "is_roca": 0 if is_compliant else 1,
            "modulus_fingerprint": digest[:20],
        }
    )


def serial_number(number: int) -> str:
    """One of 16 bytes, as authorities give them out at random."""
    return hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest()


def source(issuer: int) -> Source:
    url = f"http://pki.example.com/plant-{issuer}"
    return Source(
        f"CN=Plant CA {issuer},O=Example", f"{issuer:040x}", json.dumps([f"{url}.crl"]), json.dumps([f"{url}.crt"])
    )


def revocations() -> CollectedRevocations:
    """The lists on which the certificates are that are not compliant; one of the issuers is revoked, too."""
    lists = {f"list {issuer}": RevokedSerials.of(map(serial_number, revoked(issuer))) for issuer in range(ISSUERS)}
    evidence = Evidence(
        lists=[(source(issuer), Lists((f"list {issuer}",))) for issuer in range(ISSUERS)],
        chains=[
            (source(issuer), Chain((Issuer(f"{issuer:064x}", "CN=Plant CA", number, Lists(("list 0",))),)))
            for issuer, number in enumerate(map(serial_number, range(ISSUERS)))
        ],
    )
    return CollectedRevocations(evidence, lists.__getitem__)


def revoked(issuer: int) -> Iterable[int]:
    of_the_fleet = [number for number in range(0, CERTIFICATES, NOT_COMPLIANT) if number % ISSUERS == issuer]
    first_of_others = CERTIFICATES * (issuer + 1)
    return [*of_the_fleet, *range(first_of_others, first_of_others + REVOKED_BY_EACH - len(of_the_fleet))]


def measure(check: Check, inventory: Inventory, path: Path, circumstances: Circumstances) -> bool:
    """Print the medians for one check and tell whether they are within its limit."""
    version = inventory.current_version(ACCOUNT)
    configured = Circumstances(
        **vars(circumstances) | {"configuration": catalogue().configuration_of(check.name, {})}
    )
    query = f"SELECT {', '.join(check.examines.columns)} FROM {check.examines.kind.table}"
    reading = sqlite3.connect(path)

    def read_and_judge() -> None:
        rows = inventory.rows(ACCOUNT, check.examines, version, None, None)
        judgement = judge(check, WatchedRows(rows, lambda: True, time.monotonic), configured)
        assert judgement.tally.resources_examined == CERTIFICATES
        assert judgement.findings

    measured = [
        (seconds(lambda: reading.execute(query).fetchall()), seconds(read_and_judge)) for _ in range(ROUNDS)
    ]
    reading.close()
    select, judging = (statistics.median(times) * 1e3 for times in zip(*measured, strict=True))
    ratio = statistics.median(judging / select for select, judging in measured)
    name = check.name.removesuffix("_CHECK")
    print(f"{name:<58} {judging:5.0f} ms  {ratio:5.2f} x a bare SELECT ({select:.0f} ms)", flush=True)  # noqa: T201
    return ratio <= MOST_TIMES_A_BARE_SELECT


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
