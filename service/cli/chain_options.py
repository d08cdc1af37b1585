"""Options of the commands about proofs, and how their files are read."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from events.proof.checkpoint import NoCheckpoint, SignedCheckpoint, read_checkpoints
from events.proof.note import NotSigned, VerifierKey
from service.cli.environment import settings
from service.settings import Settings

COULD_NOT = 2

DATA_DIR = click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    metavar="DIRECTORY",
    help="This data directory.  [FLEET_AUDIT_DATA_DIR, ./fleet-audit-data]",
)
DATABASE_URL = click.option(
    "--database-url", metavar="URL", help="This PostgreSQL database.  [FLEET_AUDIT_DATABASE_URL]"
)
ARCHIVE_DIR = click.option(
    "--archive-dir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIRECTORY",
    help="Where archived events lie.  [FLEET_AUDIT_ARCHIVE_DIR]",
)


class CouldNot(click.ClickException):
    """What was asked could not be done; that says nothing about the log."""

    exit_code = COULD_NOT


def chosen(data_dir: Path | None, database_url: str | None, archive_dir: Path | None = None) -> Settings:
    """The settings, with these in their place. A named data directory goes before a database."""
    if data_dir is not None and database_url is not None:
        raise click.UsageError("--data-dir and --database-url are two places; give one.")
    try:
        found = settings(data_directory=data_dir, database_url=database_url, archive_directory=archive_dir)
    except click.ClickException as error:
        raise CouldNot(error.message) from error
    return found if data_dir is None else replace(found, database_url=None)


def keys(given: Sequence[str]) -> list[VerifierKey]:
    """The keys that were given, each as text or in a file."""
    found = []
    for each in given:
        try:
            found.append(VerifierKey.parse(Path(each).read_text() if "+" not in each else each))
        except (NotSigned, OSError, UnicodeDecodeError) as error:
            raise CouldNot(f"--key {each}: {error}") from error
    return found


def checkpoints(files: Sequence[Path]) -> list[SignedCheckpoint]:
    """The checkpoints of files."""
    found = []
    for each in files:
        try:
            found += list(read_checkpoints(each.read_text(encoding="utf-8")))
        except (NoCheckpoint, OSError, UnicodeDecodeError) as error:
            raise CouldNot(f"{each}: {error}") from error
    return found
