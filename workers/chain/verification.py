"""Recomputes all that can be: each event's hash, the tree, every checkpoint; and names what was tampered with.

Log and chain are read side by side in the order of positions, a tile at a time, so that a log of any length takes
the same memory.
"""

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path

from events.proof.checkpoint import SignedCheckpoint
from events.proof.leaf import Columns, hash_of
from events.proof.merkle import full_root
from events.proof.note import VerifierKey
from events.store.stored_rows import StoredRows
from workers.chain.archived import TOPIC, Archived, compare_archives
from workers.chain.finding import Findings, Kind
from workers.chain.report import Report
from workers.chain.roots import Fits, Roots
from workers.chain.store import TILE, Chain, ChainDamaged, Tile
from workers.chain.suspects import Suspect, Suspects
from workers.chain.upper_tiles import UpperTiles
from workers.chain.verified_checkpoints import VerifiedCheckpoints

ROWS = 128
"""Read at once. The largest events of a log have 256 KiB each."""

TILES = 16

POSITION = itemgetter(0)
TOPIC_OF = itemgetter(3)


class Verification:
    """One verification of a log and its chain. Raises StoreUnavailable where they can't be read."""

    def __init__(
        self,
        log: StoredRows,
        chain: Chain,
        trusted: Sequence[VerifierKey],
        elsewhere: Sequence[SignedCheckpoint] = (),
        archives: Path | None = None,
    ) -> None:
        """`elsewhere` are checkpoints that were kept elsewhere; `archives` is where archived events lie."""
        self._log = log
        self._chain = chain
        self._archives = archives
        self._findings = Findings()
        self._suspects = Suspects()
        self._archived = Archived()
        self._checkpoints = VerifiedCheckpoints(trusted, self._findings)
        self._roots = Roots(self._checkpoints.both(chain, elsewhere))
        self._upper = UpperTiles(chain.upper_tiles, self._differs)
        self._missing = array("Q")
        """Which leaves have no row in the log."""
        self._missing_of: Counter[bytes] = Counter()
        self._size = self._valid = self._read_to = self._signed = 0
        self._first = self._last = 0
        self._waiting: list[Columns] = []

    def run(self, progress: Callable[[int], None]) -> Report:
        """Verify; `progress` is told now and then how many events have been looked at."""
        try:
            for tile in self._tiles():
                self._take(tile)
                progress(self._size)
        except ChainDamaged as damage:
            text = f"{damage}; nothing after position {self._last} could be compared"
            self._findings.add(Kind.CHAIN_CHANGED, text)
        else:
            self._upper.end()
        unchained = self._rest()
        for each in self._roots.not_met():
            self._checkpoints.invalid(
                f"the one over {each.says.size} events is over more than the {self._size} that are chained: the"
                " end of log and chain was removed, or both were put back from an older back-up"
            )
        archived = self._resolve_missing()
        in_archives = None
        if self._archives is not None:
            in_archives = compare_archives(self._archives, self._archived.summaries, self._chain, self._findings)
        self._suspects.tell(self._findings)
        return Report(
            first_position=self._first,
            last_position=self._last,
            events=self._size,
            valid=self._valid + archived,
            archived=archived,
            in_archives=in_archives,
            not_signed=self._size - self._signed,
            not_chained=unchained,
            checkpoints=self._checkpoints.read,
            valid_checkpoints=self._checkpoints.valid,
            begun=self._checkpoints.first,
            latest=self._checkpoints.last,
            findings=self._findings,
        )

    def _tiles(self) -> Iterator[Tile]:
        number = -1
        while found := self._chain.tiles_after(number, TILES):
            for tile in found:
                if tile.number != number + 1 or (number >= 0 and self._size != tile.number * TILE):
                    raise ChainDamaged(f"its tile {number + 1} is missing, or not whole")
                number = tile.number
                yield tile

    def _take(self, tile: Tile) -> None:
        """Compare a tile of the chain with the rows of the log."""
        positions = tile.positions
        rows = self._rows_up_to(positions[-1])
        found = [hash_of(row) for row in rows]
        if b"".join(filter(None, found)) == tile.hashes and tuple(map(POSITION, rows)) == positions:
            in_log = tile.hashes
            self._valid += len(positions)
        else:
            in_log = self._differing(tile, rows, found)
        self._note_archived(rows)
        self._first = self._first or positions[0]
        self._last = positions[-1]
        for checkpoint, fits in self._roots.add(tile.hashes, in_log):
            self._met(checkpoint, fits, tile)
        self._size += len(positions)
        if len(positions) == TILE:
            self._upper.add(full_root(tile.hashes))

    def _differing(self, tile: Tile, rows: Sequence[Columns], found: Sequence[bytes | None]) -> bytes:
        """Note where a tile and the log differ; return the log's hashes, and the chain's for what it has not."""
        here = {row[0]: (row, hash_) for row, hash_ in zip(rows, found, strict=True)}
        in_log: list[bytes] = []
        for number, leaf in enumerate(tile.leaves(), self._size):
            row, hash_ = here.pop(leaf.position, (None, None))
            in_log.append(hash_ or leaf.hash)
            if row is None:
                self._missing.append(number)
                self._missing_of[leaf.stream] += 1
            elif hash_ == leaf.hash:
                self._valid += 1
            else:
                self._suspects.add(Suspect(leaf.position, row, leaf.hash), self._findings)
        for position, (row, _) in here.items():
            self._suspects.add(Suspect(int(position), row, None), self._findings)
        return b"".join(in_log)

    def _met(self, checkpoint: SignedCheckpoint, fits: Fits, tile: Tile) -> None:
        says = checkpoint.says
        if fits is Fits.NEITHER:
            self._checkpoints.invalid(
                f"the one over {says.size} events has another root than the events that are there: log and chain"
                " were changed, or made anew, after it was signed"
            )
            return
        self._signed = max(self._signed, says.size)
        self._suspects.decided(log_is_right=fits is Fits.LOG)
        last = tile.positions[says.size - self._size - 1]
        if says.position not in {None, last}:
            self._checkpoints.invalid(
                f"the one over {says.size} events ends at position {says.position}, the chain has {last} there"
            )

    def _resolve_missing(self) -> int:
        """Tell archived events from removed ones; return how many are archived."""
        archived = self._archived.require_no_more(self._missing_of, self._findings)
        if archived == len(self._missing):
            return archived
        removed = []
        tile: Tile | None = None
        for index in self._missing:
            if tile is None or tile.number != index // TILE:
                [tile] = self._chain.tiles_after(index // TILE - 1, 1)
            leaf = tile.leaf(index % TILE)
            if not self._archived.has(leaf.stream):
                removed.append((index, leaf))
        at_end = 0
        while at_end < len(removed) and removed[-1 - at_end][0] == self._size - 1 - at_end:
            at_end += 1
        for _, leaf in removed[: len(removed) - at_end]:
            self._suspects.add(Suspect(leaf.position, None, leaf.hash), self._findings)
        self._suspects.lost_at_end([leaf for _, leaf in removed[len(removed) - at_end :]])
        if at_end:
            first, last = removed[-at_end][1].position, removed[-1][1].position
            text = (
                f"the log ends before its last {at_end} chained events, up to position {last}: they were removed,"
                " or the log was put back from an older back-up"
            )
            self._findings.add(Kind.TRUNCATED, text, first)
        return archived

    def _rows_up_to(self, position: int) -> list[Columns]:
        """The rows of the log that come next, up to a position."""
        while (not self._waiting or int(self._waiting[-1][0]) < position) and self._read():
            pass
        cut = bisect_right(self._waiting, position, key=POSITION)
        taken, self._waiting = self._waiting[:cut], self._waiting[cut:]
        return taken

    def _note_archived(self, rows: Sequence[Columns]) -> None:
        if TOPIC in map(TOPIC_OF, rows):
            for row in rows:
                if row[3] == TOPIC:
                    self._archived.note(row)

    def _rest(self) -> int:
        """Read the log to its end; return how many events are after the chain."""
        rest = 0
        while self._waiting or self._read():
            rest += len(self._waiting)
            self._note_archived(self._waiting)
            self._waiting = []
        return rest

    def _read(self) -> bool:
        """Read on; False if there is no more. The log may have grown when it is asked again."""
        found = self._log.after(self._read_to, ROWS)
        if found:
            self._read_to = int(found[-1][0])
            self._waiting += found
        return bool(found)

    def _differs(self, level: int, number: int) -> None:
        self._findings.add(
            Kind.CHAIN_CHANGED, f"its tile {number} of level {level} is not made of the tiles below it"
        )
