"""What came of a verification."""

from dataclasses import dataclass
from typing import Any

from events.proof.checkpoint import SignedCheckpoint
from workers.chain.finding import Findings


@dataclass(frozen=True)
class Report:
    """Counts, and what was found."""

    first_position: int
    last_position: int
    """Of what is chained."""
    events: int
    """In the chain."""
    valid: int
    """Of these: as they were chained, the archived ones included."""
    archived: int
    """Of these: in archives, so that the log has no more than their digests."""
    in_archives: int | None
    """Events in archives that are as they were chained; None when archives were not looked into."""
    not_signed: int
    """Chained after the last checkpoint that fits."""
    not_chained: int
    """In the log after the end of the chain."""
    checkpoints: int
    valid_checkpoints: int
    begun: SignedCheckpoint | None
    """The first checkpoint of the chain, and the latest."""
    latest: SignedCheckpoint | None
    findings: Findings

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        return not self.findings.counts

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "clean": self.is_clean,
            "firstPosition": self.first_position,
            "lastPosition": self.last_position,
            "events": self.events,
            "validEvents": self.valid,
            "archivedEvents": self.archived,
            "validEventsInArchives": self.in_archives,
            "eventsNotSigned": self.not_signed,
            "eventsNotChained": self.not_chained,
            "checkpoints": self.checkpoints,
            "validCheckpoints": self.valid_checkpoints,
            "findings": [
                {"kind": each.kind.value, "position": each.position, "text": each.text} for each in self.findings
            ],
            "findingsNotTold": self.findings.not_told,
        }
