"""The Merkle tree of RFC 6962 (section 2.1), and its two proofs as RFC 9162 verifies them. SHA-256, and no state.

A tree of any size falls into the largest subtrees that are full, one for each bit of its size. A proof is made of
such subtrees' hashes alone, so whoever keeps these hashes does not need the leaves.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

HASH_BYTES = 32

EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without leaves."""

LEAF = b"\0"
NODE = b"\1"

Subtree = Callable[[int, int], bytes]
"""Answers with the hash of the full subtree of 2**level leaves, the number-th of its level: `(level, number)`."""


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf's bytes."""
    return sha256(LEAF + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return sha256(NODE + left + right).digest()


def full_root(hashes: bytes) -> bytes:
    """The root over as many hashes as a power of two, which lie in a row."""
    pair = 2 * HASH_BYTES
    while len(hashes) > HASH_BYTES:
        hashes = b"".join([sha256(NODE + hashes[at : at + pair]).digest() for at in range(0, len(hashes), pair)])
    return hashes


def full_subtrees(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """The fewest full subtrees that the leaves from `begin` up to `end` fall into, from left to right."""
    while begin < end:
        level = (end - begin).bit_length() - 1
        if begin:
            level = min(level, (begin & -begin).bit_length() - 1)
        yield level, begin >> level
        begin += 1 << level


def folded(subtrees: Sequence[bytes]) -> bytes:
    """The root over full subtrees that become smaller from left to right."""
    if not subtrees:
        return EMPTY_ROOT
    *others, root = subtrees
    for left in reversed(others):
        root = node_hash(left, root)
    return root


def root(size: int, subtree: Subtree) -> bytes:
    """The root of the tree of the first `size` leaves."""
    return _hash(0, size, subtree)


def inclusion_path(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """The proof that a leaf is the one of that index, from 0, in the tree of `size` leaves."""
    begin, end, path = 0, size, []
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(_hash(middle, end, subtree))
            end = middle
        else:
            path.append(_hash(begin, middle, subtree))
            begin = middle
    return path[::-1]


def consistency_path(old: int, new: int, subtree: Subtree) -> list[bytes]:
    """The proof that the tree of `old` leaves, more than none, is the beginning of the one of `new`, no fewer."""
    begin, end, path = 0, new, []
    while old < end:
        middle = begin + _split(end - begin)
        if old <= middle:
            path.append(_hash(middle, end, subtree))
            end = middle
        else:
            path.append(_hash(begin, middle, subtree))
            begin = middle
    if begin:
        path.append(_hash(begin, end, subtree))
    return path[::-1]


def root_of_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a proof of inclusion leads to from a leaf's hash; None if it can't be of that index and size.

    Source: RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size:
        return None
    place, last, found = index, size - 1, leaf
    for each in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            found = node_hash(each, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, each)
        place, last = place >> 1, last >> 1
    return found if last == 0 else None


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether a proof shows that the tree of `old` leaves is the beginning of the one of `new`.

    Source: RFC 9162, section 2.1.4.2.
    """
    if old == new:
        return not path and old_root == new_root
    if not 0 < old < new or not path:
        return False
    hashes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = hashes[0]
    for each in hashes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = node_hash(each, first), node_hash(each, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, each)
        place, last = place >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def _split(size: int) -> int:
    """The largest power of two that is smaller than a size."""
    return 1 << ((size - 1).bit_length() - 1)


def _hash(begin: int, end: int, subtree: Subtree) -> bytes:
    """The hash over the leaves from `begin` up to `end`, where a proof of some tree may cut it."""
    return folded([subtree(level, number) for level, number in full_subtrees(begin, end)])
