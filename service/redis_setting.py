"""The setting that names the Redis that carries work to worker processes."""

import redis

from service.variables import SettingError, Variables

NAME = "FLEET_AUDIT_REDIS_URL"


def redis_url(given: Variables) -> str | None:
    """The URL; None where none is given. Nothing of it is repeated in an error: it may have a password."""
    url = given.secret(NAME)
    if not url:
        return None
    try:
        redis.ConnectionPool.from_url(url)
    except ValueError:
        raise SettingError(f"{NAME} must be like redis://:password@host:6379/0, and is not.") from None
    return url
