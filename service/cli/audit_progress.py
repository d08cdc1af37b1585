"""The bars that a person watches while an audit is in progress."""

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from rich.console import Console

from events.vocabulary import CheckRunStatus
from service.cli.screen import progress_bar

if TYPE_CHECKING:
    from rich.progress import TaskID

STILL_TO_DO = {CheckRunStatus.IN_PROGRESS, CheckRunStatus.WAITING_FOR_DATA_COLLECTION}


class AuditProgress:
    """A bar of checks done and, on a terminal, one for each check; give `look` each state of the audit.

    In a pipe there is one plain line, at the end.
    """

    def __init__(self, console: Console) -> None:
        self._bar = progress_bar(console)
        self._whole = self._bar.add_task("Auditing", total=None, note="")
        self._shows_checks = console.is_terminal
        self._checks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for check in self._checks.values():
            self._bar.remove_task(check)  # the report says what became of each
        self._bar.stop()

    def look(self, state: dict[str, Any]) -> None:
        """Show how far the audit is: checks done, resources examined, resources found not to comply."""
        checks = state["checks"]
        done = sum(check["checkRunStatus"] not in STILL_TO_DO for check in checks.values())
        examined = sum(check["totalResourcesCount"] for check in checks.values())
        bad = sum(check["nonCompliantResourcesCount"] for check in checks.values())
        note = f"checks, {examined:,} examined, {bad:,} non-compliant"
        self._bar.update(self._whole, total=len(checks), completed=done, note=note)
        if self._shows_checks:
            for name, check in checks.items():
                self._show(name, check)

    def _show(self, name: str, check: dict[str, Any]) -> None:
        if name not in self._checks:
            self._checks[name] = self._bar.add_task(f"  {_title(name)}", total=None, note="")
        self._bar.update(
            self._checks[name],
            total=check.get("shardsPlanned"),
            completed=check["shardsDone"],
            note=_note(check),
        )


def _title(name: str) -> str:
    return name.removesuffix("_CHECK").replace("_", " ").lower()


def _note(check: dict[str, Any]) -> str:
    if check["checkRunStatus"] == CheckRunStatus.WAITING_FOR_DATA_COLLECTION:
        return "waiting for data"
    return f"{check['totalResourcesCount']:,} examined, {check['nonCompliantResourcesCount']:,} non-compliant"
