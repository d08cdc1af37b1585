"""A database that writes in a thread of its own while who fills it makes the next rows."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress

from events.errors import StoreUnavailable
from events.store.database import Database, Parameters, Row, Schema, Transaction

MOST_WAITING = 12
"""Statements with their rows. More would only take memory: the slower of the two threads is always at work."""

FEW_ROWS = 20
"""That many are written sooner than handed over."""


class WritingBehind:
    """A `Database` for one thread, which fills it.

    `execute_many` and the end of a transaction return before they are done; whatever has to know what the database
    has, waits for them. What fails is raised by a later call, `wait` at the latest. So it is for what is thrown
    away when anything fails.
    """

    def __init__(self, database: Database) -> None:
        """Write into that one, which stays its owner's."""
        self._database = database
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writing-behind")
        self._waiting: deque[Future[None]] = deque()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Begin a transaction that commits some time after the end of the block, or rolls back on an exception."""
        block = _Block(self, self._database.transaction())
        self.hand_over(block.begin)
        try:
            yield block
        except BaseException as error:
            self._let_end()
            block.give_up(error)
            raise
        self.hand_over(block.end)

    def query(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Return the rows of a SELECT over all that was written."""
        self.wait()
        return self._database.query(sql, parameters)

    def scan(self, sql: str, parameters: Parameters = (), *, columns: int) -> list[Row]:
        """Return what `query` does."""
        self.wait()
        return self._database.scan(sql, parameters, columns=columns)

    def prepare(self, schema: Schema) -> None:
        """See to it that the tables of a store are there."""
        self.wait()
        self._database.prepare(schema)

    def hand_over(self, act: Callable[[], None]) -> None:
        """Have something done after all that was handed over before; raise what of that has failed."""
        while self._waiting and (self._waiting[0].done() or len(self._waiting) >= MOST_WAITING):
            self._waiting.popleft().result()
        if self._waiting:
            self._waiting.append(self._writer.submit(act))
        else:
            act()

    def write_behind(self, act: Callable[[], None]) -> None:
        """Do what `hand_over` does, and never in the caller's thread."""
        self.hand_over(lambda: None)
        self._waiting.append(self._writer.submit(act))

    def wait(self) -> None:
        """Return when all is written; raise what has failed."""
        while self._waiting:
            self._waiting.popleft().result()

    def close(self) -> None:
        """End the thread, when it has done what it was given. Calls after it fail."""
        self._let_end()
        self._writer.shutdown()

    def _let_end(self) -> None:
        while self._waiting:
            with suppress(BaseException):  # it is being thrown away, for a reason that has come before
                self._waiting.popleft().result()


class _Block:
    """A `Transaction`, of which one thread says what the other one does."""

    def __init__(self, writing: WritingBehind, context: AbstractContextManager[Transaction]) -> None:
        self._writing = writing
        self._context = context
        self._rows: Transaction | None = None
        self._failure: BaseException | None = None

    def execute(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Run one statement at once, after those before it, and return its rows."""
        return self._begun().execute(sql, parameters)

    def execute_many(self, sql: str, rows: Iterable[Parameters]) -> None:
        """Have one statement run for each row of parameters."""
        some = list(rows)
        act = self._written(sql, some)
        if len(some) > FEW_ROWS:
            self._writing.write_behind(act)
        else:
            self._writing.hand_over(act)

    def begin(self) -> None:
        """Begin it in the database."""
        self._rows = self._context.__enter__()

    def end(self) -> None:
        """Commit it, or raise what has failed in it."""
        if self._failure is not None:
            self.give_up(self._failure)
            raise self._failure
        self._context.__exit__(None, None, None)

    def give_up(self, error: BaseException) -> None:
        """Roll it back. The database may know a better error for the reason, and raise that."""
        if self._rows is not None:
            self._rows = None
            self._context.__exit__(type(error), error, error.__traceback__)

    def _begun(self) -> Transaction:
        self._writing.wait()
        if self._rows is None or self._failure is not None:
            raise self._failure or StoreUnavailable("The transaction has not begun.")
        return self._rows

    def _written(self, sql: str, rows: list[Parameters]) -> Callable[[], None]:
        def write() -> None:
            if self._failure is None and self._rows is not None:
                try:
                    self._rows.execute_many(sql, rows)
                except BaseException as error:  # noqa: BLE001 - raised where the transaction ends
                    self._failure = error

        return write
