"""Who has sent a request: on whose account, under which name, and with which role."""

from dataclasses import dataclass

from aiohttp import web

from events.credential import Role
from events.vocabulary import AccountId

__all__ = ["CALLER", "Caller", "Role"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who has sent a request."""

    account: AccountId
    """The account that the request is about."""
    actor: str
    """What events name as the one who asked: an access key id, or `anonymous`."""
    role: Role


CALLER = web.RequestKey("caller", Caller)
"""Who has sent a request; there from the moment that it was let in, for every inner middleware and handler."""
