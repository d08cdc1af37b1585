"""`fleet-audit audit`: one audit, with an exit code for scripts."""

import json
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from events.vocabulary import Severity, TaskId
from projections.audit_differences import DifferenceStatus
from service.cli.audit_progress import AuditProgress
from service.cli.audits import AuditReport, refusals_explained, run_audit, watched_by
from service.cli.difference_pages import pages_over_http
from service.cli.difference_report import why_not_comparable
from service.cli.environment import settings
from service.cli.report import print_report
from service.cli.screen import standard_error, standard_output
from service.cli.target import Target, service_at, service_of_its_own
from service.differences.differences import Wanted

COULD_NOT_BE_DONE = 1
FINDINGS = 3


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH]...")
@click.option("--check", "check_names", multiple=True, metavar="NAME", help="Do this check; may be repeated.")
@click.option(
    "--output",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="json: one document on standard output, in the API's own members.",
)
@click.option(
    "--fail-on",
    type=click.Choice([str(severity) for severity in Severity], case_sensitive=False),
    default=str(Severity.LOW),
    show_default=True,
    help="Exit with 3 only for findings this bad or worse.",
)
@click.option("--endpoint-url", metavar="URL", help="Audit with the service at this address.")
@click.option(
    "--fail-on-new",
    is_flag=True,
    help="Exit with 3 only for findings that the audit before it, of the same checks, did not make.",
)
@click.option("--since", metavar="TASK", help="The same, against this audit.")
@click.pass_context
def audit(
    context: click.Context,
    paths: tuple[Path, ...],
    check_names: tuple[str, ...],
    *,
    output: str,
    fail_on: str,
    endpoint_url: str | None,
    fail_on_new: bool,
    since: str | None,
) -> None:
    """Run one audit and print what it found, worst first.

    With PATHs (files and directories, see `fleet-audit import --help`) it examines these and nothing else, in a
    temporary directory that is gone afterwards, with every check for which there is something to examine. With
    --endpoint-url it audits what the service there has, with the checks enabled there; PATHs are imported into it
    first. With neither, it asks the service that `fleet-audit serve` starts.

    The checks of revocation fetch the revocation lists that the certificates name, from public addresses and from
    what FLEET_AUDIT_CRL_ALLOW opens. Name other checks to stay off the network.

    \b
    Examples:
      fleet-audit audit certificates/
      fleet-audit audit certificates/ policies.ndjson --fail-on HIGH
      fleet-audit audit device.pem --check DEVICE_CERTIFICATE_EXPIRING_CHECK --output json
      fleet-audit audit --endpoint-url http://127.0.0.1:8080
      fleet-audit audit certificates/ --endpoint-url http://127.0.0.1:8080 --fail-on-new

    \b
    Exit codes:
      0  nothing was found (at or above --fail-on)
      1  the audit, or one of its checks, could not be done
      2  the command line is wrong
      3  there are findings at or above --fail-on; with --fail-on-new or --since, new ones

    Only a service knows earlier audits, so --fail-on-new and --since are of no use for PATHs alone.
    """
    notes = standard_error()
    only_new = fail_on_new or since is not None
    if only_new and paths and not endpoint_url:
        raise click.UsageError("PATHs alone have no earlier audit. Name a service with --endpoint-url.")
    with refusals_explained(), _target(paths, endpoint_url, notes) as target:
        wanted = check_names or target.checks
        if not wanted:
            raise click.ClickException("No check is enabled there. Name some with --check, after enabling them.")
        if not check_names:
            _name_left_out(target, notes)
        with AuditProgress(notes) as progress:
            report = run_audit(target.client, wanted, watched_by(target.client), progress.look)
        failing = new_findings(report, since, target.client.meta.endpoint_url) if only_new else report
    if output == "json":
        click.echo(json.dumps(_document(report, target), indent=2, default=_as_json))
    else:
        print_report(report, standard_output())
    if only_new and report.is_whole:
        notes.print(f"New since {since or 'the audit before'}: {len(failing.findings):,} findings.")
    context.exit(exit_code(failing, Severity(fail_on.upper())))


def new_findings(report: AuditReport, since: str | None, endpoint_url: str) -> AuditReport:
    """The report with nothing but the findings that an earlier audit did not make.

    A finding of a check that the earlier audit did not do is not known to be old, and stays.
    """
    if not report.is_whole:
        return report
    earlier = None if since is None else TaskId(since)
    wanted = Wanted(TaskId(report.task_id), earlier, status=DifferenceStatus.NEW)
    new: set[str] = set()
    not_comparable: set[str] = set()
    for page in pages_over_http(endpoint_url)(wanted):
        new |= {each["finding"]["findingId"] for each in page["differences"]}
        not_comparable |= why_not_comparable(page.get("checks", {})).keys()
    return replace(
        report,
        findings=[
            each for each in report.findings if each["findingId"] in new or each["checkName"] in not_comparable
        ],
    )


def exit_code(report: AuditReport, fail_on: Severity) -> int:
    """What a script is told. What an audit that is not whole did not see may be worse, so that comes first."""
    if not report.is_whole:
        return COULD_NOT_BE_DONE
    return FINDINGS if report.at_or_above(fail_on) else 0


def _target(paths: tuple[Path, ...], endpoint_url: str | None, notes: Console) -> AbstractContextManager[Target]:
    chosen = settings()
    if paths and not endpoint_url:
        return service_of_its_own(paths, chosen, notes)
    return service_at(endpoint_url or f"http://{chosen.host}:{chosen.port}", paths, chosen, notes)


def _name_left_out(target: Target, notes: Console) -> None:
    if target.left_out:
        notes.print(f"Left out, since there is nothing for them to examine: {', '.join(target.left_out)}")


def _document(report: AuditReport, target: Target) -> dict[str, Any]:
    return {
        "taskId": report.task_id,
        **report.task,
        "checksLeftOut": list(target.left_out),
        "rejected": [asdict(each) for each in target.imported.rejections] if target.imported else [],
        "findings": report.findings,
    }


def _as_json(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
