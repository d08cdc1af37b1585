"""Which rows are as good as gone: pruning has removed them, or will do so the next time that it looks.

Answers don't show them. So they are neither filled anew nor compared: whether they are there says only how far
pruning has come (`projections/pruning.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from events.clock import epoch_milliseconds
from projections.finding_identities import LONGEST_ABSENCE

OF_AN_AUDIT = """
    (account, task_id) IN (SELECT account, task_id FROM audit_tasks WHERE ended_at IS NOT NULL AND ended_at <= ?)
"""

AUDITS = "audit_tasks"
"""The table that says when audits ended."""


@dataclass(frozen=True)
class DueRows:
    """Of one table. `condition` is true or false for each row, and never unknown."""

    condition: str
    up_to: int
    """The parameter of `condition`."""


def due_rows(now: datetime, retention: timedelta) -> Mapping[str, DueRows]:
    """Return the rows that are due for pruning at a time, by table; what belongs to audits before the audits."""
    kept_from, seen_from = (epoch_milliseconds(now - kept) for kept in (retention, LONGEST_ABSENCE))
    return {
        "audit_findings": DueRows(OF_AN_AUDIT, kept_from),
        "audit_notifications": DueRows(OF_AN_AUDIT, kept_from),
        "audit_task_shards": DueRows(OF_AN_AUDIT, kept_from),
        AUDITS: DueRows("ended_at IS NOT NULL AND ended_at <= ?", kept_from),
        "check_results": DueRows("ended_at <= ?", kept_from),
        "finding_identities": DueRows("last_seen_at < ?", seen_from),
    }


def goes_with_audits(table: str, due: Mapping[str, DueRows]) -> bool:
    """Whether the rows of a table are due when those of their audit are."""
    return table in due and due[table].condition is OF_AN_AUDIT
