"""What servers do, and what comes of it: over real sockets."""

import gzip
import socket
import time
from collections.abc import Iterator

import pytest

from tests.support.document_server import DocumentServer, Exchange, document_server
from workers.revocation.address_rules import AddressRules
from workers.revocation.failure import Unusable
from workers.revocation.fetching import Fetcher, Limits

LOOPBACK = AddressRules.parse("127.0.0.0/8")
QUICK = Limits(connect=0.5, silence=0.3, request=0.6, bytes=100_000, redirects=3, at_once=4)
NOT_PUBLIC = "can't be fetched: its address is not a public one, nor opened by FLEET_AUDIT_CRL_ALLOW"


@pytest.fixture
def server() -> Iterator[DocumentServer]:
    with document_server() as serving:
        yield serving


def fetch(*urls: str, rules: AddressRules = LOOPBACK, seconds: float = 10.0) -> dict[str, bytes | str]:
    """What each URL answers: bytes, or the words of a failure."""
    taken: dict[str, bytes | str] = {}

    def take(url: str, answer: bytes | Unusable) -> None:
        assert url not in taken
        taken[url] = answer if isinstance(answer, bytes) else str(answer)

    assert Fetcher(rules, QUICK).fetch_all(urls, take, lambda: True, seconds)
    assert taken.keys() == {*urls}
    return taken


def failure(url: str, rules: AddressRules = LOOPBACK) -> str:
    answer = fetch(url, rules=rules)[url]
    assert isinstance(answer, str)
    return answer.removeprefix("can't be fetched: ")


def test_documents_are_fetched_whatever_they_say_that_they_are(server):
    urls = [server.serve(f"/{number}", b"list %d" % number, Content_Type="text/html") for number in range(20)]
    assert fetch(*urls) == {url: b"list %d" % number for number, url in enumerate(urls)}


def test_redirects_are_followed_also_relative_ones(server):
    server.serve("/there", b"list")
    server.redirect("/next", "there")
    url = server.redirect("/here", server.url("/next"))
    assert fetch(url) == {url: b"list"}


def test_a_ring_of_redirects_ends(server):
    server.redirect("/a", "/b")
    assert failure(server.redirect("/b", "/a")) == "its server redirects too often"
    assert server.requests.total() == QUICK.redirects + 1


@pytest.mark.parametrize("status", [204, 301, 404, 500])
def test_another_status_than_ok_is_a_failure(server, status):
    url = server.answer("/", lambda exchange: exchange.send(b"", status=status))
    assert failure(url) == f"its server answers with status {status}"


def test_a_document_that_says_it_is_larger_than_the_limit_is_broken_off(server):
    assert failure(server.serve("/", b"x" * (QUICK.bytes + 1))) == "it is larger than 100,000 bytes"
    assert len(fetch(url := server.serve("/", b"x" * QUICK.bytes))[url]) == QUICK.bytes


def test_a_document_without_an_end_is_broken_off(server):
    def endless(exchange: Exchange) -> None:
        exchange.send_response(200)
        exchange.end_headers()
        while not exchange.server.closing.is_set():
            exchange.wfile.write(b"x" * 65_536)

    assert failure(server.answer("/", endless)) == "it is larger than 100,000 bytes"


def test_a_compressed_document_is_not_unpacked(server):
    bomb = gzip.compress(b"\0" * 10_000_000)
    assert len(bomb) < QUICK.bytes
    url = server.serve("/", bomb, Content_Encoding="gzip")
    assert failure(url) == "its server sends it compressed, which was not asked for"


def test_a_document_that_is_cut_short_is_a_failure(server):
    url = server.answer("/", lambda exchange: exchange.send(b"half", length=8))
    assert failure(url) == "its server breaks off"


def test_a_server_that_hangs_is_given_up(server):
    url = server.answer("/", lambda exchange: exchange.server.closing.wait(10))
    assert failure(url) == "its server takes too long"


def test_a_server_that_sends_a_byte_now_and_then_is_given_up(server):
    def drip(exchange: Exchange) -> None:
        exchange.send_response(200)
        exchange.end_headers()
        while not exchange.server.closing.wait(0.05):
            exchange.wfile.write(b"x")

    began = time.monotonic()
    assert failure(server.answer("/", drip)) == "its server takes too long"
    assert time.monotonic() - began < 3 * QUICK.request


def test_many_servers_that_hang_take_no_longer_than_was_given(server):
    urls = [server.answer(f"/{n}", lambda exchange: exchange.server.closing.wait(10)) for n in range(40)]
    began = time.monotonic()
    answers = fetch(*urls, seconds=0.5)
    assert time.monotonic() - began < 2
    assert "can't be fetched: there was no time left for its server" in answers.values()


def test_who_wants_it_no_more_is_not_kept_waiting(server):
    url = server.answer("/", lambda exchange: exchange.server.closing.wait(10))
    patient = Fetcher(LOOPBACK, Limits())
    began = time.monotonic()
    assert not patient.fetch_all([url], lambda *_: pytest.fail("nothing was answered"), lambda: False, 60)
    assert time.monotonic() - began < 3


def test_what_does_not_speak_http_is_a_failure(server):
    url = server.answer("/", lambda exchange: exchange.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n"))
    assert failure(url) == "its server does not answer in HTTP"


def test_a_port_where_nobody_listens_is_a_failure():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        assert failure(f"http://127.0.0.1:{port}/") == "its server refuses connections"


@pytest.mark.parametrize(
    "url", ["ftp://example.com/a", "file:///etc/passwd", "ldap://example.com", "http://", "http:///x", "//x", ""]
)
def test_only_urls_of_http_are_asked(url):
    assert failure(url) == "its URL is not one of HTTP"


def test_a_redirect_to_another_scheme_is_not_followed(server):
    assert failure(server.redirect("/", "file:///etc/passwd")) == "its URL is not one of HTTP"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f000001"])
def test_a_server_here_is_not_asked_unless_it_is_opened(server, host):
    server.serve("/", b"list")
    url = server.url("/", host)
    assert fetch(url, rules=AddressRules())[url] == NOT_PUBLIC
    assert not server.requests


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0", "0177.0.0.1"])
def test_another_spelling_of_an_address_leads_nowhere(server, host):
    server.serve("/", b"list")
    assert failure(server.url("/", host), AddressRules()) in {"its URL is not one of HTTP", NOT_PUBLIC[18:]}
    assert not server.requests


def test_a_server_here_is_not_asked_by_ipv6(server):
    port = server.server_address[1]
    for host in ("[::1]", "[::ffff:127.0.0.1]", "[::]"):
        url = f"http://{host}:{port}/"
        assert fetch(url, rules=AddressRules())[url] == NOT_PUBLIC
    assert not server.requests


def test_a_name_that_is_opened_may_lead_anywhere(server):
    server.serve("/", b"list")
    url = server.url("/", "localhost")
    assert fetch(url, rules=AddressRules.parse("localhost"))[url] == b"list"


def test_a_redirect_from_an_opened_server_to_one_that_is_not_is_refused(server):
    server.serve("/private", b"secret")
    url = server.answer(
        "/", lambda exchange: exchange.send(b"", status=302, Location=server.url("/private", "127.0.0.1"))
    )
    through = url.replace("127.0.0.1", "localhost")
    assert fetch(through, rules=AddressRules.parse("localhost"))[through] == NOT_PUBLIC
    assert server.requests == {"/": 1}
