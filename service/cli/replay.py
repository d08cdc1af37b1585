"""`fleet-audit replay`: judges a past audit again, and says what is different."""

from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console

from events.clock import SystemClock
from events.vocabulary import TaskId
from service.cli.environment import settings
from service.cli.exiting import refusals_exit_with_2
from service.cli.replay_report import ReplayLines, ReplayReport
from service.cli.screen import progress_bar, standard_error, standard_output
from service.cli.starting import start_explained
from service.judging_again import judged_on
from service.settings import Settings
from service.stores import stores_beside
from workers.judging_again.check_judged_again import CheckJudgedAgain, DifferingFinding, Result, overall
from workers.judging_again.judging_again import JudgedOn, JudgingAgain
from workers.judging_again.recorded_audit import CanNotBeJudged, RecordedAudit, read_recorded_audit

EXIT_CODES = {Result.SAME: 0, Result.DIFFERS: 1, Result.CANNOT: 2}


@click.command()
@click.argument("task")
@click.option("--json", "as_json", is_flag=True, help="An object a line: what differs, each check, the audit.")
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    metavar="DIRECTORY",
    help="Where there is no database: this data directory.  [FLEET_AUDIT_DATA_DIR, ./fleet-audit-data]",
)
@click.pass_context
def replay(context: click.Context, task: str, as_json: bool, data_dir: Path | None) -> None:
    """Judge the audit TASK again with today's checks, and say whether it comes to the same findings.

    It is judged on what it was judged on: the version of the inventory, thresholds, evidence and window of
    connections that the log names. What differs is listed, with the reason. Nothing is written. It reads the data
    directory or the database itself; the service may run meanwhile.

    \b
    Examples:
      fleet-audit replay 0f2bd3c8a1b24e35a1f06f4f2f1f9a77
      fleet-audit replay 0f2bd3c8a1b24e35a1f06f4f2f1f9a77 --json | jq 'select(.kind == "difference")'

    \b
    Exit codes:
      0  the same findings, to the letter
      1  some differ
      2  none differ, but a check can't be judged again; or there is no such audit
    """
    chosen = settings(data_directory=data_dir)
    report = ReplayLines(click.echo) if as_json else ReplayReport(standard_output())
    with refusals_exit_with_2(), start_explained(chosen):
        result = _replay(chosen, TaskId(task), report, standard_error())
    context.exit(EXIT_CODES[result])


def _replay(chosen: Settings, task_id: TaskId, report: ReplayLines | ReplayReport, notes: Console) -> Result:
    with stores_beside(chosen) as stores:
        on = judged_on(chosen, stores, SystemClock())
        try:
            audit = read_recorded_audit(stores.log, chosen.account, task_id)
        except CanNotBeJudged as error:
            raise click.ClickException(str(error)) from error
        judged = _judge(audit, on, report.difference, notes)
    result = overall([each.result for each in judged])
    report.end(task_id, judged, result)
    return result


def _judge(
    audit: RecordedAudit, on: JudgedOn, differs: Callable[[DifferingFinding], None], notes: Console
) -> list[CheckJudgedAgain]:
    """Judge every check, behind a bar of pieces."""
    judged: list[CheckJudgedAgain] = []
    examined = done = 0
    with progress_bar(notes) as bar:
        shown = bar.add_task("Judging again", total=audit.shards, note="")

        def piece_done(resources: int) -> None:
            nonlocal examined
            examined += resources
            bar.update(shown, advance=1, note=f"pieces, {examined:,} examined")

        for check in audit.checks:
            judged.append(JudgingAgain(audit, on, differs, piece_done).judge(check))
            done += len(check.plan.shard_bounds) if check.plan else 0
            bar.update(shown, completed=done)
    return judged
