"""What judging an audit again came to: as tables for a person, or as lines of JSON."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from events.vocabulary import TaskId
from service.cli.finding import printable
from service.wire.answer import present
from service.wire.rendering import related_resource
from workers.judging_again.check_judged_again import (
    Change,
    CheckJudgedAgain,
    DifferingFinding,
    Judged,
    Result,
)

MOST_SHOWN = 500
"""Findings that differ; `--json` has all."""

WORDS = {
    Result.SAME: Text("same", "green"),
    Result.DIFFERS: Text("DIFFERS", "red"),
    Result.CANNOT: Text("can't be judged", "yellow"),
    Result.NOT_JUDGED: Text("was not judged"),
}

SIGNS = {
    Change.ONLY_THEN: Text("only then", "yellow"),
    Change.ONLY_NOW: Text("only now", "red"),
    Change.CHANGED: Text("changed", "cyan"),
}

ENDS = {
    Result.SAME: Text("The same findings.", "bold green"),
    Result.DIFFERS: Text("Some findings differ.", "bold red"),
    Result.CANNOT: Text("What could be judged again is the same; not everything could be.", "bold yellow"),
}


class ReplayReport:
    """For a person."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._shown: list[DifferingFinding] = []
        self._differing = 0

    def difference(self, finding: DifferingFinding) -> None:
        """Keep a finding that differs, if there is room for it."""
        self._differing += 1
        if self._differing <= MOST_SHOWN:
            self._shown.append(finding)

    def end(self, _: TaskId, judged: Sequence[CheckJudgedAgain], result: Result) -> None:
        """Print each check, then what differs."""
        self._console.print(_checks(judged))
        for each in judged:
            for reason in each.reasons:
                self._console.print(f"{each.check_name}: {printable(reason)}", markup=False)
        if self._shown:
            self._console.print()
            self._console.print(_differing(self._shown))
        if self._differing > MOST_SHOWN:
            self._console.print(f"... and {self._differing - MOST_SHOWN:,} more. `--json` has them all.")
        self._console.print(ENDS[result])


def _checks(judged: Sequence[CheckJudgedAgain]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in ("Check", "Judged again"):
        table.add_column(title, no_wrap=True)
    for title in ("Examined", "Findings", "Only then", "Only now", "Changed"):
        table.add_column(title, justify="right")
    for each in judged:
        counts = (each.examined, each.findings, *(each.differing.get(change, 0) for change in Change))
        table.add_row(each.check_name, WORDS[each.result], *(f"{count:,}" for count in counts))
    return table


def _differing(shown: Sequence[DifferingFinding]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("", no_wrap=True)
    table.add_column("Check", no_wrap=True)
    table.add_column("Resource", no_wrap=True)
    table.add_column("Reason")
    for each in shown:
        finding = each.either
        resource = printable(finding.resource.canonical)
        table.add_row(SIGNS[each.change], each.check_name, Text(resource), Text(printable(finding.reason)))
    return table


class ReplayLines:
    """For a program: an object a line, of a `kind`."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    def difference(self, finding: DifferingFinding) -> None:
        """`difference`: a finding as it was and as it is."""
        either = finding.either
        self._line(
            "difference",
            {
                "checkName": finding.check_name,
                "change": finding.change,
                "resource": either.resource.canonical,
                "reasonForNonComplianceCode": either.reason_code,
                "then": _finding(finding.then),
                "now": _finding(finding.now),
            },
        )

    def end(self, task_id: TaskId, judged: Sequence[CheckJudgedAgain], result: Result) -> None:
        """`check`, for each; at last the `audit`."""
        for each in judged:
            self._line(
                "check",
                {
                    "checkName": each.check_name,
                    "result": each.result,
                    "reasons": each.reasons,
                    "checkVersionThen": each.version_then,
                    "checkVersionNow": each.version_now,
                    "totalResourcesCount": each.examined,
                    "findings": each.findings,
                    "differing": {change.value: each.differing.get(change, 0) for change in Change},
                    "pieces": each.shards,
                    "piecesNotJudgedThen": each.shards_not_done,
                },
            )
        self._line("audit", {"taskId": task_id, "result": result})

    def _line(self, kind: str, members: Mapping[str, Any]) -> None:
        self._write(orjson.dumps({"kind": kind, **present(members)}).decode())


def _finding(judged: Judged | None) -> dict[str, Any] | None:
    if judged is None:
        return None
    finding, severity = judged
    return {
        "severity": severity,
        "resourceIdentifier": finding.resource.identifier,
        "additionalInfo": dict(finding.additional_info),
        "reasonForNonCompliance": finding.reason,
        "relatedResources": [related_resource(each) for each in finding.related_resources],
    }
