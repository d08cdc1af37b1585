"""A log, an inventory and what retention does to them, step by step."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from events.archives import Archives
from events.clock import epoch_milliseconds
from events.committer import Committer
from events.vocabulary import TaskId
from service.stores import Stores
from tests.support.events import EXPIRING, History, task_id
from tests.support.fake_clock import FakeClock
from tests.support.given import ACCOUNT, NOON
from tests.support.inventory_records import device, devices_at
from workers.inventory.kinds import DEVICE_CERTIFICATES
from workers.retention.inventory_pruning import InventoryPruning
from workers.retention.kept_audits import EndedAudit, KeptAudits
from workers.retention.retention import Retention
from workers.retention.retirement import Retirement
from workers.retention.revocation_pruning import RevocationPruning
from workers.revocation.store import RevocationStore

KEPT_FOR = timedelta(days=180)


class Retaining:
    """One account's audits and inventory."""

    def __init__(self, stores: Stores, directory: Path) -> None:
        self.stores = stores
        self.log = stores.log
        self.directory = directory
        self.clock = FakeClock(NOON)
        self.history = History()
        self.committer = Committer(stores.log)
        self.committer.start()
        self.revocation = RevocationStore(stores.revocation)
        self.pruned: Counter[str] = Counter()
        self.chained_to = 2**40
        """Up to which position the chain knows the log."""
        self._appended = 0

    def retention(self, *, archives: bool = False) -> Retention:
        """Another one over the same stores, as a process has it that was just started."""
        return Retention(
            self.log,
            self.stores.work,
            self.stores.inventory,
            in_inventory=InventoryPruning(self.stores.revocation, self._count),
            in_revocation=RevocationPruning(self.stores.revocation, self._count),
            retirement=self.retirement() if archives else None,
            clock=self.clock,
            kept_for=KEPT_FOR,
        )

    def retirement(self) -> Retirement:
        """What archives."""
        return Retirement(
            self.log, Archives(self.committer), self.directory, self.clock, self._count, lambda: self.chained_to
        )

    def _count(self, kind: str, rows: int) -> None:
        self.pruned[kind] += rows

    def ended(self) -> Sequence[EndedAudit]:
        """The audits that are to be retired, as far as the tables know."""
        up_to = epoch_milliseconds(self.clock.now() - KEPT_FOR)
        return KeptAudits(self.stores.work).ended(up_to, 100)

    def devices(self, *numbers: int) -> int:
        """Import exactly these device certificates; returns the version."""
        with self.stores.inventory.begin_import(ACCOUNT, replace=True, now=self.clock.now()) as importing:
            for number in numbers:
                importing.add(DEVICE_CERTIFICATES, device(number), der=b"DER %d" % number)
        return importing.version

    def devices_at(self, version: int) -> list[int]:
        """What is left of a version."""
        return sorted(devices_at(self.stores.inventory, ACCOUNT, version))

    def encodings(self) -> list[bytes]:
        """The certificates whose encodings are left."""
        return [bytes(der) for (der,) in self.stores.revocation.query("SELECT der FROM certificates ORDER BY der")]

    def versions(self) -> list[int]:
        """The versions that the inventory knows of."""
        found = self.stores.revocation.query("SELECT version FROM inventory_versions ORDER BY version")
        return [version for (version,) in found]

    def start(self, number: int) -> TaskId:
        """An audit begins."""
        self.history.now = self.clock.now()
        self.history.task_started(task_id(number), [EXPIRING])
        return task_id(number)

    def plan(self, number: int, version: int, shards: int = 1) -> None:
        """Its check is planned."""
        bounds = [*(f"{shard}" for shard in range(1, shards)), None]
        self.history.check_run_planned(task_id(number), EXPIRING, bounds, version)

    def end(self, number: int) -> None:
        """Its check is judged and it ends."""
        self.history.findings_recorded(task=task_id(number), name=EXPIRING)
        self.history.shard_completed(task=task_id(number), name=EXPIRING)
        self.history.check_run_ended(task_id(number))
        self.history.check_outcome_recorded(task_id(number))
        self.history.task_completed(task_id(number))

    def audit(self, number: int, version: int, shards: int = 1) -> None:
        """A whole audit."""
        self.start(number)
        self.plan(number, version, shards)
        self.end(number)

    def happen(self) -> None:
        """Append what has been said to happen."""
        self.log.append(self.history.events[self._appended :])
        self._appended = len(self.history.events)

    def follow(self, *retentions: Retention) -> None:
        """Let everything happen, be followed, and be done that can be done now."""
        self.happen()
        for _ in range(60):
            for retention in retentions:
                while recorded := self.log.after(retention.position()):
                    retention.take(recorded, recorded[-1].position)
                retention.idle()

    def files(self) -> Iterable[Path]:
        """The archives, and whatever else lies beside them."""
        return sorted(path for path in self.directory.rglob("*") if path.is_file())
