"""An audit's report as tables: how each check went, and what was found."""

from itertools import groupby
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from service.cli.audits import AuditReport
from service.cli.finding import moments, printable, resource_name

WIDE = 140
"""Columns from which on a finding has one line with everything. Below, findings stand under their check's name."""

WHOLE_IDS = 200
"""Columns from which on certificate ids are shown whole."""

BESIDE_RESOURCES = 100
"""Columns of a wide table that are not for the names of resources. Strangers chose some of these, and how long."""

MOST_FINDINGS = 500
"""More than anyone reads on a screen; `--output json` has all."""

ALL_COUNTS = 105
"""Columns from which on the result of a check with a long name, and both of its counts, have one each."""

SEVERITY_WIDTH = len("CRITICAL")

STYLES = {"CRITICAL": "bold red", "HIGH": "red", "MEDIUM": "yellow", "LOW": "cyan"}

RESULTS = {
    "COMPLETED_COMPLIANT": Text("compliant", "green"),
    "COMPLETED_NON_COMPLIANT": Text("NON-COMPLIANT", "red"),
    "FAILED": Text("FAILED", "bold red"),
    "CANCELED": Text("canceled", "yellow"),
}


def print_report(report: AuditReport, console: Console) -> None:
    """Print the statistics, then the findings, worst first."""
    _print_checks(report.task, console)
    if report.findings:
        _print_findings(report.findings, console)
    else:
        console.print("No findings.", style="green")


def _print_checks(task: dict[str, Any], console: Console) -> None:
    details = task["auditDetails"]
    console.print(_counts(details) if console.width >= ALL_COUNTS else _narrow_counts(details))
    console.print(f"[bold]{_statistics(task['taskStatistics'])}[/]")
    for name, detail in details.items():
        if detail.get("message"):
            console.print(f"{name}: {escape(detail['message'])}")
    console.print()


def _counts(details: dict[str, dict[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Check", no_wrap=True)
    table.add_column("Result", no_wrap=True)
    table.add_column("Examined", justify="right")
    table.add_column("Non-compliant", justify="right")
    for name, detail in details.items():
        examined, non_compliant = _counted(detail)
        table.add_row(name, _result(detail), examined, non_compliant)
    return table


def _narrow_counts(details: dict[str, dict[str, Any]]) -> Table:
    """Beside the longest name there is room for one thing more on 80 columns."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Check", no_wrap=True)
    table.add_column("Non-compliant", no_wrap=True)
    for name, detail in details.items():
        result, (examined, non_compliant) = _result(detail), _counted(detail)
        is_done = detail["checkRunStatus"].startswith("COMPLETED")
        table.add_row(name, Text(f"{non_compliant} of {examined}", result.style) if is_done else result)
    return table


def _result(detail: dict[str, Any]) -> Text:
    status = detail["checkRunStatus"]
    return RESULTS.get(status, Text(status))


def _counted(detail: dict[str, Any]) -> tuple[str, str]:
    return f"{detail.get('totalResourcesCount', 0):,}", f"{detail.get('nonCompliantResourcesCount', 0):,}"


def _statistics(statistics: dict[str, int]) -> str:
    words = {
        "compliantChecks": "compliant",
        "nonCompliantChecks": "non-compliant",
        "failedChecks": "failed",
        "canceledChecks": "canceled",
    }
    counts = ", ".join(f"{statistics.get(member, 0)} {word}" for member, word in words.items())
    return f"{statistics['totalChecks']} checks: {counts}."


def _print_findings(findings: list[dict[str, Any]], console: Console) -> None:
    shown = findings[:MOST_FINDINGS]
    if console.width >= WIDE:
        console.print(_wide(shown, console.width))
    else:
        console.print(_narrow(shown, console.width))
    if len(findings) > len(shown):
        console.print(f"... and {len(findings) - len(shown):,} more findings. `--output json` has them all.")


def _wide(findings: list[dict[str, Any]], columns: int) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Severity", no_wrap=True)
    table.add_column("Check", no_wrap=True)
    table.add_column("Resource", no_wrap=True, max_width=columns - BESIDE_RESOURCES)
    table.add_column("Reason")
    for each in findings:
        name = Text(resource_name(each, is_short=columns < WHOLE_IDS))
        table.add_row(_severity(each), each["checkName"], name, _reason(each))
    return table


def _narrow(findings: list[dict[str, Any]], columns: int) -> Group:
    """The findings under the names of their checks, so that reasons have room on 80 columns."""
    names = min(columns // 2, max(len(resource_name(each, is_short=True)) for each in findings))
    headings = f"{'Severity':<{SEVERITY_WIDTH}}  {'Check, resources':<{names}}  Reason"
    parts: list[RenderableType] = [Text(headings, "bold")]
    for (severity, check_name), alike in groupby(findings, key=lambda each: (each["severity"], each["checkName"])):
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(width=SEVERITY_WIDTH)
        table.add_column(width=names, no_wrap=True)
        table.add_column()
        for each in alike:
            table.add_row("", Text(resource_name(each, is_short=True)), _reason(each))
        parts += [
            Text.assemble((f"{severity:<{SEVERITY_WIDTH}}  ", STYLES[severity]), check_name),
            table,
        ]
    return Group(*parts)


def _severity(finding: dict[str, Any]) -> Text:
    return Text(finding["severity"], STYLES[finding["severity"]])


def _reason(finding: dict[str, Any]) -> Text:
    notes = [f"{moment:%Y-%m-%d}" for moment in moments(finding)]
    if finding.get("isSuppressed"):
        notes.append("suppressed")
    reason = printable(finding["reasonForNonCompliance"])
    return Text(f"{reason.removesuffix('.')} ({', '.join(notes)})." if notes else reason)
