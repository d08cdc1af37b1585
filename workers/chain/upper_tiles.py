"""Holds the chain's upper tiles against the leaves below them. Proofs are made of these tiles."""

from collections.abc import Callable

from events.proof.merkle import HASH_BYTES, full_root
from workers.chain.store import TILE


class UpperTiles:
    """Is told the hash of each full tile of leaves, in order, and compares what is kept of them."""

    def __init__(self, kept: Callable[[int, int], bytes], differs: Callable[[int, int], None]) -> None:
        """`kept` answers with the hashes of a tile by level and number; `differs` is told which are others."""
        self._kept = kept
        self._differs = differs
        self._growing: list[bytes] = []
        self._numbers: list[int] = []

    def add(self, hash_: bytes, level: int = 1) -> None:
        """A full tile of the level below has this hash."""
        if len(self._growing) < level:
            self._growing.append(b"")
            self._numbers.append(0)
        hashes = self._growing[level - 1] = self._growing[level - 1] + hash_
        if len(hashes) == TILE * HASH_BYTES:
            self._compare(level)
            self._numbers[level - 1] += 1
            self._growing[level - 1] = b""
            self.add(full_root(hashes), level + 1)

    def end(self) -> None:
        """There are no more."""
        for level, hashes in enumerate(self._growing, 1):
            if hashes:
                self._compare(level)

    def _compare(self, level: int) -> None:
        """The chain may have grown meanwhile; a tile that is not full only gets longer."""
        number, hashes = self._numbers[level - 1], self._growing[level - 1]
        if self._kept(level, number)[: len(hashes)] != hashes:
            self._differs(level, number)
