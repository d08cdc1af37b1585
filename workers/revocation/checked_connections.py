"""Connections that go only where rules allow.

Every connection is checked when its socket is made, against the very address that it then goes to. So a name that
resolves to another address a moment later gains nothing, and redirects, address literals and IPv6 need no rule of
their own. docs/decisions/0006 says why this is aiohttp's client.
"""

import socket
import ssl
from functools import partial

import aiohttp
from aiohttp.abc import AbstractResolver

from workers.revocation.address_rules import AddressRules

AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[object, ...]]


class NotAllowed(OSError):  # noqa: N818 - the rule works as it should
    """The address is one that no request may go to."""


def checked_connector(
    rules: AddressRules, host: str, tls: ssl.SSLContext, resolver: AbstractResolver
) -> aiohttp.TCPConnector:
    """What connects to `host`, for one request. An address that is not allowed is a NotAllowed."""
    return aiohttp.TCPConnector(
        ssl=tls, force_close=True, resolver=resolver, socket_factory=partial(_checked_socket, rules, host)
    )


def _checked_socket(rules: AddressRules, host: str, info: AddressInfo) -> socket.socket:
    """The socket for a connection to an address, if one may be made."""
    family, kind, protocol, _, address = info
    if not rules.allow(host, str(address[0])):
        raise NotAllowed(address[0])
    return socket.socket(family, kind, protocol)


IN_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (NotAllowed, "its address is not a public one, nor opened by {opened_by}"),
    (socket.gaierror, "its server's name does not resolve"),
    (ssl.SSLError, "its server has no certificate that is trusted"),
    (ConnectionRefusedError, "its server refuses connections"),
    (aiohttp.ClientPayloadError, "its server breaks off"),
    (aiohttp.InvalidURL, "its URL is not one of HTTP"),
    (aiohttp.ClientError, "its server does not answer in HTTP"),
    (ValueError, "its URL is not one of HTTP"),
)


def in_words(error: Exception, opened_by: str) -> str:
    """Why a request failed. `opened_by` names the setting that opens addresses for it."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    words = next((words for kind, words in IN_WORDS if isinstance(cause, kind)), "its server can't be reached")
    return words.format(opened_by=opened_by)
