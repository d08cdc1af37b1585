"""The differences between two audits as tables."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from projections.audit_differences import DifferenceStatus
from service.cli.difference_pages import Pages
from service.cli.finding import printable, resource_name
from service.differences.differences import Wanted

MOST_SHOWN = 500
"""Of the new ones, and of the resolved ones; `--json` has all."""

SHOWN = {
    DifferenceStatus.NEW: ("new", "red"),
    DifferenceStatus.RESOLVED: ("resolved", "green"),
}

CAUSES = {
    "RESOURCE_ADDED": "resource added",
    "NEWLY_NON_COMPLIANT": "newly non-compliant",
    "RESOURCE_REMOVED": "resource removed",
    "FIXED": "fixed",
}


def print_differences(pages: Pages, wanted: Wanted, console: Console) -> Mapping[str, Any]:
    """Print the counts of each check, then what is new and what is resolved; return the first page."""
    first: Mapping[str, Any] = {}
    for status in SHOWN:
        found = iter(pages(replace(wanted, status=status)))
        page = next(found)
        if not first:
            first = page
            _print_checks(page, console)
        differences = [
            *page["differences"],
            *(each for later in islice(found, 1) for each in later["differences"]),
        ]
        number = sum(check.get(f"{SHOWN[status][0]}Findings", 0) for check in first["checks"].values())
        _print_findings(status, differences[:MOST_SHOWN], number, console)
    return first


def why_not_comparable(checks: Mapping[str, Any]) -> dict[str, str]:
    """Each check that can't be compared, with the reason."""
    return {name: check["reason"] for name, check in checks.items() if not check["isComparable"]}


def _print_checks(page: Mapping[str, Any], console: Console) -> None:
    console.print(
        f"From {page['sinceTaskId']} ({_moment(page['sinceTaskStartTime'])})"
        f" to {page['taskId']} ({_moment(page['taskStartTime'])})",
        soft_wrap=True,
    )
    table = _table("Check", "New", "Resolved", "Unchanged", right=3)
    compared = {name: check for name, check in page["checks"].items() if check["isComparable"]}
    for name, check in compared.items():
        counts = check["newFindings"], check["resolvedFindings"], check["unchangedFindings"]
        styles = "red", "green", ""
        table.add_row(
            name,
            *(Text(f"{count:,}", style if count else "") for count, style in zip(counts, styles, strict=True)),
        )
    if compared:
        console.print(table)
    for name, reason in why_not_comparable(page["checks"]).items():
        console.print(f"{name}: {reason}", style="yellow")
    for name, check in compared.items():
        if check["notJudgedResources"]:
            console.print(
                f"{name}: {check['notJudgedResources']:,} resources could not be judged in the later audit.",
                style="yellow",
            )


def _print_findings(
    status: DifferenceStatus, differences: list[Mapping[str, Any]], number: int, console: Console
) -> None:
    word, style = SHOWN[status]
    console.print()
    if not differences:
        console.print(f"Nothing is {word}.")
        return
    console.print(Text(f"{number:,} {word}", f"bold {style}"))
    table = _table("Severity", "Check", "Resource", "Reason", "Why", "First seen")
    for each in differences:
        finding = each["finding"]
        table.add_row(
            Text(finding["severity"], style),
            finding["checkName"],
            Text(resource_name(finding, is_short=console.is_terminal)),
            Text(printable(finding["reasonForNonCompliance"])),
            CAUSES.get(each.get("cause", ""), ""),
            _moment(each["firstSeen"]["time"]) if "firstSeen" in each else "",
        )
    console.print(table)
    if number > len(differences):
        console.print(f"... and {number - len(differences):,} more. `--json` has them all.")


def _table(*titles: str, right: int = 0) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for number, title in enumerate(titles):
        is_number = number >= len(titles) - right
        table.add_column(title, no_wrap=title != "Reason", justify="right" if is_number else "left")
    return table


def _moment(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}Z"
