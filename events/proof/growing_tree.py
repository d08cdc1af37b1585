"""A tree that grows at its end. Only the hashes are kept that its root needs: one for each bit of its size."""

from collections.abc import Iterable
from typing import Self

from events.proof.merkle import folded, node_hash


class GrowingTree:
    """Takes leaves, or full subtrees of equal size, from left to right."""

    def __init__(self, full: Iterable[tuple[int, bytes]] = ()) -> None:
        """`full` has the levels and hashes of the subtrees that are there already."""
        self._full = list(full)

    def add(self, hash_: bytes, level: int = 0) -> None:
        """Add a full subtree of 2**level leaves, where no smaller one has been added before."""
        while self._full and self._full[-1][0] == level:
            hash_ = node_hash(self._full.pop()[1], hash_)
            level += 1
        self._full.append((level, hash_))

    def root(self) -> bytes:
        """The root as the tree is now."""
        return folded([hash_ for _, hash_ in self._full])

    def copy(self) -> Self:
        """Another one, that grows by itself."""
        return type(self)(self._full)
