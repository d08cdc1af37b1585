"""The tables of the audits, and the statements that read and change them."""

from collections.abc import Mapping

from projections.paging import Keyset

TABLES: Mapping[str, tuple[str, ...]] = {
    "audit_tasks": (
        """
        CREATE TABLE audit_tasks (
            account TEXT NOT NULL,
            task_id TEXT NOT NULL,
            status TEXT NOT NULL,
            task_type TEXT NOT NULL,
            started_at BIGINT NOT NULL,
            scheduled_audit_name TEXT,
            details TEXT NOT NULL,
            check_names TEXT NOT NULL,
            ended_at BIGINT,
            PRIMARY KEY (account, task_id)
        )
        """,
        "CREATE INDEX audit_tasks_by_end ON audit_tasks (ended_at)",
        "CREATE INDEX audit_tasks_by_time ON audit_tasks (account, started_at, task_id)",
        "CREATE INDEX audit_tasks_by_type ON audit_tasks (account, task_type, started_at, task_id)",
        "CREATE INDEX audit_tasks_by_status ON audit_tasks (account, status, started_at, task_id)",
        (
            "CREATE INDEX audit_tasks_by_type_and_status"
            " ON audit_tasks (account, task_type, status, started_at, task_id)"
        ),
    ),
    # What was counted of a check under way, so that it counts once: batches of a shard's findings, its end.
    # Emptied when the check ends, since its outcome's numbers are final.
    "audit_task_shards": (
        """
        CREATE TABLE audit_task_shards (
            account TEXT NOT NULL,
            task_id TEXT NOT NULL,
            check_name TEXT NOT NULL,
            shard BIGINT NOT NULL,
            batch BIGINT NOT NULL, -- -1: the shard's end
            PRIMARY KEY (account, task_id, check_name, shard, batch)
        )
        """,
    ),
}

NEWEST_FIRST = Keyset(("started_at", "task_id"), is_descending=True)

SELECT = "SELECT started_at, task_id, status, task_type, scheduled_audit_name, details, ended_at FROM audit_tasks"

DESCRIBE = f"{SELECT} WHERE account = ? AND task_id = ?"

PREVIOUS = f"""
    SELECT task_id FROM audit_tasks
    WHERE account = ? AND task_type = ? AND status = 'COMPLETED' AND {NEWEST_FIRST.condition} AND ended_at > ?
"""  # noqa: S608 - no word of it comes from outside

INSERT = """
    INSERT INTO audit_tasks
        (account, task_id, status, task_type, started_at, scheduled_audit_name, details, check_names)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (account, task_id) DO NOTHING
"""

SET_DETAILS = "UPDATE audit_tasks SET details = ? WHERE account = ? AND task_id = ?"

SET_END = "UPDATE audit_tasks SET status = ?, ended_at = ? WHERE account = ? AND task_id = ?"

GIVE_UP = "UPDATE audit_tasks SET ended_at = 0 WHERE account = ? AND task_id = ?"

FIND_PART = """
    SELECT 1 FROM audit_task_shards
    WHERE account = ? AND task_id = ? AND check_name = ? AND shard = ? AND batch = ?
"""

ADD_PART = "INSERT INTO audit_task_shards (account, task_id, check_name, shard, batch) VALUES (?, ?, ?, ?, ?)"

FORGET_SHARDS = "DELETE FROM audit_task_shards WHERE account = ? AND task_id = ?"
