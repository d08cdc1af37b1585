"""Retention: follows the log, knows which audits are kept, and removes what only others needed.

An audit is retired when it ended as long ago as the retention: archived and taken out of the log if there is a
place for archives, and forgotten. Then what no audit that is kept refers to goes out of the inventory, and out of
what was fetched. Read models prune themselves (`projections/pruning.py`).

What must not be removed from under an audit that is being planned is found in three steps. First it is looked what
is there: the inventory's current version, and what was kept of revocation. Then the log is followed up to where it
ended after that, so that every audit is known that may refer to anything older. Then no check may be unplanned:
what those refer to stands in the log, and who begins later refers to what was current then, or keeps it once more.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import Enum
from itertools import islice

from events.clock import Clock, epoch_milliseconds
from events.errors import StoreUnavailable
from events.log import EventLog, Recorded
from events.store.database import Database, Transaction
from events.vocabulary import AccountId
from workers.followed import Followed
from workers.inventory.store import Inventory
from workers.retention.inventory_pruning import InventoryPruning
from workers.retention.kept_audits import CHANGES, KeptAudits
from workers.retention.retirement import Retirement
from workers.retention.revocation_pruning import RevocationPruning

STEPS_AT_ONCE = 10
"""Between two looks at the log. Each is a transaction of some hundredths of a second."""

BETWEEN_ROUNDS = timedelta(minutes=1)

AUDITS_AT_ONCE = 100
"""Audits that are looked up at a time, to be retired."""


class Step(Enum):
    """What became of a step of a round."""

    DONE = "done"
    WAITING = "waiting"
    """Nothing more can be done before the log goes on, or a check is planned."""


class Retention:
    """What a follower drives."""

    name = "retention"

    def __init__(
        self,
        log: EventLog,
        work: Database,
        inventory: Inventory,
        *,
        in_inventory: InventoryPruning,
        in_revocation: RevocationPruning,
        retirement: Retirement | None,
        clock: Clock,
        kept_for: timedelta,
    ) -> None:
        """Without `retirement` the log keeps its events. Raise SchemaMissing when the tables are not there."""
        self._followed = Followed(work, self.name)
        self._kept = KeptAudits(work)
        self._log = log
        self._inventory = inventory
        self._in_inventory = in_inventory
        self._in_revocation = in_revocation
        self._retirement = retirement
        self._clock = clock
        self._kept_for = kept_for
        self._round: Iterator[Step] | None = None
        self._next_round: datetime | None = None
        self._pruned_to: dict[AccountId, list[int]] = {}
        """The versions that were left of each inventory, so that nothing is looked for that can't be there."""
        self._revocation_pruned_to: object = None
        """The same of what was fetched."""

    def position(self) -> int:
        """How far the log is known."""
        return self._followed.position()

    def take(self, recorded: Sequence[Recorded], position: int) -> None:
        """Note what audits are about, and refer to."""
        self._followed.take(recorded, position, _note, CHANGES)

    def idle(self) -> None:
        """Go on with a round, or begin one: once a minute."""
        self._followed.note()
        now = self._clock.now()
        is_time = self._next_round is None or now >= self._next_round
        begins = self._round is None
        if self._round is None:
            if not is_time:
                return
            self._next_round = now + BETWEEN_ROUNDS
            self._round = self._prune(now)
        try:
            steps = list(islice(_until_waiting(self._round), STEPS_AT_ONCE))
        except StoreUnavailable:
            self._round = self._next_round = None
            raise
        waits = Step.WAITING in steps
        waits_too_long = waits and is_time and not begins
        if waits_too_long or (len(steps) < STEPS_AT_ONCE and not waits):
            self._round = None

    def _prune(self, now: datetime) -> Iterator[Step]:
        up_to = epoch_milliseconds(now - self._kept_for)
        yield from self._retire(up_to)
        for account in self._in_inventory.accounts():
            yield from self._prune_inventory(account)
        yield from self._prune_revocation(up_to, epoch_milliseconds(now))

    def _retire(self, up_to: int) -> Iterator[Step]:
        while ended := self._kept.ended(up_to, AUDITS_AT_ONCE):
            for audit in ended:
                if self._retirement is not None:
                    for _ in self._retirement.retire(audit):
                        yield Step.DONE
                self._kept.forget(audit)
                yield Step.DONE

    def _prune_inventory(self, account: AccountId) -> Iterator[Step]:
        current = self._inventory.current_version(account)
        yield from self._everybody_known(account)
        named = self._kept.inventory_versions(account)
        kept = sorted({current, *(version for version in named if version <= current)})
        if self._pruned_to.get(account) == kept:
            return
        for _ in self._in_inventory.prune(account, kept):
            yield Step.DONE
        self._pruned_to[account] = kept

    def _prune_revocation(self, up_to: int, now: int) -> Iterator[Step]:
        seen = self._in_revocation.look(fetched_before=up_to, now=now)
        if not (seen.evidence or seen.lists or seen.stale):
            return
        yield from self._everybody_known()
        kept = self._kept.evidence_ids()
        if (seen, kept) == self._revocation_pruned_to:
            return
        for _ in self._in_revocation.prune(seen, kept):
            yield Step.DONE
        self._revocation_pruned_to = (seen, kept)

    def _everybody_known(self, account: AccountId | None = None) -> Iterator[Step]:
        """Wait until what was there when this was called is referred to by nobody but by what is in the tables."""
        end = self._log.last_position()
        while self.position() < end or self._kept.is_planning(account):
            yield Step.WAITING


def _until_waiting(steps: Iterator[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        if step is Step.WAITING:
            return


def _note(rows: Transaction, recorded: Recorded) -> None:
    change = CHANGES.get(type(recorded.event))
    if change is not None:
        change(rows, recorded.event)
