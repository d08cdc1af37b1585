"""`fleet-audit history`: who did what, in plain words, and what changed by it."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import click
import orjson
from rich.markup import escape
from rich.table import Table

from service.cli.history_export import export_over_http
from service.cli.history_pages import (
    Entries,
    events_at_hand,
    events_over_http,
    refusals_at_hand,
    refusals_over_http,
)
from service.cli.screen import standard_error, standard_output

SHOWN = 100

OF_REFUSALS = frozenset({"startTime", "endTime", "actor"})


@click.command()
@click.option("--since", "startTime", metavar="TIME", help="From then on: 2026-03-01T09:00:00Z.")
@click.option("--until", "endTime", metavar="TIME", help="Up to then.")
@click.option("--actor", metavar="NAME", help="By this access key id, or this part of the service.")
@click.option(
    "--kind", metavar="TOPIC", help="Of this kind, or kinds that begin so: AuditAccount, AuditTask.Started."
)
@click.option("--task", "taskId", metavar="TASK", help="About this audit.")
@click.option("--schedule", "scheduledAuditName", metavar="NAME", help="About this scheduled audit.")
@click.option("--check", "checkName", metavar="NAME", help="About this check.")
@click.option("--stream", metavar="ID", help="In this stream of the log.")
@click.option("--oldest-first", is_flag=True, help="From the beginning.")
@click.option("--limit", type=click.IntRange(1), default=SHOWN, show_default=True, help="Show so many at most.")
@click.option("--json", "as_json", is_flag=True, help="Everything, as a JSON list of whole events.")
@click.option("--ndjson", is_flag=True, help="Everything, as a whole event a line.")
@click.option("--refused", is_flag=True, help="Commands that were refused, which are no history.")
@click.option("--endpoint-url", metavar="URL", help="Ask the service at this address.")
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    metavar="DIRECTORY",
    help="Where there is no database: this data directory.  [FLEET_AUDIT_DATA_DIR, ./fleet-audit-data]",
)
def history(
    *,
    oldest_first: bool,
    limit: int,
    as_json: bool,
    ndjson: bool,
    refused: bool,
    endpoint_url: str | None,
    data_dir: Path | None,
    **filters: str | None,
) -> None:
    """Show who did what, newest first: every command, and what the service did by itself.

    Without --endpoint-url it reads the data directory or the database itself; the service may run meanwhile.

    \b
    Examples:
      fleet-audit history --check LOGGING_DISABLED_CHECK
      fleet-audit history --kind AuditAccount --since 2026-03-01T00:00Z
      fleet-audit history --ndjson | jq -r 'select(.actor == "FAKA...") | .sentence'
      fleet-audit history --refused
    """
    if endpoint_url and data_dir:
        raise click.UsageError("--data-dir and --endpoint-url are two places; give one.")
    if as_json and ndjson:
        raise click.UsageError("--json and --ndjson are two formats; give one.")
    query = {name: value for name, value in filters.items() if value is not None}
    if refused and query.keys() - OF_REFUSALS:
        raise click.UsageError("With --refused, the filters are --since, --until and --actor.")
    if not refused and (oldest_first or as_json or ndjson):
        query["oldestFirst"] = "true"
    if endpoint_url and not refused and (as_json or ndjson):
        export_over_http(endpoint_url, query, "json" if as_json else "ndjson")
        return
    with ExitStack() as opened:
        entries = _entries(endpoint_url, data_dir, refused, opened)(query)
        if as_json or ndjson:
            _print_all(entries, as_json=as_json)
        else:
            _print_table(list(islice(entries, limit + 1)), limit, is_of_refusals=refused)


def _entries(endpoint_url: str | None, data_dir: Path | None, refused: bool, opened: ExitStack) -> Entries:
    if endpoint_url:
        return refusals_over_http(endpoint_url) if refused else events_over_http(endpoint_url)
    return opened.enter_context(refusals_at_hand(data_dir) if refused else events_at_hand(data_dir))


def _print_all(entries: Iterator[Mapping[str, Any]], *, as_json: bool) -> None:
    """As they come, so that however many there are, little is held."""
    between = ""
    if as_json:
        click.echo("[")
    for each in entries:
        click.echo(f"{between}{orjson.dumps(each).decode()}", nl=not as_json)
        between = ",\n" if as_json else ""
    if as_json:
        click.echo("\n]" if between else "]")


def _print_table(found: list[Mapping[str, Any]], limit: int, *, is_of_refusals: bool) -> None:
    if not found:
        standard_error().print("There is nothing of that.")
        return
    table = Table("time", "who", "what", box=None, pad_edge=False)
    table.columns[0].no_wrap = table.columns[1].no_wrap = True
    for each in found[:limit]:
        said = f"{each['operation']}: {each['message']} ({each['error']})" if is_of_refusals else each["sentence"]
        table.add_row(_time(each["time"]), escape(each["actor"]), escape(said))
    standard_output().print(table)
    if len(found) > limit:
        standard_error().print(f"There is more: --limit {2 * limit}, or --ndjson for everything.")


def _time(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z").replace(".000Z", "Z")
