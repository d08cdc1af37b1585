"""Keeps web pages away from the service.

A page that a person opens can send requests to every address which that person's machine reaches, so to a loopback
address too. Two things give it away, and a browser lets no page change them: the `Host` header has the name under
which the page wants to reach us (DNS rebinding), and `Origin` and `Sec-Fetch-Site` say that another site asks
(cross-site request forgery). Sources: WHATWG Fetch, section "Origin header"; W3C Fetch Metadata Request Headers.
"""

import ipaddress
import re
from collections.abc import Callable
from functools import lru_cache

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from service.access.door_settings import ANY_HOST
from service.access.loopback import is_loopback
from service.access.unambiguous import require_unambiguous

_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9_.-]{1,253})(:[0-9]{1,5})?")
_OTHER_SITES = frozenset({"cross-site", "same-site"})
_ASKS_ONLY = frozenset({hdrs.METH_GET, hdrs.METH_HEAD})


class UnknownHost(Exception):  # noqa: N818 - an answer, not a fault
    """A request asks for a host name that is not ours."""


class ForeignPage(Exception):  # noqa: N818 - an answer, not a fault
    """A web page of another site has sent a request."""


def host_and_origin(listens_on: str, allowed_hosts: frozenset[str]) -> Middleware:
    """Refuse requests for host names that are not ours or not clear, and those of pages of other sites.

    `listens_on` is the address that is listened on; on a loopback address only its own names are ours, and
    `allowed_hosts`; on others, `allowed_hosts` where there are any. An address in digits is always ours: DNS
    rebinding needs a name.
    """
    is_ours = lru_cache(maxsize=256)(_known_hosts(listens_on, allowed_hosts))

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        require_unambiguous(request)
        host = request.headers.get(hdrs.HOST)
        if host is not None and not is_ours(host):
            raise UnknownHost
        if _is_from_a_foreign_page(request, host):
            raise ForeignPage
        return await handler(request)

    return check


def _known_hosts(listens_on: str, allowed_hosts: frozenset[str]) -> Callable[[str], bool]:
    """Return what tells whether a `Host` header is ours."""
    is_any_ours = ANY_HOST in allowed_hosts or not (allowed_hosts or is_loopback(listens_on))
    names = {*allowed_hosts, listens_on.lower(), "localhost"}

    def is_ours(host: str) -> bool:
        parts = _HOST.fullmatch(host)
        if parts is None:
            return False
        name = parts["name"].lower().removesuffix(".")
        return is_any_ours or name in names or name.endswith(".localhost") or _is_address(name)

    return is_ours


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _is_from_a_foreign_page(request: web.Request, host: str | None) -> bool:
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is not None and not _is_ours(origin, host):
        return True
    return request.headers.get("Sec-Fetch-Site") in _OTHER_SITES and not _follows_a_link(request)


def _is_ours(origin: str, host: str | None) -> bool:
    scheme, _, authority = origin.partition("://")
    return scheme in {"http", "https"} and host is not None and authority.lower() == host.lower()


def _follows_a_link(request: web.Request) -> bool:
    """Whether a person came by a link from elsewhere, who sees our page and of whom that site learns nothing."""
    return request.method in _ASKS_ONLY and request.headers.get("Sec-Fetch-Mode") == "navigate"
