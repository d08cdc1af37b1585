"""How the findings of a shard are divided among events, and these among saves, so that each fits its limit.

The same findings are always divided alike, so that a batch that is delivered twice is known by its number.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from events.check_shard import FINDINGS_PER_EVENT
from events.resource import NonCompliance, RelatedResource

RELATED_PER_EVENT = 2_000
"""Related resources, with names of their own of some hundred bytes. A finding that has as many is an event by
itself; one that has far more can't be kept, and the check that makes it has to see to that. One with a long name
counts as several."""

LONG_NAME = 100
"""Characters. Longer than the id of a certificate, which is as long as names get that strangers do not choose."""

BATCHES_PER_SAVE = 8
RELATED_PER_SAVE = 2 * RELATED_PER_EVENT


@dataclass(frozen=True)
class Batch:
    """The findings of one event."""

    number: int
    """From 0, within the shard."""
    findings: Sequence[NonCompliance]

    @property
    def related(self) -> int:
        """How much room their related resources take together."""
        return sum(_room(finding) for finding in self.findings)


def room_of(related: RelatedResource) -> int:
    """How much a related resource takes of the room that an event has, which is RELATED_PER_EVENT."""
    return 1 + len(related.resource.canonical) // LONG_NAME


def _room(finding: NonCompliance) -> int:
    return sum(map(room_of, finding.related_resources))


def batches_of(findings: Sequence[NonCompliance]) -> list[Batch]:
    """Divide findings among events."""
    return [Batch(number, part) for number, part in enumerate(_parts(findings))]


def _parts(findings: Sequence[NonCompliance]) -> Iterator[Sequence[NonCompliance]]:
    first = related = 0
    for at, finding in enumerate(findings):
        more = _room(finding)
        if at > first and (at - first == FINDINGS_PER_EVENT or related + more > RELATED_PER_EVENT):
            yield findings[first:at]
            first, related = at, 0
        related += more
    if first < len(findings):
        yield findings[first:]


def saves_of(batches: Sequence[Batch]) -> list[list[Batch]]:
    """Divide batches among saves: at least one, which has none of them when there are none."""
    saves: list[list[Batch]] = [[]]
    for batch in batches:
        save = saves[-1]
        related = sum(each.related for each in save) + batch.related
        if save and (len(save) == BATCHES_PER_SAVE or related > RELATED_PER_SAVE):
            saves.append(save := [])
        save.append(batch)
    return saves
