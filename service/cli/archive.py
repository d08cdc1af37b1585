"""`fleet-audit archive`: shows archives of audits, and proves that they are what was taken out of the log."""

from collections.abc import Iterator
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from events.audit_archive import ArchiveSummary, AuditTaskArchived
from events.identifiers import audit_archive_id
from events.log import EventLog
from service.cli.environment import settings
from service.cli.screen import standard_output
from service.cli.starting import start_explained
from service.stores import log_of
from workers.retention.archive_reading import Archive, ArchiveDamaged, archives_in, read_archive

SOME_DAMAGED = 1

DIRECTORY = click.argument(
    "directory", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIRECTORY"
)


@click.group()
def archive() -> None:
    """Show and verify archives of audits, which FLEET_AUDIT_ARCHIVE_DIR had made.

    \b
    Examples:
      fleet-audit archive list /var/lib/fleet-audit/archives
      fleet-audit archive verify /var/lib/fleet-audit/archives --data-dir /var/lib/fleet-audit

    An archive is gzipped NDJSON, an event a line: `gzip -dc FILE | jq .topic`.
    """


@archive.command("list")
@DIRECTORY
@click.pass_context
def list_archives(context: click.Context, directory: Path) -> None:
    """List the archives below a directory. Each is read to its end, and its own digests are checked.

    The exit code is 1 if one is damaged.
    """
    _show(context, _read(directory))


@archive.command()
@DIRECTORY
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    metavar="DIRECTORY",
    help="Where there is no database: this data directory.  [FLEET_AUDIT_DATA_DIR, ./fleet-audit-data]",
)
@click.pass_context
def verify(context: click.Context, directory: Path, data_dir: Path | None) -> None:
    """Compare archives with what the log says of them: the digest, the number of events, and their positions.

    The service may run meanwhile. The exit code is 1 if one is damaged, or not what was archived.
    """
    chosen = settings(data_directory=data_dir)
    with start_explained(chosen), log_of(chosen) as log:
        _show(context, ((path, _compared(found, log)) for path, found in _read(directory)))


def _read(directory: Path) -> Iterator[tuple[Path, Archive | str]]:
    for path in archives_in(directory):
        try:
            yield path, read_archive(path)
        except ArchiveDamaged as damage:
            yield path, str(damage)


def _compared(found: Archive | str, log: EventLog) -> Archive | str:
    """The archive, if it is what the log says; else what is wrong with it."""
    if isinstance(found, str):
        return found
    told = [
        event.summary
        for event in log.stream(audit_archive_id(found.account, found.task_id))
        if isinstance(event, AuditTaskArchived)
    ]
    if not told:
        return "the log knows nothing of it"
    here = ArchiveSummary(
        told[0].file_name, found.sha256, found.events, found.first_position, found.last_position, told[0].shards
    )
    return found if here == told[0] else f"it is not what was archived, whose digest is {told[0].sha256}"


def _show(context: click.Context, archives: Iterator[tuple[Path, Archive | str]]) -> None:
    console = standard_output()
    table = Table("Archive", "Events", "Positions", "SHA-256 of its lines")
    damaged = 0
    for path, found in archives:
        name = escape(f"{path.parent.name}/{path.name}")
        if isinstance(found, str):
            damaged += 1
            table.add_row(name, "", "", f"[red]{escape(found)}[/red]")
        else:
            positions = f"{found.first_position} to {found.last_position}"
            table.add_row(name, f"{found.events:,}", positions, found.sha256)
    console.print(table)
    context.exit(SOME_DAMAGED if damaged else 0)
