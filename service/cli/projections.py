"""`fleet-audit projections`: shows the read models, rebuilds them while they serve, and proves them equal."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from events.clock import SystemClock
from projections.comparing import Difference, Kind
from projections.filling import Told
from service.cli.environment import settings
from service.cli.screen import progress_bar, standard_error, standard_output
from service.cli.starting import start_explained
from service.rebuilding import NAMES, AnotherAtWork, ReadModelCare, read_model_care

DIFFERS = 1

DATA_DIR = click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    metavar="DIRECTORY",
    help="Where there is no database: this data directory.  [FLEET_AUDIT_DATA_DIR, ./fleet-audit-data]",
)
NAME = click.argument("name", required=False, type=click.Choice(NAMES), metavar="[NAME]")


class NotFoundOut(click.ClickException):
    """Whether they are equal is not known."""

    exit_code = 2


@click.group()
def projections() -> None:
    """Show the read models, from which questions are answered; rebuild them, or prove that they are right.

    \b
    Examples:
      fleet-audit projections list
      fleet-audit projections verify                   # exits with 1 if a row differs
      fleet-audit projections rebuild audit_findings

    All of it works while the service runs on the data directory or the database of FLEET_AUDIT_DATABASE_URL,
    and while it does not.
    """


@projections.command("list")
@DATA_DIR
def list_projections(data_dir: Path | None) -> None:
    """List the read models: their versions, how far they have come in the log, and how many rows they have."""
    with _care(data_dir) as care:
        table = Table("Read model", "Version", "Position", "Rows")
        for each in care.list():
            table.add_row(each.name, str(each.version), f"{each.position:,}", f"{each.rows:,}")
        console = standard_output()
        console.print(table)
        console.print(f"The log's last position is {care.log.last_position():,}.")


@projections.command()
@NAME
@DATA_DIR
def rebuild(name: str | None, data_dir: Path | None) -> None:
    """Make a read model, or all of them, anew from the log's beginning, and let it serve instead of the old one.

    The old one answers until the new one has caught up; then all change over at one moment, and the old one is
    dropped. Nothing is audited or announced again. Broken off, it leaves everything as it was: start it again.
    """
    with _care(data_dir) as care, _told("Rebuilding") as told:
        rebuilt = care.rebuild(_chosen(name), told)
    standard_output().print(
        f"Rebuilt at position {rebuilt.position:,}: {', '.join(rebuilt.names)}.", highlight=False, soft_wrap=True
    )


@projections.command()
@NAME
@DATA_DIR
@click.pass_context
def verify(context: click.Context, name: str | None, data_dir: Path | None) -> None:
    """Make a read model, or all of them, anew aside, and compare every row with the one that serves.

    Rows of audits that are older than FLEET_AUDIT_RETENTION_DAYS are left out on both sides. The exit code is 1 if
    a row differs, 2 if that could not be found out.
    """
    try:
        with _care(data_dir) as care, _told("Verifying") as told:
            verdict = care.verify(_chosen(name), told)
    except click.ClickException as error:
        raise NotFoundOut(error.message) from error
    console = standard_output()
    if verdict.first is None:
        console.print(
            f"{verdict.rows:,} rows are what the log makes of them, up to position {verdict.position:,}."
        )
        return
    counts = ", ".join(f"{verdict.found[kind]:,} {kind}" for kind in Kind)
    console.print(f"At position {verdict.position:,}, of {verdict.rows:,} rows that serve: {counts}.")
    console.print(f"The first difference: {escape(_in_words(verdict.first))}", soft_wrap=True)
    context.exit(DIFFERS)


def _in_words(difference: Difference) -> str:
    key = ", ".join(f"{column} = {value!r}" for column, value in difference.key.items())
    row = f"{difference.table}, the row with {key}"
    match difference.kind:
        case Kind.EXTRA:
            return f"{row}: the log knows nothing of it."
        case Kind.MISSING:
            return f"{row}: it is missing."
        case Kind.CHANGED:
            return (
                f"{row}: {difference.column} is {difference.serving!r}, and {difference.rebuilt!r} when made anew."
            )


def _chosen(name: str | None) -> tuple[str, ...]:
    return NAMES if name is None else (name,)


@contextmanager
def _care(data_dir: Path | None) -> Iterator[ReadModelCare]:
    chosen = settings(data_directory=data_dir)
    try:
        with start_explained(chosen), read_model_care(chosen, SystemClock()) as care:
            yield care
    except AnotherAtWork as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def _told(what: str) -> Iterator[Told]:
    with progress_bar(standard_error()) as bar:
        task = bar.add_task(what, total=None, note="")
        yield lambda note, done, total: bar.update(task, completed=done, total=total, note=note)
