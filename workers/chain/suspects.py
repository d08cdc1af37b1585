"""Events that are not what was chained, and what became of each: changed, removed, put in, or moved about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from events.proof.leaf import Columns, Leaf, hash_of
from workers.chain.finding import Findings, Kind

MOST = 300
"""Suspects of which it is looked whether they only lie in another place; each is compared with each."""

MOST_BYTES = 16 * 1024 * 1024
"""Of their rows."""


@dataclass(frozen=True)
class Suspect:
    """A position where log and chain differ."""

    position: int
    row: Columns | None
    """What lies there, if anything does."""
    chained: bytes | None
    """The hash of what should; None if nothing should."""
    by_chain: bool = False
    """Whether a checkpoint says that the log is right and the chain is not."""


class Suspects:
    """Collects suspects while the log is read, and names them at the end."""

    def __init__(self) -> None:
        self._kept: list[Suspect] = []
        self._undecided = 0
        """From here on no checkpoint has told yet who is right."""
        self._bytes = 0
        self._at_end: list[Suspect] = []

    def add(self, suspect: Suspect, findings: Findings) -> None:
        """Keep it, or tell of it at once when there are too many."""
        size = 0 if suspect.row is None else sum(len(each) for each in suspect.row if isinstance(each, bytes))
        if len(self._kept) < MOST and self._bytes + size <= MOST_BYTES:
            self._kept.append(suspect)
            self._bytes += size
        else:
            _tell(suspect, findings)

    def decided(self, *, log_is_right: bool) -> None:
        """A checkpoint has told who is right about everything up to here."""
        if log_is_right:
            self._kept[self._undecided :] = [
                replace(each, by_chain=True) for each in self._kept[self._undecided :]
            ]
        self._undecided = len(self._kept)

    def lost_at_end(self, leaves: Sequence[Leaf]) -> None:
        """These are missing at the end, of which is told as a whole; some may lie elsewhere."""
        self._at_end = [Suspect(leaf.position, None, leaf.hash) for leaf in leaves[:MOST]]

    def tell(self, findings: Findings) -> None:
        """Name each."""
        moved = dict(self._moved())
        came_from = {to: origin for origin, to in moved.items()}
        for each in self._kept:
            if each.by_chain:
                _tell(each, findings)
            elif each.position in came_from:
                text = f"the event of position {came_from[each.position]} lies here"
                findings.add(Kind.REORDERED, text, each.position)
            elif each.row is None and each.position in moved:
                text = f"its event lies at position {moved[each.position]}"
                findings.add(Kind.REORDERED, text, each.position)
            else:
                _tell(each, findings)

    def _moved(self) -> Iterator[tuple[int, int]]:
        """Where an event was, and where it lies now."""
        rows = [each for each in self._kept if each.row is not None and not each.by_chain]
        for lost in (*self._kept, *self._at_end):
            if lost.chained is None or lost.by_chain:
                continue
            for found in rows:
                if found.row is not None and hash_of([lost.position, *found.row[1:]]) == lost.chained:
                    yield lost.position, found.position
                    break


def _tell(suspect: Suspect, findings: Findings) -> None:
    if suspect.by_chain:
        findings.add(
            Kind.CHAIN_CHANGED, "the event is what was signed; its hash in the chain is not", suspect.position
        )
    elif suspect.row is None:
        findings.add(Kind.REMOVED, "the event was taken out of the log", suspect.position)
    elif suspect.chained is None:
        findings.add(Kind.INSERTED, "no event was here when those after it were chained", suspect.position)
    else:
        findings.add(Kind.CHANGED, "the event is not what was chained", suspect.position)
