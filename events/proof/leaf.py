"""An event of the log as a leaf of the tree: the bytes of every stored column, in one unambiguous way.

A leaf begins with a header of fixed size in network order (`>BQQqBBHHI`): 1 for this format, the position, the
version in its stream, the time (epoch milliseconds), and how many bytes each of these has that follow it: stream,
event id, topic, account, state. Topic and account are UTF-8; the state is as it is stored, compressed or not.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from events.proof.merkle import LEAF

FORMAT = 1

_HEADER = struct.Struct(">cBQQqBBHHI")
"""With what a leaf's hash begins with before it."""

WORTH_NO_COPY = 2_048
"""Bytes from which on hashing in two steps costs less than to put them together."""


Columns = Sequence[Any]
"""Position, stream, version, topic, state, account, time, event id: as the log has them, texts as UTF-8,
identifiers as their 16 bytes. Not looked at yet: a file that was tampered with may have anything in them."""


class Leaf(NamedTuple):
    """What the tree knows of an event."""

    position: int
    stream: bytes
    hash: bytes


class NoLeaf(ValueError):  # noqa: N818 - reads as what it is
    """These are no bytes of a leaf, or columns that no event of ours has."""


@dataclass(frozen=True)
class LeafEvent:
    """What a leaf's bytes say."""

    position: int
    stream: UUID
    version: int
    topic: str
    state: bytes
    account: str
    recorded_at: int
    event_id: UUID


def leaf_of(row: Columns) -> bytes:
    """The bytes of a leaf; raise NoLeaf for columns that Fleet Audit never writes."""
    begin, state = _parts(row)
    return begin[len(LEAF) :] + state


def hash_of(row: Columns) -> bytes | None:
    """The hash of an event's leaf; None for columns that Fleet Audit never writes."""
    try:
        begin, state = _parts(row)
    except NoLeaf:
        return None
    if len(state) < WORTH_NO_COPY:
        return sha256(begin + state).digest()
    hashing = sha256(begin)
    hashing.update(state)
    return hashing.digest()


def _parts(row: Columns) -> tuple[bytes, bytes]:
    """What is hashed of a leaf up to the state, and the state."""
    position, stream, version, topic, state, account, time, id_ = row
    try:
        header = _HEADER.pack(
            LEAF, FORMAT, position, version, time, len(stream), len(id_), len(topic), len(account), len(state)
        )
        begin = b"".join((header, stream, id_, topic, account))
    except (struct.error, TypeError) as error:
        raise NoLeaf(str(error)) from error
    if type(state) is not bytes:
        raise NoLeaf("its state is no octets")
    return begin, state


def read_leaf(leaf: bytes) -> LeafEvent:
    """What a leaf says; raise NoLeaf."""
    try:
        _, form, position, version, time, *lengths = _HEADER.unpack_from(LEAF + leaf)
        parts, begin = [], _HEADER.size - len(LEAF)
        for length in lengths:
            parts.append(leaf[begin : begin + length])
            begin += length
        if form != FORMAT or begin != len(leaf):
            raise NoLeaf("of another format, or another length")
        stream, event_id, topic, account, state = parts
        return LeafEvent(
            position,
            UUID(bytes=stream),
            version,
            topic.decode(),
            state,
            account.decode(),
            time,
            UUID(bytes=event_id),
        )
    except (struct.error, ValueError) as error:
        raise NoLeaf(f"These are no bytes of an event of Fleet Audit: {error}.") from error
