"""An inventory that is filled from an account on a server, step by step."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from events.store.database import SqliteDatabase
from events.vocabulary import AccountId
from tests.support.aws_account import ACCOUNT_ID, MadeUpAccount
from tests.support.certificates import certificate, certificate_id, pem
from tests.support.fake_clock import FakeClock
from workers.aws_account.access import AccountAccess
from workers.aws_account.linked_account import LinkedAccount
from workers.aws_account.outcome import AccountRead, Ask, Outcome, Progress
from workers.inventory.import_lock import ImportLockFile
from workers.inventory.kinds import Examines, Kind
from workers.inventory.store import Inventory, open_sqlite_inventory

ACCOUNT = AccountId(ACCOUNT_ID)
ROLE = f"arn:aws:iam::{ACCOUNT_ID}:role/Audit"


def wanted() -> bool:
    """Somebody waits."""
    return True


class Linked:
    """An inventory and what fills it."""

    def __init__(self, inventory: Inventory, make: Callable[[FakeClock], LinkedAccount]) -> None:
        self.inventory = inventory
        self.clock = FakeClock()
        self.account = make(self.clock)

    def ask(self, *kinds: Kind, since: datetime | None = None, role_arn: str = ROLE) -> Ask:
        return Ask(ACCOUNT, role_arn, kinds, kinds, since or self.clock.now())

    def read(
        self, *kinds: Kind, since: datetime | None = None, is_wanted: Callable[[], bool] = wanted
    ) -> AccountRead | Progress | None:
        """One step."""
        return self.account.read(self.ask(*kinds, since=since), is_wanted)

    def outcome(self, kind: Kind, since: datetime | None = None) -> Outcome:
        """How the reading of a kind ends that takes one step."""
        read = self.read(kind, since=since)
        assert isinstance(read, AccountRead), read
        return read.outcomes[kind.resource_type]

    def failure(self, kind: Kind, since: datetime | None = None) -> str:
        """Why a kind can't be read."""
        failure = self.outcome(kind, since).failure
        assert failure is not None
        return failure.message

    def later(self) -> datetime:
        """The start of an audit to come."""
        self.clock.advance(timedelta(hours=1))
        return self.clock.now()

    def keys(self, kind: Kind) -> list[str]:
        return [str(key) for (key,) in self.rows(kind, kind.key)]

    def rows(self, kind: Kind, *columns: str) -> list[tuple[object, ...]]:
        version = self.inventory.current_version(ACCOUNT)
        found = self.inventory.rows(ACCOUNT, Examines(kind, columns or tuple(kind.columns)), version, None, None)
        return list(found)

    def is_listed(self, kind: Kind) -> bool:
        return self.inventory.is_listed(ACCOUNT, kind, self.inventory.current_version(ACCOUNT))


@contextmanager
def linked(
    directory: Path, longest_step: float = 30.0, monotonic: Callable[[], float] = time.monotonic
) -> Iterator[Linked]:
    """A data directory of its own."""
    path = directory / "inventory.sqlite"
    with closing(open_sqlite_inventory(path)) as inventory, closing(SqliteDatabase(path)) as database:
        yield Linked(
            inventory,
            lambda clock: LinkedAccount(
                AccountAccess("us-east-1"),
                database,
                inventory,
                lambda name: ImportLockFile(directory / f"{name}.lock"),
                clock,
                longest_step=longest_step,
                monotonic=monotonic,
            ),
        )


def devices(count: int) -> MadeUpAccount:
    """An account with so many device certificates, and nothing else."""
    account = MadeUpAccount()
    for number in range(count):
        signed = certificate(f"device-{number}")
        add_certificate(account, certificate_id(signed), pem(signed))
    return account


def add_certificate(account: MadeUpAccount, device: str, text: str, status: str = "ACTIVE") -> None:
    """Register a device certificate."""
    account.certificates[device] = {
        "certificateId": device,
        "certificateArn": f"arn:aws:iot:us-east-1:{ACCOUNT_ID}:cert/{device}",
        "status": status,
        "creationDate": 1_740_000_000.25,
        "certificatePem": text,
        "caCertificateId": "ab" * 32,
        "validity": {"notBefore": 1_700_000_000, "notAfter": 2_000_000_000},
    }
