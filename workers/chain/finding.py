"""What a verification may find: what kind of tampering, and where."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

MOST = 1_000
"""Findings that are told one by one; the rest are counted."""


class Kind(StrEnum):
    """What was done, as far as it can be told."""

    CHANGED = "changed"
    """An event is not what was chained."""
    REMOVED = "removed"
    INSERTED = "inserted"
    """An event that was never chained lies before others that were."""
    REORDERED = "reordered"
    """An event lies where another one was."""
    TRUNCATED = "truncated"
    """The events at the end of the log are gone."""
    CHAIN_CHANGED = "chain changed"
    """The chain's own tables are not what was signed."""
    CHECKPOINT_INVALID = "checkpoint invalid"
    """A checkpoint is not what was signed, is missing, or says what is not so."""
    OTHER_KEY = "signed with another key"
    """Nobody who is trusted has signed a checkpoint."""
    ARCHIVE_CHANGED = "archive changed"
    """An archive is missing, or not what was taken out of the log."""


@dataclass(frozen=True)
class Finding:
    """One sign of tampering."""

    kind: Kind
    position: int | None
    """In the log, where it is about an event."""
    text: str

    def __str__(self) -> str:
        where = "" if self.position is None else f"position {self.position}: "
        return f"{where}{self.kind.value}: {self.text}"


class Findings:
    """Keeps the first ones, and counts all."""

    def __init__(self) -> None:
        self._kept: list[Finding] = []
        self.counts: Counter[Kind] = Counter()

    def add(self, kind: Kind, text: str, position: int | None = None) -> None:
        """Note one."""
        self.counts[kind] += 1
        if len(self._kept) < MOST:
            self._kept.append(Finding(kind, position, text))

    def __iter__(self) -> Iterator[Finding]:
        """Those that are told, by position; those that have none come last."""
        return iter(sorted(self._kept, key=lambda each: (each.position is None, each.position or 0)))

    @property
    def not_told(self) -> int:
        """How many more there are."""
        return self.counts.total() - len(self._kept)
