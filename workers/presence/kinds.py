"""What checks read of the presence store: its connections, in two orders."""

from workers.inventory.kinds import Kind

COLUMNS = {
    "principal": "TEXT NOT NULL",
    "is_certificate": "INTEGER NOT NULL",
    "client_id": "TEXT NOT NULL",
    "began_at": "BIGINT NOT NULL",
    "ended_at": "BIGINT NOT NULL",
    "connected_at": "BIGINT",
    "was_displaced": "INTEGER",
}
"""Of `workers/presence/schema.py`, which says what they mean."""

CONNECTIONS_BY_PRINCIPAL = Kind(
    table="connections",
    resource_type="",
    called="connections",
    key="principal",
    columns=COLUMNS,
    rows_a_page=5_000,
    has_parts=True,
)
"""Those of a principal one after the other, as they began."""

CONNECTIONS_BY_CLIENT = Kind(
    table="connections",
    resource_type="",
    called="connections",
    key="client_id",
    columns=COLUMNS,
    rows_a_page=5_000,
    has_parts=True,
)
"""Those with a client id one after the other, as they began."""
