"""Makes proofs of what is in the log, for people who have nothing but a public key and a checkpoint."""

from dataclasses import dataclass
from pathlib import Path

from events.proof.checkpoint import SignedCheckpoint, read_checkpoint
from events.proof.leaf import Columns, NoLeaf, leaf_of
from events.proof.merkle import consistency_path, inclusion_path, leaf_hash
from events.proof.proof_file import ConsistencyProof, EventProof
from events.store.stored_rows import StoredRows
from workers.chain.archived import row_in_archives
from workers.chain.store import Chain


class NotProvable(Exception):  # noqa: N818 - reads as what it is
    """There is no such proof, or not yet. The text says why."""


class NotAsChained(NotProvable):
    """The event, or the chain, is not what was signed."""


@dataclass(frozen=True)
class Proving:
    """Asks log and chain; raises StoreUnavailable, and ChainDamaged. Threads may share one."""

    log: StoredRows
    chain: Chain
    archives: Path | None = None
    """Where events may lie that are not in the log any more."""

    def latest(self) -> SignedCheckpoint:
        """The latest checkpoint; raise NotProvable before there is one."""
        note = self.chain.latest_note()
        if note is None:
            raise NotProvable("There is no checkpoint yet.")
        return read_checkpoint(note)

    def row(self, position: int) -> Columns:
        """The event of a position, from the log or an archive; raise NotProvable."""
        found = self.log.at(position)
        if found is None and self.archives is not None:
            found = row_in_archives(self.archives, position)
        if found is None:
            raise NotProvable(
                f"There is no event at position {position}, or it is in an archive that was not given."
            )
        return found

    def event(self, position: int, under: SignedCheckpoint | None = None) -> EventProof:
        """The proof that an event is in the tree of a checkpoint, of the latest if none is given.

        Raise NotProvable, and NotAsChained when it would prove nothing.
        """
        checkpoint = self._known(under)
        row = self.row(position)
        index = self.chain.index_of(position)
        if index is None or index >= checkpoint.says.size:
            raise NotProvable(
                f"The event at position {position} is not in that checkpoint. The next is signed within a minute."
            )
        try:
            leaf = leaf_of(row)
        except NoLeaf as error:
            raise NotAsChained(f"The event at position {position} is not what was chained.") from error
        if leaf_hash(leaf) != self.chain.subtree(0, index):
            raise NotAsChained(f"The event at position {position} is not what was chained.")
        return EventProof(leaf, index, inclusion_path(index, checkpoint.says.size, self.chain.subtree), checkpoint)

    def consistency(self, old: SignedCheckpoint) -> ConsistencyProof:
        """The proof that the latest checkpoint continues an earlier one; raise NotProvable, NotAsChained."""
        latest = self.latest()
        if not 0 < old.says.size <= latest.says.size:
            raise NotProvable(
                f"That checkpoint is over {old.says.size} events, the latest over {latest.says.size}: not later."
            )
        self._known(old)
        path = consistency_path(old.says.size, latest.says.size, self.chain.subtree)
        return ConsistencyProof(old.says.size, path, self._known(latest))

    def _known(self, checkpoint: SignedCheckpoint | None) -> SignedCheckpoint:
        """A checkpoint whose root the chain has."""
        found = checkpoint or self.latest()
        if found.says.size > self.chain.tail().size or self.chain.root(found.says.size) != found.says.root:
            raise NotAsChained(
                f"The chain is not what the checkpoint over {found.says.size} events says."
                " `fleet-audit verify` tells more."
            )
        return found
