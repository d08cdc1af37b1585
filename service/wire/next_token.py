"""Where a listing goes on: an opaque text that belongs to one query of one account.

It holds the place after which to go on, and a digest of that place under a key made of the query. So a token that
was altered, cut, or made by another query does not fit; and since nothing secret or transient is in it, it
outlives the process. Who takes the trouble can forge one, and gains nothing: it names a place in his own listing.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson

from events.errors import InvalidRequest

LONGEST_TOKEN = 1024
"""Characters; ours have a quarter of it."""

Place = tuple[int | str, ...]

_DIGEST_SIZE = 16


@dataclass(frozen=True)
class Query:
    """An operation, whose account, and all that decides which rows it has.

    How many rows a page has is no part of it: a listing may go on in pages of another size.
    """

    operation: str
    account: str
    filters: Mapping[str, Any]
    order: tuple[type, ...]
    """The types of the columns by which the rows are in order: what a place consists of."""
    as_of: int | None = None
    """The position in the log of the past moment that is listed; None: the present."""

    def token(self, place: Place) -> str:
        """Name the place after which the listing goes on, and the moment that is listed."""
        named = orjson.dumps(place if self.as_of is None else (*place, self.as_of))
        return _written(self._digest(named) + named)

    def place(self, token: str) -> Place:
        """Return the place that a token names; refuse a token that is not of this query or of another moment."""
        held = _read(token)
        digest, named = held[:_DIGEST_SIZE], held[_DIGEST_SIZE:]
        is_ours = hmac.compare_digest(digest, self._digest(named))
        place: Any = orjson.loads(named) if is_ours else None
        as_of = None
        if isinstance(place, list) and len(place) == len(self.order) + 1 and type(place[-1]) is int:
            as_of = place.pop()
        if not self._is_place(place):
            raise InvalidRequest("nextToken is not valid for this request. Use the token of its previous answer.")
        if as_of != self.as_of:
            raise InvalidRequest(
                "nextToken is of another moment: it goes on with a list " + _moment(as_of) + ", and this request "
                "asks for one " + _moment(self.as_of) + "."
            )
        return tuple(place)

    def _is_place(self, place: Any) -> bool:
        """Tell whether it is a place that the listing can have: a forged token may name anything."""
        return (
            isinstance(place, list)
            and tuple(type(column) for column in place) == self.order
            and all(isinstance(column, str) or abs(column) < 2**63 for column in place)
        )

    def _digest(self, named: bytes) -> bytes:
        query = orjson.dumps((self.operation, self.account, self.filters), option=orjson.OPT_SORT_KEYS)
        key = blake2b(query, digest_size=32).digest()
        return blake2b(named, digest_size=_DIGEST_SIZE, key=key).digest()


def _moment(as_of: int | None) -> str:
    return "of the present" if as_of is None else f"as of position {as_of} (X-Fleet-Audit-As-Of: {as_of})"


def _written(held: bytes) -> str:
    return base64.urlsafe_b64encode(held).decode().rstrip("=")


def _read(token: str) -> bytes:
    """Return what a token holds; nothing, which fits no query, when it is not written as we write.

    There must be one way to write a token, and the last letter of base64 has bits that nobody reads.
    """
    if len(token) > LONGEST_TOKEN or not token.isascii():
        return b""
    try:
        held = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        return b""
    return held if _written(held) == token else b""
