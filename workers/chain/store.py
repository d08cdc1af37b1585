"""The chain of the log: the tree's hashes in tiles of 256, where its leaves lie in the log, and its checkpoints.

A tile of level 0 has the hashes of 256 leaves; one of level n those of 256 full tiles of level n - 1. That is how
C2SP's tlog-tiles cuts a tree. A tile is written again until it is full, and never after. The sizes of everything
follow from the tiles, so that there is nothing else that could disagree with them.
"""

import struct
from collections.abc import Sequence
from typing import NamedTuple, Protocol, cast

from events.proof.leaf import Leaf
from events.proof.merkle import HASH_BYTES, full_root, root
from events.store.database import Row, Transaction
from events.store.schema import Steps

TILE = 256
LEVELS_A_TILE = 8

SCHEMA = (
    """CREATE TABLE IF NOT EXISTS tiles (
        level BIGINT NOT NULL, number BIGINT NOT NULL,
        hashes BYTEA NOT NULL, -- 32 bytes each, up to 256
        PRIMARY KEY (level, number))""",
    """CREATE TABLE IF NOT EXISTS places (
        number BIGINT PRIMARY KEY, -- of the tile of leaves
        first_position BIGINT NOT NULL,
        packed BYTEA NOT NULL) -- a leaf's position (8 bytes) and stream (16), for each of the tile""",
    "CREATE INDEX IF NOT EXISTS places_first_position ON places (first_position)",
    """CREATE TABLE IF NOT EXISTS checkpoints (
        size BIGINT PRIMARY KEY, -- events in the tree
        note BYTEA NOT NULL) -- UTF-8""",
)

CHAIN_TABLES = Steps("chain", {"chain": SCHEMA})

_PLACE = struct.Struct(">Q16s")


class ChainDamaged(Exception):  # noqa: N818 - the state of a store
    """The chain's own tables can't be what was written. The text says what is wrong."""


class Tile(NamedTuple):
    """A tile of leaves, full or not."""

    number: int
    places: bytes
    hashes: bytes

    @property
    def size(self) -> int:
        """How many leaves there are in it."""
        return len(self.hashes) // HASH_BYTES

    @property
    def positions(self) -> tuple[int, ...]:
        """Where its events lie in the log."""
        return struct.unpack(">" + "Q16x" * self.size, self.places)

    def leaf(self, at: int) -> Leaf:
        """One of its leaves; -1 is the last."""
        at %= self.size
        position, stream = _PLACE.unpack_from(self.places, at * _PLACE.size)
        return Leaf(position, stream, self.hashes[at * HASH_BYTES : (at + 1) * HASH_BYTES])

    def leaves(self) -> list[Leaf]:
        """All of them."""
        return [self.leaf(at) for at in range(self.size)]

    def hash_at(self, position: int) -> bytes | None:
        """The hash of the event at a position of the log; None if it is not here."""
        positions = self.positions
        return self.leaf(positions.index(position)).hash if position in positions else None


class Chain:
    """Reads the tables; raises StoreUnavailable, and ChainDamaged. Threads may share one."""

    def __init__(self, query: "Ask") -> None:
        """`query` is a database's, or `execute` of a transaction."""
        self._query = query

    def tail(self) -> "Tail":
        """Where the chain ends."""
        return tail_of(self._query)

    def tiles_after(self, number: int, limit: int) -> list[Tile]:
        """The next tiles of leaves after that one (the first is 0), in order."""
        sql = f"{TILES_OF_LEAVES} WHERE p.number > ? ORDER BY p.number LIMIT ?"
        return [_tile(*row) for row in self._query(sql, (number, limit))]

    def upper_tiles(self, level: int, number: int) -> bytes:
        """The hashes of a tile, one after the other; none where it is not there."""
        return _hashes(self._query(HASHES, (level, number)))

    def subtree(self, level: int, number: int) -> bytes:
        """The hash of a full subtree of 2**level leaves; raise ChainDamaged if it is not kept."""
        tile_level, height = divmod(level, LEVELS_A_TILE)
        first = number << height
        tile, begin = divmod(first, TILE)
        hashes = self.upper_tiles(tile_level, tile)[begin * HASH_BYTES : (begin + (1 << height)) * HASH_BYTES]
        if len(hashes) != HASH_BYTES << height:
            raise ChainDamaged(f"hashes of its tile {tile} of level {tile_level} are missing")
        return full_root(hashes)

    def root(self, size: int) -> bytes:
        """The root of the tree of the first `size` leaves."""
        return root(size, self.subtree)

    def index_of(self, position: int) -> int | None:
        """Which leaf the event of a position is, from 0."""
        tile = self.tile_of(position)
        if tile is not None:
            positions = tile.positions
            if position in positions:
                return tile.number * TILE + positions.index(position)
        return None

    def tile_of(self, position: int) -> Tile | None:
        """The tile in which the event of a position has to be; None before the first."""
        sql = "SELECT number FROM places WHERE first_position <= ? ORDER BY first_position DESC LIMIT 1"
        found = self._query(sql, (position,))
        return self.tiles_after(cast("int", found[0][0]) - 1, 1)[0] if found else None

    def notes(self, after_size: int = -1, limit: int = 1_000) -> list[tuple[int, str]]:
        """The next checkpoints over more leaves than so many: sizes and signed notes, in order."""
        sql = "SELECT size, note FROM checkpoints WHERE size > ? ORDER BY size LIMIT ?"
        return [(size, _text(note)) for size, note in self._query(sql, (after_size, limit))]

    def last_signed(self) -> int:
        """How many events the latest checkpoint is over; 0 before there is one."""
        found = self._query(LATEST)
        return cast("int", found[0][0]) if found else 0

    def latest_note(self) -> str | None:
        """The latest checkpoint; None before there is one."""
        return latest_note(self._query)


