"""What was not taken in, and why."""

from dataclasses import dataclass, field

REJECTIONS_KEPT = 1_000
"""So many reasons are kept; the rest is only counted, so that an import of nothing but garbage stays small."""

LONGEST_REASON = 300
"""Characters. A reason may quote what it is about, and that may be a megabyte."""


class RecordRejected(ValueError):  # noqa: N818 - it is refused, and the import goes on
    """A record that can't be taken in. Its text names the field and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A file, or a part of one, that was not taken in."""

    reason: str
    path: str | None = None
    """None when the records did not come from a file."""
    line: int | None = None
    """Where the record or the PEM block begins, from 1; None when it is about the whole file."""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line) if part is not None)
        return f"{place}: {self.reason}" if place else self.reason


@dataclass
class Rejections:
    """Counts rejections and keeps the first of them."""

    count: int = 0
    first: list[Rejection] = field(default_factory=list)

    def add(self, rejection: Rejection) -> None:
        """Count one, and keep it if there is room."""
        self.count += 1
        if len(self.first) < REJECTIONS_KEPT:
            self.first.append(rejection)


def shortened(reason: object) -> str:
    """The reason in one line of bearable length."""
    text = " ".join(str(reason).split())
    return text if len(text) <= LONGEST_REASON else f"{text[:LONGEST_REASON]}..."
