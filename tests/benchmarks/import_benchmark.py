"""How long an import of 100,000 certificates takes, and a scan of them, each against a bare loop.

The bare loop parses the same certificates with `cryptography`, takes the facts that need the validity and the key,
and inserts rows of the same width with `executemany`, 1,000 a transaction, into a table whose key is the
certificate's id. It reads DER, while the import reads NDJSON with PEM in it, validates, takes every fact, compares
with what is there and keeps the certificate itself. What makes the input is not measured.
"""

import hashlib
import json
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from base64 import encodebytes
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from events.vocabulary import AccountId
from tests.support.renumbered_certificates import renumbered_certificates
from workers.inventory.certificate_facts import KEY_ALGORITHMS, modulus_fingerprint
from workers.inventory.importers.import_paths import import_paths
from workers.inventory.kinds import DEVICE_CERTIFICATES, Examines
from workers.inventory.store import Inventory, open_sqlite_inventory

CERTIFICATES = 100_000
ROUNDS = 3
SCANS = 5

LEAST_OF_THE_BARE_LOOP = 0.4
MOST_TIMES_A_BARE_SELECT = 3.0
MOST_MEBIBYTES = 300

ACCOUNT = AccountId("000000000000")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
COLUMNS = ("certificate_id", "status", "not_after")
IN_SCOPE = {"status": ("ACTIVE", "PENDING_TRANSFER")}


def main() -> None:
    """Print what was measured; end with status 1 if it is beyond its limits."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        records = directory / "fleet.ndjson"
        _write_records(records)
        bare, importing, again = [], [], []
        for number in range(ROUNDS):
            bare.append(_bare_loop(directory / f"bare-{number}.sqlite"))
            inventory = open_sqlite_inventory(directory / f"inventory-{number}.sqlite")
            importing.append(_import(inventory, records))
            again.append(_import(inventory, records))
        select, scan = _scans(inventory, directory / f"inventory-{ROUNDS - 1}.sqlite")
    # Each import is held against the bare loop just before it, since the machine may be busy with other things.
    rate = statistics.median(least / took for least, took in zip(bare, importing, strict=True))
    mebibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines = (
        f"bare loop     {_a_second(bare)}",
        f"import        {_a_second(importing)} = {rate:.2f} of the bare loop (limit {LEAST_OF_THE_BARE_LOOP})",
        f"import again  {_a_second(again)}, nothing changed",
        f"bare SELECT   {select * 1000:7.0f} ms",
        f"rows()        {scan * 1000:7.0f} ms = {scan / select:.2f} x  (limit {MOST_TIMES_A_BARE_SELECT} x)",
        f"peak memory   {mebibytes:7.0f} MiB        (limit {MOST_MEBIBYTES} MiB)",
    )
    print("\n".join(lines))  # noqa: T201
    is_slow = rate < LEAST_OF_THE_BARE_LOOP or scan > MOST_TIMES_A_BARE_SELECT * select
    if is_slow or mebibytes > MOST_MEBIBYTES:
        sys.exit(1)


def _a_second(rounds: list[float]) -> str:
    median = statistics.median(rounds)
    return f"{median:7.2f} s  {CERTIFICATES / median:7,.0f} certificates a second"


def _write_records(path: Path) -> None:
    with path.open("w") as file:
        for der in renumbered_certificates(CERTIFICATES):
            pem = f"-----BEGIN CERTIFICATE-----\n{encodebytes(der).decode()}-----END CERTIFICATE-----\n"
            record = {
                "resourceType": "DEVICE_CERTIFICATE",
                "certificateId": hashlib.sha256(der).hexdigest(),
                "status": "ACTIVE",
                "certificatePem": pem,
                "creationDate": 1735689600.123,
                "certificateMode": "DEFAULT",
            }
            file.write(json.dumps(record) + "\n")


def _import(inventory: Inventory, records: Path) -> float:
    began = time.perf_counter()
    report = import_paths(inventory, ACCOUNT, [records], replace=False, now=NOW)
    took = time.perf_counter() - began
    assert report.added + report.unchanged == CERTIFICATES
    return took


def _bare_loop(path: Path) -> float:
    columns = ("account", *DEVICE_CERTIFICATES.columns)
    certificates = list(renumbered_certificates(CERTIFICATES))
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"CREATE TABLE bare ({', '.join(columns)}, PRIMARY KEY (certificate_id))")
    insert = f"INSERT INTO bare VALUES ({', '.join('?' * len(columns))})"
    began = time.perf_counter()
    rows = map(_bare_row, certificates)
    while batch := list(islice(rows, 1_000)):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(insert, batch)
        connection.execute("COMMIT")
    took = time.perf_counter() - began
    connection.close()
    return took


def _bare_row(der: bytes) -> tuple[Any, ...]:
    certificate = x509.load_der_x509_certificate(der)
    key = certificate.public_key()
    fingerprint = modulus_fingerprint(key.public_numbers().n) if isinstance(key, rsa.RSAPublicKey) else None
    return (
        ACCOUNT,
        hashlib.sha256(der).hexdigest(),
        "ACTIVE",
        1735689600123,
        int(certificate.not_valid_before_utc.timestamp() * 1000),
        int(certificate.not_valid_after_utc.timestamp() * 1000),
        "CN=device",
        "CN=Test CA",
        "1122334455667788",
        KEY_ALGORITHMS[certificate.public_key_algorithm_oid.dotted_string],
        getattr(key, "key_size", None),
        "1.2.840.10045.4.3.2",
        hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest(),
        0,
        fingerprint,
        "b467a3999eb5efa671de0032f08a9c9e5efda0e1",
        "a5e28ace57e2d29f4c5c41a56f2d776619143038",
        "[]",
        "[]",
        None,
    )


def _scans(inventory: Inventory, path: Path) -> tuple[float, float]:
    """Seconds of a bare SELECT and of the store's scan of the same columns of the same rows."""
    reading = sqlite3.connect(path)
    bare, scans = [], []
    for _ in range(SCANS):
        began = time.perf_counter()
        selected = reading.execute(f"SELECT {', '.join(COLUMNS)} FROM {DEVICE_CERTIFICATES.table}").fetchall()
        bare.append(time.perf_counter() - began)
        assert len(selected) == CERTIFICATES
        del selected
        began = time.perf_counter()
        number = sum(1 for _ in _rows(inventory))
        scans.append(time.perf_counter() - began)
        assert number == CERTIFICATES
    reading.close()
    return statistics.median(bare), statistics.median(scans)


def _rows(inventory: Inventory) -> Iterator[tuple[Any, ...]]:
    examines = Examines(DEVICE_CERTIFICATES, COLUMNS, only=IN_SCOPE)
    return inventory.rows(ACCOUNT, examines, inventory.current_version(ACCOUNT), None, None)
