"""`fleet-audit migrate`: the tables of this version, made before anything else starts."""

from pathlib import Path

import click

from service.cli.environment import settings
from service.cli.screen import standard_output
from service.cli.starting import start_explained
from service.data_directory import DataDirectory, held_by_this_process, make_data_directory
from service.migrating import SCHEMAS
from service.migrating import migrate as migrate_database
from service.stores import sqlite_stores


@click.command()
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    metavar="DIRECTORY",
    help="Where there is no database: this data directory.  [FLEET_AUDIT_DATA_DIR, ./fleet-audit-data]",
)
def migrate(data_dir: Path | None) -> None:
    """Make the tables that this version needs in the database of FLEET_AUDIT_DATABASE_URL.

    Run it once before the processes of a new version start: they wait for it, a minute long. It may be run again
    and by two at once, and then has nothing to do. A database that a newer version has used is left as it is.

    Without FLEET_AUDIT_DATABASE_URL it does the same for a data directory, as `fleet-audit serve` does by itself.

    \b
    Example:
      FLEET_AUDIT_DATABASE_URL=postgresql://fleet@db.internal/fleet fleet-audit migrate
    """
    chosen = settings(data_directory=data_dir)
    console = standard_output()
    with start_explained(chosen):
        if chosen.database_url is None:
            _migrate_directory(make_data_directory(chosen.data_directory))
            console.print("The data directory is up to date.")
            return
        for step in migrate_database(chosen.database_url):
            console.print(f"made {step}", highlight=False)
        console.print("The database is up to date.")


def _migrate_directory(directory: DataDirectory) -> None:
    with held_by_this_process(directory), sqlite_stores(directory) as stores:
        databases = {
            "inventory": stores.revocation,
            "presence": stores.presence,
            "chain": stores.chain,
            "read_models": stores.read_models,
            "work": stores.work,
        }
        for name, database in databases.items():
            for schema in SCHEMAS[name]:
                database.prepare(schema)
