"""What came of judging a check again, and the findings that differ."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from events.resource import NonCompliance
from events.vocabulary import CheckName, Severity

Judged = tuple[NonCompliance, Severity]


class Result(StrEnum):
    """What judging again came to."""

    SAME = "SAME"
    """The same findings, to the letter."""
    DIFFERS = "DIFFERS"
    CANNOT = "CANNOT"
    """What the check was judged on is no longer there."""
    NOT_JUDGED = "NOT_JUDGED"
    """The audit itself did not judge it, so there is nothing to compare."""


class Change(StrEnum):
    """How a finding differs."""

    ONLY_THEN = "ONLY_THEN"
    ONLY_NOW = "ONLY_NOW"
    CHANGED = "CHANGED"
    """The same resource and reason, and something else about it differs."""


@dataclass(frozen=True)
class DifferingFinding:
    """A finding as the audit recorded it, and as today's code makes it."""

    check_name: CheckName
    then: Judged | None
    now: Judged | None

    @property
    def change(self) -> Change:
        """How it differs."""
        if self.now is None:
            return Change.ONLY_THEN
        return Change.ONLY_NOW if self.then is None else Change.CHANGED

    @property
    def either(self) -> NonCompliance:
        """The finding as it is now, or was."""
        judged = self.now or self.then
        assert judged is not None  # noqa: S101 - one of the two is there
        return judged[0]


@dataclass
class CheckJudgedAgain:
    """One check. Counts are of what could be judged again."""

    check_name: CheckName
    result: Result
    version_then: int | None = None
    version_now: int | None = None
    shards: int = 0
    shards_not_done: int = 0
    """Pieces that the audit did not judge to their end, and that are therefore not compared."""
    examined: int = 0
    findings: int = 0
    differing: dict[Change, int] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    """Why it differs, can't be judged, or was not."""

    def count(self, differing: DifferingFinding) -> None:
        """One more finding that differs."""
        self.result = Result.DIFFERS
        self.differing[differing.change] = self.differing.get(differing.change, 0) + 1

    def can_not(self, reason: str) -> None:
        """It can't be judged again, whatever was seen so far."""
        self.result = Result.CANNOT
        self.reasons = [reason]


def differing_findings(
    check_name: CheckName, then: Sequence[Judged], now: Sequence[Judged]
) -> Iterator[DifferingFinding]:
    """Yield what differs between the findings of a piece, by resource and reason."""
    before, after = _by_identity(then), _by_identity(now)
    for key in sorted({*before, *after}):
        if before.get(key) != after.get(key):
            yield DifferingFinding(check_name, before.get(key), after.get(key))


def _by_identity(judged: Sequence[Judged]) -> Mapping[tuple[str, str], Judged]:
    return {(each[0].resource.canonical, each[0].reason_code): each for each in judged}


def overall(results: Sequence[Result]) -> Result:
    """What an audit came to. What differs is certain, so it comes before what can't be told."""
    for result in (Result.DIFFERS, Result.CANNOT):
        if result in results:
            return result
    return Result.SAME