TILES_OF_LEAVES = (
    "SELECT p.number, p.packed, t.hashes FROM places p LEFT JOIN tiles t ON t.level = 0 AND t.number = p.number"
)
"""One statement, since both grow together."""
HASHES = "SELECT hashes FROM tiles WHERE level = ? AND number = ?"
LATEST = "SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT 1"
WRITE_TILE = (
    "INSERT INTO tiles (level, number, hashes) VALUES (?, ?, ?)"
    " ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes"
)
WRITE_PLACES = (
    "INSERT INTO places (number, first_position, packed) VALUES (?, ?, ?)"
    " ON CONFLICT (number) DO UPDATE SET packed = excluded.packed"
)


class Tail(NamedTuple):
    """The end of the chain."""

    size: int
    last: Leaf | None
    """None while it is empty."""

    @property
    def position(self) -> int:
        """Of the last event in it, 0 while it is empty."""
        return 0 if self.last is None else self.last.position


def tail_of(query: "Ask") -> Tail:
    """Where the chain ends, as a database or a transaction has it."""
    found = query(f"{TILES_OF_LEAVES} ORDER BY p.number DESC LIMIT 1")
    if not found:
        return Tail(0, None)
    [tile] = [_tile(*row) for row in found]
    return Tail(tile.number * TILE + tile.size, tile.leaf(-1))


def latest_note(query: "Ask") -> str | None:
    """The latest checkpoint, as a database or a transaction has it; None before there is one."""
    found = query(LATEST)
    return _text(found[0][1]) if found else None


def append(rows: Transaction, leaves: Sequence[Leaf]) -> None:
    """Add leaves at the end, and the hashes of every tile that they fill."""
    size = tail_of(rows.execute).size
    done = 0
    while done < len(leaves):
        number, within = divmod(size + done, TILE)
        some = leaves[done : done + TILE - within]
        before = rows.execute("SELECT packed, first_position FROM places WHERE number = ?", (number,))
        packed, first = before[0] if before else (b"", some[0].position)
        places = b"".join(_PLACE.pack(leaf.position, leaf.stream) for leaf in some)
        rows.execute(WRITE_PLACES, (number, first, bytes(packed) + places))
        _extend(rows, 0, number, b"".join(leaf.hash for leaf in some))
        done += len(some)


def _extend(rows: Transaction, level: int, number: int, hashes: bytes) -> None:
    """Add hashes to a tile; when it is full, its own to the tile above."""
    hashes = _hashes(rows.execute(HASHES, (level, number))) + hashes
    rows.execute(WRITE_TILE, (level, number, hashes))
    if len(hashes) == TILE * HASH_BYTES:
        _extend(rows, level + 1, number // TILE, full_root(hashes))


def split(hashes: bytes) -> list[bytes]:
    """The hashes that lie in a row, one by one."""
    return [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]


class Ask(Protocol):
    """How rows are asked for."""

    def __call__(self, sql: str, parameters: Sequence[object] = (), /) -> list[Row]:
        """Return the rows."""
        ...


def _hashes(found: list[Row]) -> bytes:
    return bytes(found[0][0]) if found else b""


def _text(note: bytes) -> str:
    """What is no text any more is no checkpoint, which its reader finds out."""
    return bytes(note).decode(errors="replace")


def _tile(number: int, packed: bytes, hashes: bytes | None) -> Tile:
    places, each = bytes(packed), bytes(hashes or b"")
    if not places or len(places) % _PLACE.size or len(places) // _PLACE.size * HASH_BYTES != len(each):
        raise ChainDamaged(f"its tile {number} has not a hash for each of its events")
    if len(places) > TILE * _PLACE.size:
        raise ChainDamaged(f"its tile {number} has too many events")
    return Tile(number, places, each)
