"""A fleet, the servers of its authorities, and who collects what they say of one certificate."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from events.store.database import SqliteDatabase
from tests.support.case_revocations import ServedDocuments
from tests.support.certificates import (
    ca_issuers,
    certificate,
    crl_distribution_points,
    pem,
)
from tests.support.fake_clock import FakeClock
from tests.support.given import ACCOUNT
from tests.support.revocation_lists import (
    FLEET_CA,
    NOW,
)
from workers.checks import REGISTRY
from workers.inventory.certificate_reader import CertificateReader
from workers.inventory.importers.records import read_record
from workers.inventory.store import Inventory, open_sqlite_inventory
from workers.judging.revocation import Lists, Revocations, Source
from workers.revocation.collecting import RevocationCollector
from workers.revocation.store import RevocationStore

URL = "http://crl.example.com/fleet.crl"
ISSUER_URL = "http://ca.example.com/fleet.cer"
DEVICES = REGISTRY["REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK"]  # type: ignore[index]
CAS = REGISTRY["REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK"]  # type: ignore[index]
CHAINS = REGISTRY["INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK"]  # type: ignore[index]
LOST = certificate("lost", issuer=FLEET_CA, extensions=[crl_distribution_points(URL), ca_issuers(ISSUER_URL)])


class Fleet:
    """An inventory, what servers serve, and who collects."""

    def __init__(self, inventory: Inventory, database: SqliteDatabase) -> None:
        self.inventory = inventory
        self.clock = FakeClock(NOW)
        self.server = ServedDocuments({})
        self.store = RevocationStore(database)
        self.collector = RevocationCollector(CertificateReader(database), self.store, self.server, self.clock)

    def has(self, *certificates, kind: str = "DEVICE_CERTIFICATE") -> None:
        with self.inventory.begin_import(ACCOUNT, replace=False, now=NOW) as importing:
            for each in certificates:
                given = {"resourceType": kind, "status": "ACTIVE", "certificatePem": pem(each)}
                record = read_record(given, ACCOUNT)
                importing.add(record.kind, record.values, record.der)

    def collect(self, check=DEVICES, is_wanted: Callable[[], bool] = lambda: True) -> str | None:
        """Collect for an audit that starts now."""
        self.server.asked.clear()
        version = self.inventory.current_version(ACCOUNT)
        return self.collector.collect(ACCOUNT, check, version, self.clock.now(), is_wanted)

    def verdict(self, check=DEVICES) -> Lists:
        """Collect, and say what is known of LOST."""
        evidence_id = self.collect(check)
        assert evidence_id is not None
        return self.revocations(evidence_id).lists_of(SOURCE)

    def revocations(self, evidence_id: str) -> Revocations:
        return self.collector.revocations(evidence_id)


SOURCE = Source(
    "CN=Fleet CA",
    read_record({"resourceType": "DEVICE_CERTIFICATE", "status": "ACTIVE", "certificatePem": pem(LOST)}).values[
        "authority_key_id"
    ],
    f'["{URL}"]',
    f'["{ISSUER_URL}"]',
)


@contextmanager
def revoking_fleet(directory: Path) -> Iterator[Fleet]:
    """A fleet without certificates."""
    inventory = open_sqlite_inventory(directory / "inventory.sqlite")
    database = SqliteDatabase(directory / "inventory.sqlite")
    try:
        yield Fleet(inventory, database)
    finally:
        database.close()
        inventory.close()
