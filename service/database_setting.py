"""The setting that names the PostgreSQL database."""

from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from service.variables import SettingError, Variables

NAME = "FLEET_AUDIT_DATABASE_URL"


def database_url(given: Variables) -> str | None:
    """The URL; None where none is given. Nothing of it is repeated in an error: it may have a password."""
    url = given.secret(NAME)
    if not url:
        return None
    try:
        is_fit = urlsplit(url).scheme in {"postgresql", "postgres"} and bool(conninfo_to_dict(url).get("dbname"))
    except (ValueError, psycopg.ProgrammingError):
        is_fit = False
    if not is_fit:
        raise SettingError(f"{NAME} must be like postgresql://user:password@host:5432/database, and is not.")
    return url
