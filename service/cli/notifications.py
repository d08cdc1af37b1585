"""`fleet-audit notifications`: what a service has announced of audits' ends, and what it could not."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import click
from rich.table import Table

from service.cli.environment import settings
from service.cli.json_over_http import ask
from service.cli.screen import standard_error, standard_output

PAGE = 100


@click.command()
@click.option("--failed", is_flag=True, help="Only those that were given up.")
@click.option("--retry", is_flag=True, help="Send those that were given up after all.")
@click.option("--task", "task_id", metavar="TASK", help="With --retry: only those of this audit.")
@click.option("--limit", type=click.IntRange(1), default=PAGE, show_default=True, help="Show so many at most.")
@click.option("--endpoint-url", metavar="URL", help="The service; without it, the one of `fleet-audit serve`.")
@click.pass_context
def notifications(
    context: click.Context, failed: bool, retry: bool, task_id: str | None, limit: int, endpoint_url: str | None
) -> None:
    """Show what a service has announced of audits' ends: to an SNS topic, and to a webhook.

    \b
    Examples:
      fleet-audit notifications
      fleet-audit notifications --failed       # exits with 1 if there are any
      fleet-audit notifications --retry        # once the receiver is well again

    A notification is tried for 12 hours before it is given up.
    """
    chosen = settings()
    url = f"{endpoint_url or f'http://{chosen.host}:{chosen.port}'}/fleet-audit/notifications"
    if task_id and not retry:
        raise click.UsageError("--task is of use only with --retry.")
    if retry and failed:
        raise click.UsageError("--failed and --retry are two commands; give one.")
    if retry:
        retried = ask("POST", f"{url}/retry", {"taskId": task_id} if task_id else {})["retried"]
        for each in retried:
            standard_output().print(f"{each['taskId']} is sent to {each['channel']} again.")
        if not retried:
            standard_error().print("None was given up.")
        return
    shown = list(_listed(url, {"status": "FAILED"} if failed else {}, limit))
    if shown:
        standard_output().print(_table(shown))
    else:
        standard_error().print("There are none.")
    context.exit(1 if failed and shown else 0)


def _listed(url: str, filters: dict[str, str], limit: int) -> Iterator[dict[str, Any]]:
    token: dict[str, str] = {}
    while limit > 0:
        answer = ask("GET", f"{url}?{urlencode({**filters, **token, 'maxResults': min(limit, PAGE)})}")
        yield from answer["notifications"]
        if "nextToken" not in answer:
            return
        limit -= len(answer["notifications"])
        token = {"nextToken": answer["nextToken"]}


def _table(shown: list[dict[str, Any]]) -> Table:
    table = Table(
        "taskId", "audit ended", "to", "status", "attempts", "why", "next attempt", box=None, pad_edge=False
    )
    for each in shown:
        table.add_row(
            each["taskId"],
            _moment(each["requestedAt"]),
            each.get("targetArn", each["channel"].lower()),
            each["status"],
            str(each.get("attempts", "")),
            each.get("reason", ""),
            _moment(each["nextAttemptAt"]) if "nextAttemptAt" in each else "",
        )
    return table


def _moment(epoch_seconds: float) -> str:
    moment = datetime.fromtimestamp(epoch_seconds, UTC).isoformat(sep=" ", timespec="seconds")
    return moment.removesuffix("+00:00")
