"""The dispatcher's tables: what the log says is wanted and nobody has reported.

`check_runs` has a row for each check that has not ended, `work_items` one for each piece of work that it still
owes. What has ended is gone, so the tables stay as small as the work in progress.
"""

from collections.abc import Iterable

import msgspec

from events.store.database import Database, Transaction
from events.store.schema import Steps
from events.vocabulary import AccountId, TaskId
from workers.check_progress import CheckProgress
from workers.followed import FOLLOWED
from workers.work_item import CheckRunKey

SCHEMA = (
    FOLLOWED,
    """CREATE TABLE IF NOT EXISTS check_runs (
        account TEXT NOT NULL, task_id TEXT NOT NULL, check_name TEXT NOT NULL,
        progress TEXT NOT NULL, -- JSON of CheckProgress
        is_to_end INTEGER NOT NULL, -- whether its progress has an outcome
        PRIMARY KEY (account, task_id, check_name))""",
    """CREATE TABLE IF NOT EXISTS work_items (
        account TEXT NOT NULL, task_id TEXT NOT NULL, check_name TEXT NOT NULL, shard INTEGER NOT NULL,
        wanted_since BIGINT NOT NULL, -- position in the log
        sent_at BIGINT, -- epoch milliseconds; NULL while no message for it is out
        attempts INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (account, task_id, check_name, shard))""",
    "CREATE INDEX IF NOT EXISTS work_items_in_turn ON work_items (shard, wanted_since)",
    "CREATE INDEX IF NOT EXISTS work_items_sent ON work_items (sent_at) WHERE sent_at IS NOT NULL",
)

WORK_TABLES = Steps("work", {"work": SCHEMA})


class WorkTable:
    """Reads and changes the tables inside a transaction."""

    def __init__(self, rows: Transaction) -> None:
        self._rows = rows

    # Checks that have not ended

    def progress(self, run: CheckRunKey) -> CheckProgress | None:
        """How far a check has come; None when it has ended, or was never owed."""
        found = self._rows.execute(
            "SELECT progress FROM check_runs WHERE account = ? AND task_id = ? AND check_name = ?", run
        )
        return msgspec.json.decode(found[0][0], type=CheckProgress) if found else None

    def keep(self, run: CheckRunKey, progress: CheckProgress) -> None:
        """Note how far a check has come."""
        self._rows.execute(
            """INSERT INTO check_runs (account, task_id, check_name, progress, is_to_end) VALUES (?, ?, ?, ?, ?)
               ON CONFLICT (account, task_id, check_name)
               DO UPDATE SET progress = excluded.progress, is_to_end = excluded.is_to_end""",
            (*run, msgspec.json.encode(progress).decode(), int(progress.outcome is not None)),
        )

    def checks_of(self, account: AccountId, task_id: TaskId) -> list[CheckRunKey]:
        """The checks of an audit that have not ended."""
        found = self._rows.execute(
            "SELECT check_name FROM check_runs WHERE account = ? AND task_id = ?", (account, task_id)
        )
        return [CheckRunKey(account, task_id, name) for (name,) in found]

    def checks_to_end(self) -> dict[CheckRunKey, CheckProgress]:
        """The checks whose outcome is known, and not in the log yet."""
        found = self._rows.execute(
            "SELECT account, task_id, check_name, progress FROM check_runs WHERE is_to_end = 1"
        )
        return {CheckRunKey(*run): msgspec.json.decode(progress, type=CheckProgress) for *run, progress in found}

    def forget(self, run: CheckRunKey) -> None:
        """A check has ended, and owes nothing any more."""
        self.drop_items(run)
        self._rows.execute("DELETE FROM check_runs WHERE account = ? AND task_id = ? AND check_name = ?", run)

    # The work that they owe

    def want(self, run: CheckRunKey, shards: Iterable[int], position: int) -> None:
        """Note what a check owes."""
        self._rows.execute_many(
            """INSERT INTO work_items (account, task_id, check_name, shard, wanted_since)
               VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
            ((*run, shard, position) for shard in shards),
        )

    def close(self, run: CheckRunKey, shard: int) -> bool:
        """Note that a piece of work is done, and tell whether that was news."""
        return bool(
            self._rows.execute(
                """DELETE FROM work_items WHERE account = ? AND task_id = ? AND check_name = ? AND shard = ?
                   RETURNING shard""",
                (*run, shard),
            )
        )

    def ask_again(self, run: CheckRunKey, shard: int) -> None:
        """A piece of work came forward and is not done: what is sent next is its first attempt again."""
        self._rows.execute(
            """UPDATE work_items SET sent_at = NULL, attempts = 0
               WHERE account = ? AND task_id = ? AND check_name = ? AND shard = ?""",
            (*run, shard),
        )

    def owes_work(self, run: CheckRunKey) -> bool:
        """Whether a check owes anything still."""
        return bool(
            self._rows.execute(
                "SELECT 1 FROM work_items WHERE account = ? AND task_id = ? AND check_name = ? LIMIT 1", run
            )
        )

    def drop_items(self, run: CheckRunKey) -> None:
        """Nothing that the check owes is wanted any more."""
        self._rows.execute("DELETE FROM work_items WHERE account = ? AND task_id = ? AND check_name = ?", run)

    def recall_sent(self, *, counts_as_attempt: bool) -> None:
        """The queue is gone, and with it every message that was out."""
        self._rows.execute(
            "UPDATE work_items SET sent_at = NULL, attempts = attempts - ? WHERE sent_at IS NOT NULL",
            (0 if counts_as_attempt else 1,),
        )


def are_checks_open(database: Database) -> bool:
    """Whether there is anything in the tables. No transaction need be begun to know it."""
    return bool(database.query("SELECT 1 FROM check_runs LIMIT 1"))
