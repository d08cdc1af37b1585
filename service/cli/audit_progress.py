"""The bar that a person watches while an audit is in progress."""

from types import TracebackType
from typing import Any, Self

from rich.console import Console

from events.vocabulary import CheckRunStatus
from service.cli.screen import progress_bar

STILL_TO_DO = {CheckRunStatus.IN_PROGRESS, CheckRunStatus.WAITING_FOR_DATA_COLLECTION}


class AuditProgress:
    """A bar of checks done; give `look` each answer of DescribeAuditTask."""

    def __init__(self, console: Console) -> None:
        self._bar = progress_bar(console)
        self._task = self._bar.add_task("Auditing ", total=None, note="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def look(self, task: dict[str, Any]) -> None:
        """Show how far the audit is: checks done, resources examined, resources found not to comply."""
        details = task["auditDetails"].values()
        done = sum(detail["checkRunStatus"] not in STILL_TO_DO for detail in details)
        examined = sum(detail.get("totalResourcesCount", 0) for detail in details)
        bad = sum(detail.get("nonCompliantResourcesCount", 0) for detail in details)
        note = f"checks, {examined:,} examined, {bad:,} non-compliant"
        self._bar.update(self._task, total=len(details), completed=done, note=note)
