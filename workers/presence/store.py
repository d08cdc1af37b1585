"""The presence store: which clients were connected when, and with which principal.

Whether anything is to be collected is decided elsewhere (`workers/presence/collection.py`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from events.clock import Clock, epoch_milliseconds
from events.store.database import Database, Row, Transaction
from events.vocabulary import AccountId
from workers.judging.look_back import LONGEST_LOOK_BACK
from workers.presence import schema
from workers.presence.connection import STILL_CONNECTED, Connection, connection_id
from workers.presence.presence_event import PresenceEvent, is_certificate

ROWS_A_TRANSACTION = 1_000
"""A transaction of so many takes some hundredths of a second, so other writers hardly wait."""

IDS_A_QUERY = 500

LONGEST_AUDIT = timedelta(days=1)
"""For so long what was known before is kept beside what is known now, for audits that began in between."""

KEPT_FOR = LONGEST_LOOK_BACK + 2 * LONGEST_AUDIT
"""What an audit looks at, and a margin: an audit that has begun looks at the same until it ends."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What became of some events."""

    number: int
    news: int
    """Events that told something."""
    repeats: int
    """Events that told nothing new."""


@dataclass(frozen=True, slots=True)
class Known:
    """How far the store knows an account's connections."""

    recording: int = 0
    """The last one; 0 when there was none."""
    forgotten_up_to: int = 0
    since: int | None = None
    """Epoch milliseconds: when a source was first heard, or the earliest event it told, if that is earlier. An
    event older than what is kept does not count: its clock may never have been set, and it tells nothing of the
    time since."""


class PresenceStore:
    """Rows over a database. Every method raises StoreUnavailable when the database can't be read or written."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Raise SchemaMissing when the tables are not there and are not for this process to make."""
        self._database = database
        self._clock = clock
        database.prepare(schema.PRESENCE_TABLES)

    def record(self, account: AccountId, events: Sequence[PresenceEvent]) -> Recording:
        """Take in events, some thousands at most, in one transaction.

        Their order does not matter, nor whether they come again. No events at all tell that a source is there and
        has nothing to tell.
        """
        with self._database.transaction() as transaction:
            known = _known(transaction.execute(KNOWN, (account,)))
            number = self._begin(transaction, account, known, [event.at for event in events])
            ids = [connection_id(event) for event in events]
            rows = _Rows(transaction, account, known.forgotten_up_to, set(ids))
            news = sum(rows.take(each, event) for each, event in zip(ids, events, strict=True))
            rows.write(number)
        return Recording(number, news, len(events) - news)

    def known(self, account: AccountId) -> Known:
        """How far an account's connections are known."""
        return _known(self._database.query(KNOWN, (account,)))

    def forget(self, account: AccountId) -> None:
        """Delete all that was collected for an account: at once for whoever reads, then row by row."""
        with self._database.transaction() as transaction:
            self.mark_forgotten(transaction, account)
        for _ in self._deleting(account, "added_in <= ?", (self.known(account).forgotten_up_to,)):
            pass

    def mark_forgotten(self, transaction: Transaction, account: AccountId) -> None:
        """Let nobody read any more what was collected so far. `prune` deletes it."""
        number = self._next(_known(transaction.execute(KNOWN, (account,))))
        transaction.execute(KEEP_KNOWN, (account, number, number, None))

    def prune(self, before: datetime, account: AccountId | None = None) -> int:
        """Delete connections of which nothing was heard since `before`, and rows that nobody may read any more.

        Of one account or of all; return how many rows went. A connection that lasts was last heard of when it
        began.
        """
        return sum(self.pruning(before, account))

    def pruning(self, before: datetime, account: AccountId | None = None) -> Iterator[int]:
        """`prune` in small transactions, one a step. Each step tells how many rows went with it."""
        oldest = epoch_milliseconds(before)
        superseded = epoch_milliseconds(self._clock.now() - LONGEST_AUDIT)
        condition = "(added_in <= ? OR removed_in <= ? OR ended_at < ? OR (ended_at = ? AND began_at < ?))"
        for each in [account] if account else self.accounts():
            forgotten = self.known(each).forgotten_up_to
            yield from self._deleting(each, condition, (forgotten, superseded, oldest, STILL_CONNECTED, oldest))

    def accounts(self) -> list[AccountId]:
        """Those of which anything was ever recorded."""
        return [account for (account,) in self._database.query("SELECT account FROM presence_recordings")]

    def _next(self, known: Known) -> int:
        return max(known.recording + 1, epoch_milliseconds(self._clock.now()))

    def _begin(self, transaction: Transaction, account: AccountId, known: Known, times: list[int]) -> int:
        now = self._clock.now()
        oldest = epoch_milliseconds(now - KEPT_FOR)
        times = [epoch_milliseconds(now), *(at for at in times if at >= oldest)]
        if known.since is not None:
            times.append(known.since)
        number = self._next(known)
        transaction.execute(KEEP_KNOWN, (account, number, known.forgotten_up_to, min(times)))
        return number

    def _deleting(self, account: AccountId, condition: str, parameters: Sequence[int]) -> Iterator[int]:
        for keys in self._keys(account, condition, parameters):
            with self._database.transaction() as transaction:
                transaction.execute_many(
                    "DELETE FROM connections WHERE account = ? AND connection_id = ? AND added_in = ?",
                    [(account, *key) for key in keys],
                )
            yield len(keys)

    def _keys(self, account: AccountId, condition: str, parameters: Sequence[int]) -> Iterator[list[Row]]:
        """The keys of the rows that meet `condition`, about a transaction's worth at a time.

        In the order of an index that has all the columns of the condition, so that the walk reads nothing else.
        """
        after: Row = ("", -1, "", -1)
        while True:
            found = self._database.query(
                "SELECT client_id, began_at, connection_id, added_in FROM connections "  # noqa: S608 - ours
                "WHERE account = ? AND (client_id, began_at, connection_id, added_in) > (?, ?, ?, ?) "
                f"AND {condition} ORDER BY client_id, began_at, connection_id, added_in LIMIT ?",
                (account, *after, *parameters, ROWS_A_TRANSACTION),
            )
            if not found:
                return
            yield [row[2:] for row in found]
            after = found[-1]


