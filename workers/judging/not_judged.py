"""What a check says of a resource that it could not make sense of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NotJudged:
    """A resource that a check read and could not make sense of. It is counted and said, never passed."""

    reason: str
    """Counts alike resources together, so it names no single one: `policy documents that are not valid JSON`."""
