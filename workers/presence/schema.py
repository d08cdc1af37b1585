"""The tables of the presence store, in the dialect that SQLite and PostgreSQL share.

Each call of `record` is a recording. Its number grows, and is the time in epoch milliseconds unless the clock
stands still. A row of a connection carries the recording that made it, and the one that knew more. So a check
reads what was known at the recording that it was planned at, whatever has come since.
"""

from events.store.schema import Steps

STILL_KNOWN = 2**63 - 1
"""The `removed_in` of a row that nothing has changed. A number, so that one comparison does for all rows."""

STATEMENTS = (
    """CREATE TABLE IF NOT EXISTS connections (
        account TEXT NOT NULL,
        connection_id TEXT NOT NULL,
        added_in BIGINT NOT NULL,
        removed_in BIGINT NOT NULL,
        principal TEXT NOT NULL,
        is_certificate INTEGER NOT NULL, -- whether the principal is the id of a certificate
        client_id TEXT NOT NULL,
        began_at BIGINT NOT NULL, -- epoch milliseconds
        ended_at BIGINT NOT NULL,
        connected_at BIGINT, -- began_at as it was told; NULL: only the end was
        was_displaced INTEGER, -- 1: by another connection with its client id; NULL: no reason was given
        PRIMARY KEY (account, connection_id, added_in)
    )""",
    """CREATE INDEX IF NOT EXISTS connections_by_principal ON connections (
        account, principal, began_at, connection_id, is_certificate, added_in, removed_in,
        ended_at, client_id, connected_at
    )""",
    """CREATE INDEX IF NOT EXISTS connections_by_client ON connections (
        account, client_id, began_at, connection_id, added_in, removed_in,
        ended_at, principal, connected_at, was_displaced
    )""",
    """CREATE TABLE IF NOT EXISTS presence_recordings (
        account TEXT NOT NULL PRIMARY KEY,
        last_recording BIGINT NOT NULL,
        forgotten_up_to BIGINT NOT NULL, -- rows of this recording and of earlier ones are to be deleted
        known_since BIGINT -- epoch milliseconds; NULL: nothing was told since the last time all was forgotten
    )""",
)

COLLECTION_STATEMENTS = (
    """CREATE TABLE IF NOT EXISTS presence_wanted (
        account TEXT NOT NULL,
        check_name TEXT NOT NULL, -- an enabled check that needs to know connections
        since BIGINT NOT NULL, -- epoch milliseconds
        PRIMARY KEY (account, check_name)
    )""",
    """CREATE TABLE IF NOT EXISTS presence_position (
        follower TEXT NOT NULL PRIMARY KEY,
        position BIGINT NOT NULL -- in the log
    )""",
)

PRESENCE_TABLES = Steps("presence", {"presence": [*STATEMENTS, *COLLECTION_STATEMENTS]})
