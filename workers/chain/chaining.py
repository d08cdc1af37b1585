"""Chains the log: adds the hashes of its events to the tree, in the order of the log, and signs checkpoints."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace

from events.clock import Clock, epoch_milliseconds
from events.errors import StoreUnavailable
from events.proof.checkpoint import Checkpoint, SignedCheckpoint, read_checkpoint, sign
from events.proof.leaf import Columns, Leaf, hash_of
from events.proof.note import Signer
from events.store.database import Database, Transaction
from events.store.stored_rows import StoredRows
from workers.chain.store import CHAIN_TABLES, Chain, ChainDamaged, Tail, append, latest_note, tail_of

BATCH = 512
"""Events in a transaction, two tiles."""

EVENTS_A_CHECKPOINT = 10_000
SECONDS_A_CHECKPOINT = 60.0
"""A checkpoint is signed when so many events, or some for so long, are in the tree and not in one."""

LONG_AGO = 3_600_000
"""Milliseconds. Events that are older than this when their chain begins were not chained as they happened."""

logger = logging.getLogger(__name__)


class ChainBroken(Exception):  # noqa: N818 - reads as what it is
    """The log is not what was chained, or the chain not what was signed. A person has to look."""


class Chaining:
    """What follows the log for the chain. All calls but `position` come from one thread at a time.

    Two processes may do it at once: each adds only where the chain ends as it knows it.
    """

    name = "log chain"

    def __init__(
        self,
        log: StoredRows,
        database: Database,
        signer: Signer | None,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
        *,
        seconds_a_checkpoint: float = SECONDS_A_CHECKPOINT,
        batch: int = BATCH,
    ) -> None:
        """Without a signer no checkpoints are signed. Raise SchemaMissing when the tables are not there."""
        database.prepare(CHAIN_TABLES)
        self._log = log
        self._database = database
        self._chain = Chain(database.query)
        self._signer = signer
        self._clock = clock
        self._monotonic = monotonic
        self._batch = batch
        self._seconds_a_checkpoint = seconds_a_checkpoint
        self._tail: Tail | None = None
        """Where the chain ends; None when that is to be looked up."""
        self._sealed = 0
        """How many events the last checkpoint is over."""
        self._unsealed_since: float | None = None

    def position(self) -> int:
        """The position up to which events are chained, as the tables have it. Any thread may ask.

        Raise StoreUnavailable if they can't tell.
        """
        try:
            return self._chain.tail().position
        except ChainDamaged as damage:
            raise StoreUnavailable(f"the chain is damaged: {damage}") from damage

    def begin(self) -> None:
        """Look up where the chain ends, and whether the log is still what was chained; raise ChainBroken."""
        tail = self._tail = self._chain.tail()
        latest = self._chain.latest_note()
        self._sealed = 0 if latest is None else read_checkpoint(latest).says.size
        self._unsealed_since = None
        if tail.last is None:
            self._warn_of_late_beginning()
            return
        self._require_not_shorter(tail)
        row = self._log.at(tail.position)
        if row is not None and _leaf(row).hash != tail.last.hash:  # None: it was archived
            raise ChainBroken(
                f"The event at position {tail.position} is not the one that was chained."
                " `fleet-audit verify` tells more."
            )

    def step(self) -> bool:
        """Chain the next events; False when there are no more. Raise ChainBroken, or StoreUnavailable: later."""
        if self._tail is None:
            self.begin()
        tail = self._tail or self._chain.tail()
        found = self._log.after(tail.position, self._batch)
        if not found:
            self._require_not_shorter(tail)
            return False
        leaves = [_leaf(row) for row in found]
        self._tail = None  # until it is known to be written
        with self._database.transaction() as rows:
            if tail_of(rows.execute) != tail:
                return True
            append(rows, leaves)
        self._tail = Tail(tail.size + len(leaves), leaves[-1])
        if self._unsealed_since is None:
            self._unsealed_since = self._monotonic()
        if self._tail.size - self._sealed >= EVENTS_A_CHECKPOINT:
            self.seal()
        return len(found) == self._batch

    def seal_if_due(self) -> None:
        """Sign a checkpoint if there is something that has waited for one long enough."""
        if self._unsealed_since is None and self._tail and self._tail.size > self._sealed:
            self._unsealed_since = self._monotonic()
        since = self._unsealed_since
        if since is not None and self._monotonic() - since >= self._seconds_a_checkpoint:
            self.seal()

    def seal(self) -> None:
        """Sign a checkpoint over all that is chained, unless there is one; raise ChainBroken."""
        self._unsealed_since = None
        if self._signer is None:
            return
        with self._database.transaction() as rows:
            tail = tail_of(rows.execute)
            note = latest_note(rows.execute)
            latest = None if note is None else read_checkpoint(note)
            if tail.size > (0 if latest is None else latest.says.size):
                latest = self._sign(rows, tail, latest, self._signer)
        self._sealed = tail.size if latest is None else latest.says.size

    def _sign(
        self, rows: Transaction, tail: Tail, latest: SignedCheckpoint | None, signer: Signer
    ) -> SignedCheckpoint:
        chain = Chain(rows.execute)
        if latest is not None and chain.root(latest.says.size) != latest.says.root:
            raise ChainBroken(
                f"The chain is not what was signed over its first {latest.says.size} events, so nothing more is"
                " signed. `fleet-audit verify` tells more."
            )
        says = Checkpoint(
            signer.name, tail.size, chain.root(tail.size), tail.position, self._clock.now(), previous=None
        )
        signed = sign(says if latest is None else replace(says, previous=latest.digest), signer)
        rows.execute("INSERT INTO checkpoints (size, note) VALUES (?, ?)", (tail.size, signed.note.encode()))
        return signed

    def _require_not_shorter(self, tail: Tail) -> None:
        last = self._log.last_position()
        if last < tail.position and last < self._chain.tail().position:
            raise ChainBroken(
                f"The log ends at position {last}, but events up to position {tail.position} were chained: the log"
                " was cut off, or put back from an older back-up without its chain."
                " docs/operations.md says what to do."
            )

    def _warn_of_late_beginning(self) -> None:
        first = self._log.after(0, 1)
        if first and epoch_milliseconds(self._clock.now()) - int(first[0][6]) > LONG_AGO:
            logger.warning(
                "The log has events and no chain: it is chained as it is now. Whether it was changed before, only"
                " checkpoints that were kept elsewhere tell: fleet-audit verify --checkpoint FILE"
            )


def _leaf(row: Columns) -> Leaf:
    hash_ = hash_of(row)
    if hash_ is None:
        raise ChainBroken(f"What lies at position {row[0]!r} of the log is no event of Fleet Audit.")
    return Leaf(int(row[0]), bytes(row[1]), hash_)
