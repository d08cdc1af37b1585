"""Without credentials everybody is let in, as the account's administrator."""

import re
from collections.abc import Callable

from aiohttp import hdrs, web

from events.vocabulary import AccountId
from service.access.caller import CALLER, Caller, Role
from service.access.credential_book import CredentialBook
from service.access.loopback import is_loopback

_ACCESS_KEY = re.compile(r"\bCredential=([A-Za-z0-9_]{1,128})/")


def open_account(
    account: AccountId, host: str, book: CredentialBook, *, insecure: bool
) -> Callable[[], AccountId | None]:
    """What tells on which account everybody is let in just now; None while signatures are asked for.

    On a loopback address everybody is, until the first credential is made; disabling all of them does not open the
    door again. `insecure` opens it anywhere and for good.
    """
    may_be_open = is_loopback(host)

    def now() -> AccountId | None:
        return account if insecure or (may_be_open and not book.by_id) else None

    return now


def let_in(request: web.Request, account: AccountId) -> None:
    """Let somebody in, whatever the signature is."""
    request[CALLER] = Caller(account, claimed_actor(request), Role.ADMINISTRATOR)


def claimed_actor(request: web.Request) -> str:
    """Name who asks: the access key that the request was signed with. It is a claim and no proof."""
    key = _ACCESS_KEY.search(request.headers.get(hdrs.AUTHORIZATION, ""))
    return key[1] if key else "anonymous"
