"""Holds roots against checkpoints while the tree grows, and tells whose hand it was where one does not fit.

Two trees grow: of the hashes that the chain has, and, from the first event on that differs, of those that the log
has. If the first fits a checkpoint, the log was changed; if only the second does, the chain's tables were.
"""

from collections.abc import Iterator
from enum import Enum
from itertools import chain

from events.proof.checkpoint import SignedCheckpoint
from events.proof.growing_tree import GrowingTree
from events.proof.merkle import HASH_BYTES, full_root
from workers.chain.store import LEVELS_A_TILE, TILE, split


class Fits(Enum):
    """What fits a checkpoint."""

    CHAIN = "chain"
    LOG = "log"
    NEITHER = "neither"


class Roots:
    """The two trees, and the checkpoints that are still to be met."""

    def __init__(self, checkpoints: Iterator[SignedCheckpoint]) -> None:
        """Checkpoints in the order of their sizes."""
        self._coming = checkpoints
        self._next = next(checkpoints, None)
        self._of_chain = GrowingTree()
        self._of_log: GrowingTree | None = None
        """None as long as it would be the same."""
        self._size = 0

    def add(self, of_chain: bytes, of_log: bytes) -> Iterator[tuple[SignedCheckpoint, Fits]]:
        """Let the trees grow by the hashes of a tile, and yield the checkpoints that they come to."""
        if self._of_log is None and of_chain != of_log:
            self._of_log = self._of_chain.copy()
        is_met = self._next is not None and self._next.says.size <= self._size + len(of_chain) // HASH_BYTES
        if len(of_chain) == TILE * HASH_BYTES and not is_met and self._of_log is None:
            self._of_chain.add(full_root(of_chain), LEVELS_A_TILE)
            self._size += TILE
            return
        yield from self._met()
        for in_chain, in_log in zip(split(of_chain), split(of_log), strict=True):
            self._of_chain.add(in_chain)
            if self._of_log is not None:
                self._of_log.add(in_log)
            self._size += 1
            yield from self._met()

    def not_met(self) -> Iterator[SignedCheckpoint]:
        """The checkpoints over more events than there are."""
        rest = self._coming if self._next is None else chain([self._next], self._coming)
        self._next = None
        return rest

    def _met(self) -> Iterator[tuple[SignedCheckpoint, Fits]]:
        while self._next is not None and self._next.says.size <= self._size:
            yield self._next, self._fits(self._next)
            self._next = next(self._coming, None)

    def _fits(self, checkpoint: SignedCheckpoint) -> Fits:
        if checkpoint.says.size == self._size:
            if self._of_chain.root() == checkpoint.says.root:
                self._of_log = None  # what is different before it has been told
                return Fits.CHAIN
            if self._of_log is not None and self._of_log.root() == checkpoint.says.root:
                self._of_chain, self._of_log = self._of_log, None
                return Fits.LOG
        return Fits.NEITHER
