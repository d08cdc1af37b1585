"""A name that resolves to another address when it is looked up again: over real sockets at two addresses.

The first stands for a server that may be asked, the second for one that only this machine can reach.
"""

import socket
from collections.abc import Iterator, Sequence
from itertools import chain, repeat

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from tests.support.document_server import DocumentServer, document_server
from workers.revocation.address_rules import AddressRules
from workers.revocation.failure import Unusable
from workers.revocation.fetching import Fetcher, Limits

PUBLIC, PRIVATE = "127.0.0.2", "127.0.0.3"
RULES = AddressRules.parse(PUBLIC)
QUICK = Limits(connect=2.0, silence=2.0, request=4.0)
NAME = "rebinding.example.com"
NOT_ALLOWED = "can't be fetched: its address is not a public one, nor opened by FLEET_AUDIT_CRL_ALLOW"


class ChangingResolver(AbstractResolver):
    """Has another answer each time that it is asked; after the last, that one again."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = chain(answers, repeat(answers[-1]))
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in next(self._answers)
        ]

    async def close(self) -> None:
        """There is nothing to close."""


@pytest.fixture
def public() -> Iterator[DocumentServer]:
    with document_server(PUBLIC) as server:
        server.serve("/list", b"public")
        yield server


@pytest.fixture
def private(public) -> Iterator[DocumentServer]:
    with document_server(PRIVATE, public.server_address[1]) as server:
        server.serve("/list", b"secret")
        yield server


def fetch(url: str, resolver: ChangingResolver) -> str:
    """The document, or the words of a failure."""
    taken: list[str] = []

    def take(_: str, answer: bytes | Unusable) -> None:
        taken.append(answer.decode() if isinstance(answer, bytes) else str(answer))

    assert Fetcher(RULES, QUICK, resolver=lambda: resolver).fetch_all([url], take, lambda: True, 10.0)
    [answer] = taken
    return answer


def test_the_connection_goes_to_the_address_that_was_checked(public, private):
    resolver = ChangingResolver([PUBLIC], [PRIVATE])
    assert fetch(public.url("/list", NAME), resolver) == "public"
    assert resolver.asked == [NAME]
    assert private.connections == 0


def test_the_next_fetch_is_checked_anew(public, private):
    resolver = ChangingResolver([PUBLIC], [PRIVATE])
    assert fetch(public.url("/list", NAME), resolver) == "public"
    assert fetch(public.url("/list", NAME), resolver) == NOT_ALLOWED
    assert private.connections == 0


@pytest.mark.parametrize("answer", [[PUBLIC, PRIVATE], [PRIVATE, PUBLIC]])
def test_of_several_addresses_only_those_that_are_allowed_are_tried(public, private, answer):
    assert fetch(public.url("/list", NAME), ChangingResolver(answer)) == "public"
    assert private.connections == 0


def test_an_address_that_refuses_is_not_replaced_by_one_that_is_not_allowed(public, private):
    with socket.socket() as unused:
        unused.bind((PUBLIC, 0))
        port = unused.getsockname()[1]
        with document_server(PRIVATE, port) as beside:
            assert fetch(f"http://{NAME}:{port}/list", ChangingResolver([PUBLIC, PRIVATE])) != "secret"
            assert beside.connections == 0


@pytest.mark.parametrize("host", [NAME, "other.example.com", PRIVATE])
def test_a_redirect_does_not_lead_past_the_check(public, private, host):
    url = public.redirect("/", public.url("/list", host)).replace(PUBLIC, NAME)
    resolver = ChangingResolver([PUBLIC], [PRIVATE])
    assert fetch(url, resolver) == NOT_ALLOWED
    assert (public.connections, private.connections) == (1, 0)


def test_a_redirect_is_followed_to_the_address_that_is_checked_for_it(public, private):
    url = public.redirect("/", "/list").replace(PUBLIC, NAME)
    resolver = ChangingResolver([PUBLIC], [PUBLIC], [PRIVATE])
    assert fetch(url, resolver) == "public"
    assert resolver.asked == [NAME, NAME]
    assert private.connections == 0
