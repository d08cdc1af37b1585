"""The tables of every store in a PostgreSQL database: made in one explicit step, and waited for by all others."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from threading import Event

from events.errors import StoreUnavailable
from events.store.database import Schema
from events.store.postgresql import LOG_SCHEMA
from events.store.postgresql_database import PostgresqlDatabase
from events.store.schema import SchemaMissing, SchemaTooNew
from projections.read_model_tables import ReadModelTables
from projections.read_models import PROJECTIONS
from service.refusal_log import REFUSAL_TABLES
from workers.aws_account.staging import ACCOUNT_READING_TABLES
from workers.chain.store import CHAIN_TABLES
from workers.due_audits import SCHEDULE_TABLES
from workers.inventory.schema import INVENTORY_TABLES
from workers.notifying.pending import NOTIFICATION_TABLES
from workers.presence.schema import PRESENCE_TABLES
from workers.retention.kept_audits import KEPT_AUDIT_TABLES
from workers.revocation.store import REVOCATION_TABLES
from workers.work_table import WORK_TABLES

SCHEMAS: Mapping[str, Sequence[Schema]] = {
    "events": (LOG_SCHEMA,),
    "inventory": (INVENTORY_TABLES, REVOCATION_TABLES, ACCOUNT_READING_TABLES),
    "presence": (PRESENCE_TABLES,),
    "chain": (CHAIN_TABLES,),
    "read_models": (ReadModelTables(PROJECTIONS),),
    "work": (WORK_TABLES, SCHEDULE_TABLES, NOTIFICATION_TABLES, KEPT_AUDIT_TABLES, REFUSAL_TABLES),
}
"""What lies in each schema of a database."""

PATIENCE = 60.0
"""Seconds for which a process waits for the tables at its start, and for the server itself."""

LOOK_AGAIN = 1.0

logger = logging.getLogger(__name__)


def migrate(url: str) -> Iterator[str]:
    """Make what is missing, and tell of each step that was taken; none where everything is there.

    A schema is made in one transaction, and two processes take turns. Raise SchemaTooNew for a database that a
    newer version has used, StoreUnavailable if it can't be written.
    """
    for name, schemas in SCHEMAS.items():
        with closing(PostgresqlDatabase(url, name, most_connections=1)) as database:
            for schema in schemas:
                for step in database.migrate(schema):
                    yield f"{name}: {step}"


def wait_until_migrated(url: str, patience: float = PATIENCE, stopped: Event | None = None) -> None:
    """Return when every table is there; say so while they are waited for.

    Raise SchemaTooNew, or what it was waited for when the patience has come to its end or `stopped` is set.
    """
    stopped = stopped or Event()
    until = time.monotonic() + patience
    last_reason = ""
    while True:
        try:
            _require_migrated(url)
        except SchemaTooNew:
            raise
        except StoreUnavailable as error:
            if time.monotonic() >= until or stopped.is_set():
                raise
            if str(error) != last_reason:
                last_reason = str(error)
                logger.warning("Waiting up to %.0f s for the database: %s", patience, error)
            stopped.wait(LOOK_AGAIN)
        else:
            return


def _require_migrated(url: str) -> None:
    for name, schemas in SCHEMAS.items():
        with closing(PostgresqlDatabase(url, name, most_connections=1)) as database:
            for schema in schemas:
                try:
                    database.prepare(schema)
                except SchemaMissing as error:
                    raise SchemaMissing(f"{error}; `fleet-audit migrate` makes what is missing") from error