class _Rows:
    """The rows of some connections, as they are in the database and as events change them."""

    def __init__(self, transaction: Transaction, account: AccountId, forgotten_up_to: int, ids: set[str]) -> None:
        self._transaction = transaction
        self._account = account
        self._added_in: dict[str, int] = {}
        self._connections: dict[str, Connection] = {}
        self._changed: set[str] = set()
        ordered = sorted(ids)
        for at in range(0, len(ordered), IDS_A_QUERY):
            self._read(ordered[at : at + IDS_A_QUERY], forgotten_up_to)

    def take(self, key: str, event: PresenceEvent) -> bool:
        """Change a connection to what is known after an event; tell whether that is news."""
        before = self._connections.get(key) or Connection(event.principal, event.client_id)
        after = before.with_event(event)
        if key in self._connections and after == before:
            return False
        self._connections[key] = after
        self._changed.add(key)
        return True

    def write(self, number: int) -> None:
        """Put new rows beside those that say less."""
        superseded = [key for key in self._changed if key in self._added_in]
        self._transaction.execute_many(
            "UPDATE connections SET removed_in = ? WHERE account = ? AND connection_id = ? AND added_in = ?",
            [(number, self._account, key, self._added_in[key]) for key in superseded],
        )
        self._transaction.execute_many(
            "INSERT INTO connections (account, connection_id, added_in, removed_in, principal, is_certificate, "
            "client_id, began_at, ended_at, connected_at, was_displaced) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [self._row(key, number) for key in sorted(self._changed)],
        )

    def _row(self, key: str, number: int) -> Row:
        of = self._connections[key]
        return (
            self._account,
            key,
            number,
            schema.STILL_KNOWN,
            of.principal,
            int(is_certificate(of.principal)),
            of.client_id,
            of.began_at,
            of.ended_at,
            of.connected_at,
            None if of.was_displaced is None else int(of.was_displaced),
        )

    def _read(self, keys: list[str], forgotten_up_to: int) -> None:
        found = self._transaction.execute(
            "SELECT connection_id, added_in, principal, client_id, connected_at, ended_at, was_displaced "  # noqa: S608 - question marks
            "FROM connections WHERE account = ? AND removed_in = ? AND added_in > ? "
            f"AND connection_id IN ({', '.join('?' * len(keys))})",
            (self._account, schema.STILL_KNOWN, forgotten_up_to, *keys),
        )
        for key, added_in, principal, client_id, connected_at, ended_at, was_displaced in found:
            self._added_in[key] = added_in
            self._connections[key] = Connection(
                principal,
                client_id,
                connected_at,
                None if ended_at == STILL_CONNECTED else ended_at,
                None if was_displaced is None else bool(was_displaced),
            )


KNOWN = "SELECT last_recording, forgotten_up_to, known_since FROM presence_recordings WHERE account = ?"

KEEP_KNOWN = """
    INSERT INTO presence_recordings (account, last_recording, forgotten_up_to, known_since) VALUES (?, ?, ?, ?)
    ON CONFLICT (account) DO UPDATE SET last_recording = excluded.last_recording,
    forgotten_up_to = excluded.forgotten_up_to, known_since = excluded.known_since
"""


def _known(rows: list[Row]) -> Known:
    return Known(*rows[0]) if rows else Known()
