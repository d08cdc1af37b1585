"""An event of the log as a leaf of the tree: the bytes of every stored column, in one unambiguous way.

A leaf begins with a header of fixed size in network order (`>BQQqBBHHI`): 1 for this format, the position, the
version in its stream, the time (epoch milliseconds), and how many bytes each of these has that follow it: stream,
event id, topic, account, state. Topic and account are UTF-8; the state is as it is stored, compressed or not.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from events.proof.merkle import leaf_hash

FORMAT = 1

_HEADER = struct.Struct(">BQQqBBHHI")


Columns = Sequence[int | bytes]
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
    position, stream, version, topic, state, account, time, id_ = row
    try:
        return b"".join((
            _HEADER.pack(
                FORMAT, position, version, time, len(stream), len(id_), len(topic), len(account), len(state)  # type: ignore[arg-type]
            ),
            stream, id_, topic, account, state,
        ))  # fmt: skip
    except (struct.error, TypeError) as error:
        raise NoLeaf(str(error)) from error


def hash_of(row: Columns) -> bytes | None:
    """The hash of an event's leaf; None for columns that Fleet Audit never writes."""
    try:
        return leaf_hash(leaf_of(row))
    except NoLeaf:
        return None


def read_leaf(leaf: bytes) -> LeafEvent:
    """What a leaf says; raise NoLeaf."""
    try:
        form, position, version, time, *lengths = _HEADER.unpack_from(leaf)
        parts, begin = [], _HEADER.size
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
