"""Without credentials everybody is let in, as the account's administrator."""

import re

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from events.vocabulary import AccountId
from service.access.caller import CALLER, Caller, Role

_ACCESS_KEY = re.compile(r"\bCredential=([A-Za-z0-9_]{1,128})/")


def open_door(account: AccountId) -> Middleware:
    """Let everybody in, on this one account."""

    @web.middleware
    async def admit(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[CALLER] = Caller(account, claimed_actor(request), Role.ADMINISTRATOR)
        return await handler(request)

    return admit


def claimed_actor(request: web.Request) -> str:
    """Name who asks: the access key that the request was signed with. It is a claim and no proof."""
    key = _ACCESS_KEY.search(request.headers.get(hdrs.AUTHORIZATION, ""))
    return key[1] if key else "anonymous"
