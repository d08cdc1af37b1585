"""An inventory of a million certificates in PostgreSQL, in half a minute: the server itself makes the rows."""

from contextlib import closing
from datetime import timedelta

import psycopg

from events.clock import SystemClock, epoch_milliseconds
from events.vocabulary import AccountId
from workers.inventory.kinds import DEVICE_CERTIFICATES
from workers.inventory.schema import STILL_THERE

CERTIFICATES = 1_000_000
EXPIRED_ONE_IN = 10_000

COLUMNS = {
    "account": "%(account)s",
    "added_in": "1",
    "removed_in": str(STILL_THERE),
    "certificate_id": "encode(sha256(number::text::bytea), 'hex')",
    "status": "'ACTIVE'",
    "creation_date": "%(now)s",
    "not_before": "%(now)s",
    "not_after": f"CASE WHEN number %% {EXPIRED_ONE_IN} = 0 THEN %(now)s ELSE %(later)s END",
    "subject": "'CN=device'",
    "issuer": "'CN=fleet'",
    "serial_number": "to_hex(number)",
    "key_algorithm": "'RSA'",
    "key_size": "2048",
    "signature_algorithm": "'1.2.840.113549.1.1.11'",
    "public_key_sha256": "encode(sha256(('key' || number)::bytea), 'hex')",
    "is_roca": "0",
    "modulus_fingerprint": "left(encode(sha256(('modulus' || number)::bytea), 'hex'), 20)",
    "crl_urls": "'[]'",
    "ca_issuer_urls": "'[]'",
}


def fill_inventory(url: str, account: AccountId) -> None:
    """Publish a version in which the account has so many device certificates, one in EXPIRED_ONE_IN expired."""
    now = SystemClock().now()
    values = {
        "account": account,
        "now": epoch_milliseconds(now),
        "later": epoch_milliseconds(now + timedelta(days=3650)),
    }
    with closing(psycopg.connect(url, autocommit=True)) as filling:
        filling.execute(
            "INSERT INTO inventory.inventory_versions (account, version, is_published, imported_at) "
            "VALUES (%(account)s, 1, 1, %(now)s)",
            values,
        )
        filling.execute(
            f"INSERT INTO inventory.{DEVICE_CERTIFICATES.table} ({', '.join(COLUMNS)}) "
            f"SELECT {', '.join(COLUMNS.values())} FROM generate_series(1, {CERTIFICATES}) AS numbers (number)",
            values,
        )
        filling.execute("VACUUM ANALYZE")
