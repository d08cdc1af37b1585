"""The setting that names the Redis that carries work to worker processes."""

from urllib.parse import urlsplit

import redis

from service.variables import SettingError, Variables

NAME = "FLEET_AUDIT_REDIS_URL"


def redis_url(given: Variables) -> str | None:
    """The URL; None where none is given. Nothing of it is repeated in an error: it may have a password."""
    url = given.secret(NAME)
    if not url:
        return None
    if not _is_fit(url):
        raise SettingError(f"{NAME} must be like redis://:password@host:6379/0, and is not.")
    return url


def _is_fit(url: str) -> bool:
    """Whether it is a URL of Redis. The client would take database 0 for one that is no number."""
    try:
        redis.ConnectionPool.from_url(url)
        parts = urlsplit(url)
    except ValueError:
        return False
    database = parts.path.strip("/")
    return parts.scheme == "unix" or not database or (database.isascii() and database.isdecimal())
