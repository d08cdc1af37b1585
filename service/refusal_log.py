"""Refused commands, for a while: they are no history, since nothing has happened, but somebody may want to know.

A ring: the last of each account are kept. They are written a little later by a thread of their own, so that no
answer waits for it; what was not written when the process dies is lost.
"""

import logging
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields

from events.clock import epoch_milliseconds
from events.errors import StoreUnavailable
from events.event import Cause
from events.store.database import Database
from events.store.schema import Steps
from events.vocabulary import AccountId
from projections.paging import Keyset, Page, Slice, rows_needed

logger = logging.getLogger(__name__)

KEPT = 10_000
"""Of each account."""

WAITING = 1_000
"""That wait to be written; beyond it, the oldest are dropped."""

SECONDS_BETWEEN_WRITES = 1.0

REFUSAL_TABLES = Steps(
    "refusals",
    {
        "refusals": [
            """CREATE TABLE IF NOT EXISTS refusals (
                account TEXT NOT NULL, refused_at BIGINT NOT NULL, request_id TEXT NOT NULL, actor TEXT NOT NULL,
                operation TEXT NOT NULL, error TEXT NOT NULL, message TEXT NOT NULL,
                PRIMARY KEY (account, refused_at, request_id))""",
        ]
    },
)


@dataclass(frozen=True, slots=True)
class RefusedCommand:
    """A command that changed nothing."""

    refused_at: int
    """Epoch milliseconds."""
    request_id: str
    account: AccountId
    actor: str
    operation: str
    error: str
    """As AWS names it."""
    message: str


class RefusalLog:
    """Notes refusals, and tells of them. Threads may share it."""

    def __init__(self, database: Database) -> None:
        """Raise SchemaMissing when the table is not there and is not for this process to make."""
        self._database = database
        self._waiting: deque[RefusedCommand] = deque(maxlen=WAITING)
        self._stopping = threading.Event()
        self._writing = threading.Lock()
        database.prepare(REFUSAL_TABLES)

    def note(self, operation: str, error: str, message: str, cause: Cause) -> None:
        """Note a refusal; it is written soon."""
        who = (cause.request_id, cause.account, cause.actor)
        what = (operation, error, message.replace("\0", "\\0"))
        self._waiting.append(RefusedCommand(epoch_milliseconds(cause.time), *who, *what))

    @contextmanager
    def written_soon(self) -> Iterator["RefusalLog"]:
        """Write what is noted, during the block and at its end."""
        thread = threading.Thread(target=self._write_again_and_again, name="refusals")
        thread.start()
        try:
            yield self
        finally:
            self._stopping.set()
            thread.join()
            self.write()

    def _write_again_and_again(self) -> None:
        while not self._stopping.wait(SECONDS_BETWEEN_WRITES):
            self.write()

    def write(self) -> None:
        """Write what waits, and drop what is beyond the ring. A store that is away loses it."""
        with self._writing:
            some = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if not some:
                return
            try:
                with self._database.transaction() as rows:
                    rows.execute_many(INSERT, [astuple(each) for each in some])
                    for account in {each.account for each in some}:
                        rows.execute(DROP, (account, account, KEPT - 1))
            except StoreUnavailable as error:
                logger.warning("%d refusals could not be noted: %s", len(some), error)

    def list(
        self, account: AccountId, start_ms: int, end_ms: int, actor: str | None, page: Page
    ) -> Slice[RefusedCommand]:
        """Return the account's refusals of a time, newest first, those of the last second included."""
        self.write()
        equal, given = ("", ()) if actor is None else ("actor = ? AND", (actor,))
        sql = (
            f"SELECT {COLUMNS} FROM refusals WHERE account = ? AND {equal} refused_at >= ? "  # noqa: S608 - our own words
            f"AND {NEWEST_FIRST.condition} {NEWEST_FIRST.order}"
        )
        bound = NEWEST_FIRST.bound(page, first=(end_ms + 1, ""))
        found = self._database.query(sql, (account, *given, start_ms, *bound, rows_needed(page)))
        return NEWEST_FIRST.slice(found, page, lambda row: RefusedCommand(*row))


NEWEST_FIRST = Keyset(("refused_at", "request_id"), is_descending=True)

COLUMNS = ", ".join(each.name for each in fields(RefusedCommand))

INSERT = f"""
    INSERT INTO refusals ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (account, refused_at, request_id) DO NOTHING
"""  # noqa: S608 - our own words

DROP = """
    DELETE FROM refusals WHERE account = ? AND refused_at < (
        SELECT refused_at FROM refusals WHERE account = ? ORDER BY refused_at DESC LIMIT 1 OFFSET ?
    )
"""
