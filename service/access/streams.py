"""How many streams an account may have open: each is a connection, and is told of every step of an audit."""

from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from events.errors import LimitExceeded
from events.vocabulary import AccountId

MOST_OF_AN_ACCOUNT = 32
"""In one process. A dashboard has one for each audit that it shows, and ten audits may be in progress."""


class Streams:
    """The streams that are open."""

    def __init__(self, most: int = MOST_OF_AN_ACCOUNT) -> None:
        self._most = most
        self._open: dict[AccountId, set[web.RequestHandler]] = {}

    @contextmanager
    def place(self, account: AccountId, request: web.Request) -> Iterator[None]:
        """Have a place for as long as the block lasts; raise LimitExceeded if the account has them all in use.

        The place of one whose other end has gone is free at once, though the block may end later.
        """
        of_account = self._open.setdefault(account, set())
        if sum(each.transport is not None for each in of_account) >= self._most:
            raise LimitExceeded(f"At most {self._most} streams of an account may be open at once.")
        of_account.add(request.protocol)
        try:
            yield
        finally:
            of_account.discard(request.protocol)
            if not of_account:
                self._open.pop(account, None)


STREAMS = web.AppKey("streams", Streams)
