"""`fleet-audit diff`: what differs between two audits, with an exit code for scripts."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from events.vocabulary import CheckName, TaskId
from service.cli.difference_pages import Pages, pages_at_hand, pages_over_http
from service.cli.difference_report import print_differences, why_not_comparable
from service.cli.environment import settings
from service.cli.exiting import refusals_exit_with_2
from service.cli.screen import standard_error, standard_output
from service.differences.differences import Wanted

NEW_FINDINGS = 1
CAN_NOT_BE_TOLD = 2

MOST_TASKS = 2


@click.command()
@click.argument("tasks", nargs=-1, required=True, metavar="TASK1 [TASK2]")
@click.option("--check", metavar="NAME", help="Of this check only.")
@click.option("--json", "as_json", is_flag=True, help="An object a line: the audits, then each finding of either.")
@click.option("--fail-on-new", is_flag=True, help="Exit with 1 if there are new findings.")
@click.option("--endpoint-url", metavar="URL", help="Ask the service at this address.")
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    metavar="DIRECTORY",
    help="Where there is no database: this data directory.  [FLEET_AUDIT_DATA_DIR, ./fleet-audit-data]",
)
def diff(
    tasks: tuple[str, ...],
    check: str | None,
    as_json: bool,
    fail_on_new: bool,
    endpoint_url: str | None,
    data_dir: Path | None,
) -> None:
    """Show what has changed from the audit TASK1 to the audit TASK2: new findings, and resolved ones.

    With TASK1 alone, what has changed in it since the completed audit before it of the same schedule; for one on
    demand, of the same checks. Without --endpoint-url it reads the data directory or the database itself; the
    service may run meanwhile.

    A check that failed, was canceled or was not done in one of the two is not comparable, and none of its findings
    counts as resolved.

    \b
    Examples:
      fleet-audit diff 0f2bd3c8a1b24e35a1f06f4f2f1f9a77
      fleet-audit diff 7c1e0d5a9b7f4e0f8d3a2b1c0d9e8f70 0f2bd3c8a1b24e35a1f06f4f2f1f9a77 --fail-on-new
      fleet-audit diff 0f2bd3c8a1b24e35a1f06f4f2f1f9a77 --json | jq 'select(.status == "NEW").finding'

    \b
    Exit codes:
      0  compared; with --fail-on-new, there is nothing new in any check
      1  with --fail-on-new: there are new findings
      2  it can't be done; with --fail-on-new also: nothing is new, but a check is not comparable
    """
    if len(tasks) > MOST_TASKS:
        raise click.UsageError("Two audits are compared, and no more.")
    wanted = Wanted(
        TaskId(tasks[-1]),
        TaskId(tasks[0]) if len(tasks) == MOST_TASKS else None,
        None if check is None else CheckName(check),
    )
    with refusals_exit_with_2(), _pages(endpoint_url, data_dir) as pages:
        first = _print_lines(pages, wanted) if as_json else print_differences(pages, wanted, standard_output())
    if fail_on_new:
        click.get_current_context().exit(_exit_code(first["checks"]))


@contextmanager
def _pages(endpoint_url: str | None, data_dir: Path | None) -> Iterator[Pages]:
    if endpoint_url and data_dir:
        raise click.UsageError("--data-dir and --endpoint-url are two places; give one.")
    if endpoint_url:
        yield pages_over_http(endpoint_url)
    else:
        with pages_at_hand(settings(data_directory=data_dir)) as pages:
            yield pages


def _print_lines(pages: Pages, wanted: Wanted) -> Mapping[str, Any]:
    """Print everything as it comes, so that however much it is, little is held; return the first page."""
    first: Mapping[str, Any] | None = None
    for page in pages(wanted):
        if first is None:
            first = page
            about = {name: value for name, value in page.items() if name not in {"differences", "nextToken"}}
            click.echo(json.dumps({"kind": "audits", **about}))
        for each in page["differences"]:
            click.echo(json.dumps({"kind": "difference", **each}))
    return first or {"checks": {}}


def _exit_code(checks: Mapping[str, Any]) -> int:
    """New findings are certain, so they come before what can't be told."""
    if any(check.get("newFindings") for check in checks.values()):
        return NEW_FINDINGS
    not_comparable = why_not_comparable(checks)
    if not_comparable or not checks:
        standard_error().print("Nothing is new, but not every check could be compared.", style="yellow")
        return CAN_NOT_BE_TOLD
    return 0
