"""A place beside the tables of a database, where other tables are filled that replace them at one stroke."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from events.store.database import Database, Parameters, Row, Transaction

Query = Callable[[str, Parameters], list[Row]]


class Aside(Protocol):
    """One at a time in use, which its user sees to. Whatever happens to him, the next one begins anew."""

    @property
    def serving(self) -> Database:
        """What has the tables that are used meanwhile."""
        ...

    @property
    def replaces_all(self) -> bool:
        """Whether what is filled takes the place of every table of the database."""
        ...

    def open(self) -> Database:
        """Empty the place, whatever was left in it, and open it for being filled: quickly, and in one thread."""
        ...

    def carry(self, tables: Sequence[str]) -> None:
        """Fill empty tables, which have to come along, with the rows of the serving ones, all of one moment."""
        ...

    def settle(self) -> Database:
        """Return the place as it is to be used from now on: what was filled outlasts a crash."""
        ...

    def replacing(self) -> AbstractContextManager[Transaction]:
        """A transaction of the serving database, in which nobody else writes there. `replace` is its last act."""
        ...

    def replace(self, rows: Transaction, tables: Sequence[str]) -> None:
        """Let the tables that were filled be the serving ones from the end of the transaction on."""
        ...

    def unhurried(self, rows: Transaction) -> None:
        """Let the statements of a transaction take as long as they need."""
        ...

    def snapshot(self) -> AbstractContextManager[Query]:
        """Ask the serving database again and again as of one moment. Writers go on meanwhile."""
        ...

    def clear(self) -> None:
        """Leave nothing behind: what was filled and is not used, what was replaced."""
        ...

    def close(self) -> None:
        """Close every connection."""
        ...
