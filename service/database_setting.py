"""The setting that names the PostgreSQL database."""

import psycopg
from psycopg.conninfo import conninfo_to_dict

from service.variables import SettingError, Variables

NAME = "FLEET_AUDIT_DATABASE_URL"

LARGEST_PORT = 65_535


def database_url(given: Variables) -> str | None:
    """The URL; None where none is given. Nothing of it is repeated in an error: it may have a password."""
    url = given.secret(NAME)
    if not url:
        return None
    if not _is_fit(url):
        raise SettingError(f"{NAME} must be like postgresql://user:password@host:5432/database, and is not.")
    return url


def _is_fit(url: str) -> bool:
    """Whether it is a URL of PostgreSQL that names a database; it may name several hosts and their ports."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        return False
    ports = str(parts.get("port", "")).split(",")
    return (
        url.startswith(("postgresql://", "postgres://"))
        and bool(parts.get("dbname"))
        and all(not port or _is_port(port) for port in ports)
    )


def _is_port(port: str) -> bool:
    return port.isascii() and port.isdecimal() and 1 <= int(port) <= LARGEST_PORT
