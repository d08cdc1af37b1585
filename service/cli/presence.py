"""`fleet-audit presence`: presence events from files into a service."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import click
from rich.markup import escape

from service.cli.environment import settings
from service.cli.http_import import HttpImportError, post_ndjson
from service.cli.importing import REJECTIONS_SHOWN
from service.cli.screen import standard_error, standard_output
from workers.inventory.importers.rejection import Rejection

PATH = "/fleet-audit/inventory/presence"

BATCH = 512 * 1024
LONGEST_LINE = 256 * 1024
"""Bytes. A signed body of presence events has at most 1 MiB, so that none is recorded before all is checked."""

COUNTED = ("recorded", "repeated", "ignored", "rejected")

NOTHING_TAKEN = 1
SOME_REJECTED = 3


@click.command("presence")
@click.argument("files", nargs=-1, required=True, type=click.File("rb"), metavar="FILE...")
@click.option("--endpoint-url", metavar="URL", help="Send to the service at this address.")
@click.pass_context
def presence(context: click.Context, files: tuple[IO[bytes], ...], endpoint_url: str | None) -> None:
    """Tell a service who was connected when: presence events, one a line, as AWS IoT publishes them.

    \b
    They are the payloads of its lifecycle events (`$aws/events/presence/connected/+` and `.../disconnected/+`):
      {"clientId": "door-1", "timestamp": 1767225600000, "eventType": "connected",
       "sessionIdentifier": "0-1-2", "principalIdentifier": "CERTIFICATE-ID", "versionNumber": 0}

    A FILE that is - is the standard input. Without --endpoint-url they go to the service that `fleet-audit serve`
    starts. Order does not matter, and sending events again does no harm. They are kept only while a check that
    needs them is enabled: DEVICE_CERTIFICATE_SHARED_CHECK or CONFLICTING_CLIENT_IDS_CHECK.

    \b
    Examples:
      fleet-audit presence events.ndjson
      mosquitto_sub -t '$aws/events/presence/#' -W 60 | fleet-audit presence -

    \b
    Exit codes:
      0  everything was taken in, or known before
      1  nothing was: a service that does not collect, or no events at all
      2  the command line is wrong
      3  some lines were rejected, and the rest taken in
    """
    chosen = settings()
    notes = standard_error()
    taken = rejected = 0
    for file in files:
        try:
            answer = _posted(endpoint_url or f"http://{chosen.host}:{chosen.port}", file)
        except HttpImportError as error:
            raise click.ClickException(str(error)) from error
        taken += answer["recorded"] + answer["repeated"]
        rejected += answer["rejected"]
        for each in answer["rejections"][:REJECTIONS_SHOWN]:
            rejection = Rejection(each["reason"], Path(file.name).name, each.get("line"))
            notes.print(f"rejected: {escape(str(rejection))}", style="yellow", soft_wrap=True)
        if "message" in answer:
            notes.print(escape(answer["message"]), style="yellow", soft_wrap=True)
        standard_output().print(
            f"{answer['recorded']:,} recorded, {answer['repeated']:,} known, {answer['ignored']:,} ignored, "
            f"{answer['rejected']:,} rejected."
        )
    context.exit(NOTHING_TAKEN if not taken else SOME_REJECTED if rejected else 0)


def _posted(endpoint_url: str, file: IO[bytes]) -> dict[str, Any]:
    """Send a file, a batch at a time, and return one answer for all. A file without events is sent as well."""
    whole: dict[str, Any] = {}
    lines = 0
    for batch in _batches(file):
        answer = post_ndjson(endpoint_url, PATH, iter([batch]))
        for each in answer["rejections"]:
            each["line"] = each.get("line", 0) + lines
        counts = {name: whole.get(name, 0) + answer[name] for name in COUNTED}
        whole = {**answer, **counts, "rejections": whole.get("rejections", []) + answer["rejections"]}
        lines += batch.count(b"\n")
    return whole


def _batches(file: IO[bytes]) -> Iterator[bytes]:
    """Whole lines, as many at a time as a signed body may have."""
    batch = file.read(BATCH) + file.readline(LONGEST_LINE)
    yield batch
    while batch := file.read(BATCH) + file.readline(LONGEST_LINE):
        yield batch
