"""The connections of a window, as audits ask for them: by ranges of keys, at a recording.

It answers the questions that an audit has to an inventory (`workers/worker.py`).
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain
from operator import itemgetter

from events.clock import epoch_milliseconds, from_epoch_milliseconds
from events.store.database import Database, Parameters
from events.vocabulary import AccountId
from workers.inventory.kinds import Examines, Kind
from workers.inventory.rows import Row
from workers.judging.look_back import Window
from workers.presence.connection import STILL_CONNECTED
from workers.presence.store import PresenceStore


class Presence:
    """What audits ask of the presence store."""

    def __init__(self, database: Database, store: PresenceStore) -> None:
        self._database = database
        self._store = store

    def known_since(self, account: AccountId) -> datetime | None:
        """Since when the account's connections are known; None while nothing is."""
        since = self._store.known(account).since
        return None if since is None else from_epoch_milliseconds(since)

    def is_forgotten(self, account: AccountId, version: int) -> bool:
        """Whether what was known at a recording has been deleted since, or may be half deleted."""
        return version <= self._store.known(account).forgotten_up_to

    def during(self, window: Window) -> "ConnectionsIn":
        """The connections that lasted at any time of a window."""
        return ConnectionsIn(self._database, self._store, window)


class ConnectionsIn:
    """The connections of one window. Versions are recordings; what came later is not seen."""

    def __init__(self, database: Database, store: PresenceStore, window: Window) -> None:
        self._database = database
        self._store = store
        self._window = window
        self._since = epoch_milliseconds(window.since)
        self._until = epoch_milliseconds(window.until)
        self._lasting_since = epoch_milliseconds(window.lasting_since)

    def current_version(self, account: AccountId) -> int:
        """The last recording; 0 when there was none."""
        return self._store.known(account).recording

    def is_listed(self, account: AccountId, _: Kind, version: int) -> bool:
        """Whether connections are known of any time in the window, if only that there were none."""
        known = self._store.known(account)
        return known.since is not None and known.since < self._until and version > known.forgotten_up_to

    def shard_bounds(
        self, account: AccountId, examines: Examines, version: int, shard_size: int
    ) -> list[str | None]:
        """Cut what a check examines after about `shard_size` connections, always between two keys.

        Return the upper bound (inclusive) of each range, in key order; the last is None, which is no bound. Empty
        when nothing is in scope.
        """
        key = examines.kind.key
        bounds: list[str | None] = []
        after: str | None = None
        while True:
            where, parameters = self._scope(account, examines, version, after, None)
            ends = self._database.query(
                f"SELECT {key} FROM connections {where} ORDER BY {key} LIMIT 1 OFFSET ?",  # noqa: S608 - ours
                (*parameters, shard_size - 1),
            )
            if not ends or not self._has_more(account, examines, version, ends[0][0]):
                break
            after = ends[0][0]
            bounds.append(after)
        if after is None and not self._has_more(account, examines, version, None):
            return []
        return [*bounds, None]

    def rows(
        self, account: AccountId, examines: Examines, version: int, after: str | None, up_to: str | None
    ) -> Iterator[Row]:
        """The connections whose key is above `after` and at most `up_to`, by key and then as they began.

        They are read in pages, so that memory is bounded and no transaction stays open between them.
        """
        return chain.from_iterable(self._pages(account, examines, version, after, up_to))

    def _pages(
        self, account: AccountId, examines: Examines, version: int, after: str | None, up_to: str | None
    ) -> Iterator[Iterator[Row]]:
        key = examines.kind.key
        columns = (*examines.columns, *(each for each in (key, "began_at") if each not in examines.columns))
        is_exact = columns == examines.columns
        place_of = itemgetter(columns.index(key), columns.index("began_at"))
        size = examines.kind.rows_a_page
        last: Row = ()
        while True:
            where, parameters = self._scope(account, examines, version, after, up_to)
            if last:
                where += f" AND ({key}, began_at) > (?, ?)"
            page = self._database.scan(
                f"SELECT {', '.join(columns)} FROM connections {where} "  # noqa: S608 - ours
                f"ORDER BY {key}, began_at, connection_id LIMIT ?",
                (*parameters, *last, size),
                columns=len(columns),
            )
            whole = page if len(page) < size else _but_the_last_place(page, place_of)
            yield iter(whole) if is_exact else (row[: len(examines.columns)] for row in whole)
            if len(page) < size:
                return
            if whole:
                last = place_of(whole[-1])
            else:
                size *= 2

    def _has_more(self, account: AccountId, examines: Examines, version: int, after: str | None) -> bool:
        where, parameters = self._scope(account, examines, version, after, None)
        return bool(self._database.query(f"SELECT 1 FROM connections {where} LIMIT 1", parameters))  # noqa: S608 - ours

    def _scope(
        self, account: AccountId, examines: Examines, version: int, after: str | None, up_to: str | None
    ) -> tuple[str, Parameters]:
        conditions = ["account = ?", "added_in <= ?", "removed_in > ?"]
        parameters: list[str | int] = [account, version, version]
        conditions += ["began_at < ?", "ended_at >= ?", "(ended_at < ? OR began_at >= ?)"]
        parameters += [self._until, self._since, STILL_CONNECTED, self._lasting_since]
        for condition, bound in ((f"{examines.kind.key} > ?", after), (f"{examines.kind.key} <= ?", up_to)):
            if bound is not None:
                conditions.append(condition)
                parameters.append(bound)
        for column, values in examines.only.items():
            conditions.append(f"{column} IN ({', '.join('?' * len(values))})")
            parameters += values
        return f"WHERE {' AND '.join(conditions)}", parameters


def _but_the_last_place(page: list[Row], place_of: Callable[[Row], Row]) -> list[Row]:
    """The rows of a page before those that share their place with the last one, of which there may be more."""
    last = place_of(page[-1])
    end = len(page) - 1
    while end and place_of(page[end - 1]) == last:
        end -= 1
    return page[:end]
