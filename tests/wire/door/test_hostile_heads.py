"""Whatever stands before a body: a clean refusal, or a closed connection; never two answers to one request."""

import pytest

from service.server import MAX_HEADERS, MAX_LINE
from tests.support.hostile import lines, send
from tests.support.raw_http import exchange, request

HOST = "Host: localhost"
JSON = "Content-Type: application/json"
CHUNKED = "Transfer-Encoding: chunked"
POST = "POST /audit/tasks HTTP/1.1"
GET = "GET /audit/configuration HTTP/1.1"
SMUGGLED = request("GET", "/health/live")
"""What must not be answered: it stands in the body of another request, for one of two ways to read that."""

END = b"0\r\n\r\n" + SMUGGLED

AMBIGUOUS = {
    "two lengths": lines(POST, HOST, JSON, "Content-Length: 0", f"Content-Length: {len(SMUGGLED)}", body=SMUGGLED),
    "twice the same length": lines(POST, HOST, JSON, "Content-Length: 2", "Content-Length: 2", body=b"{}"),
    "a list of lengths": lines(POST, HOST, JSON, "Content-Length: 2, 2", body=b"{}"),
    "length, then chunks": lines(POST, HOST, JSON, "Content-Length: 4", CHUNKED, body=END),
    "chunks, then length": lines(POST, HOST, JSON, CHUNKED, "Content-Length: 4", body=END),
    "chunks twice": lines(POST, HOST, JSON, CHUNKED, CHUNKED, body=END),
    "chunks and another": lines(POST, HOST, JSON, CHUNKED, "Transfer-Encoding: identity", body=END),
    "chunks not last": lines(POST, HOST, JSON, "Transfer-Encoding: chunked, identity", body=END),
    "a coding like chunked": lines(POST, HOST, JSON, "Transfer-Encoding: xchunked", body=END),
    "a blank behind the name": lines(POST, HOST, JSON, "Transfer-Encoding : chunked", body=END),
    "chunks in HTTP/1.0": lines("POST /audit/tasks HTTP/1.0", HOST, JSON, CHUNKED, body=END),
    "a signed length": lines(POST, HOST, JSON, "Content-Length: +2", body=b"{}"),
    "a negative length": lines(POST, HOST, JSON, "Content-Length: -2", body=b"{}"),
    "a hexadecimal length": lines(POST, HOST, JSON, "Content-Length: 0x2", body=b"{}"),
    "an endless length": lines(POST, HOST, JSON, "Content-Length: " + 30 * "9", body=b"{}"),
    "a signed chunk": lines(POST, HOST, JSON, CHUNKED, body=b"-2\r\n{}\r\n" + END),
    "an endless chunk": lines(POST, HOST, JSON, CHUNKED, body=b"F" * 17 + b"\r\n{}"),
    "a chunk of 0x2": lines(POST, HOST, JSON, CHUNKED, body=b"0x2\r\n{}\r\n" + END),
    "endless trailers": lines(POST, HOST, JSON, CHUNKED, body=b"2\r\n{}\r\n0\r\n" + b"X: y\r\n" * 50_000),
    "a folded header": lines(GET, HOST, "X-A: b", " c"),
    "a bare line feed": GET.encode() + b"\nHost: localhost\n\n",
    "a bare carriage return": GET.encode() + b"\rHost: localhost\r\r",
    "a line feed in a header": lines(GET, HOST, "X-A: b\nX-C: d"),
    "no name": lines(GET, HOST, ": b"),
    "a null in a name": lines(GET, HOST, "X-\0: b"),
    "a null in a value": lines(GET, HOST, "X-A: \0"),
    "a null in the path": lines("GET /audit/\0 HTTP/1.1", HOST),
    "two hosts": lines(GET, HOST, HOST),
    "two types": lines(POST, HOST, JSON, "Content-Type: text/plain", "Content-Length: 2", body=b"{}"),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9),
    "HTTP/0.9": b"GET /audit/configuration\r\n\r\n",
    "HTTP/1.2": lines("GET /audit/configuration HTTP/1.2", HOST),
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
    "no method that there is": lines("FOO /audit/configuration HTTP/1.1", HOST),
    "too long a path": lines(f"GET /{'x' * MAX_LINE} HTTP/1.1", HOST),
    "too long a header": lines(GET, HOST, f"X-A: {'x' * 2 * MAX_LINE}"),
    "too many headers": lines(GET, HOST, *[f"X-{number}: 1" for number in range(MAX_HEADERS + 1)]),
}
"""What is not read any further: nobody knows where the next request begins."""

UNCLEAR = {
    "two signatures": lines(GET, HOST, "Authorization: a", "Authorization: b"),
    "two encodings": lines(POST, HOST, JSON, "Content-Encoding: gzip", "Content-Encoding: identity"),
    "two origins": lines(GET, HOST, "Origin: http://localhost", "Origin: http://localhost"),
    "no host": lines(GET),
    "another host in the address": lines("GET http://other.example/audit/configuration HTTP/1.1", HOST),
    "another scheme": lines("GET ftp://localhost/audit/configuration HTTP/1.1", HOST),
    "of no place": lines("OPTIONS * HTTP/1.1", HOST),
}

ODD = {
    "GET /audit/tasks/%00": 400,
    "GET /audit/tasks/%zz%": 400,
    "GET /audit/tasks/%ff%fe": 400,
    "GET /audit/tasks/%c0%af": 400,
    "GET /audit/tasks/%0d%0aSet-Cookie:%20a=b": 400,
    "GET /audit/tasks/%3Cscript%3Ealert(1)%3C%2Fscript%3E": 400,
    "GET /audit/tasks/<script>alert(1)</script>": 404,
    "GET /audit%2ftasks": 404,
    "GET /audit/../audit/configuration": 404,
    "GET /audit/tasks/%2e%2e/%2e%2e/configuration": 404,
    "GET //audit/configuration": 404,
    "GET /audit/configuration/": 404,
    "GET http://localhost/audit/configuration": 200,
    "TRACE /audit/configuration": 405,
    "OPTIONS /audit/configuration": 405,
    "CONNECT localhost:80": 400,
    "CONNECT /audit/configuration": 404,
    f"GET /audit/tasks/{'x' * 4_000}": 400,
    f"GET /{'/' * 4_000}": 404,
    f"GET /audit/tasks?{'a=b&' * 1_500}": 400,
}


@pytest.fixture
def url(shared):
    return shared[0]


async def require_health(url):
    assert (await exchange(url, SMUGGLED)).status == 200


@pytest.mark.parametrize("raw", AMBIGUOUS.values(), ids=AMBIGUOUS)
async def test_what_can_be_read_in_two_ways_is_not_read_at_all(url, raw):
    after = await send(url, raw, answers=2)
    assert after.is_closed
    assert after.answers == 1
    assert after.status == 400
    assert b'{"message":"The request could not be read."}' in after.raw
    await require_health(url)


@pytest.mark.parametrize("raw", UNCLEAR.values(), ids=UNCLEAR)
async def test_what_says_two_things_is_refused(url, raw):
    after = await send(url, raw)
    assert (after.answers, after.status) == (1, 400)
    await require_health(url)


@pytest.mark.parametrize(("asked", "status"), ODD.items(), ids=range(len(ODD)))
async def test_an_odd_address_is_refused_for_what_it_is_and_not_repeated(url, asked, status):
    answer = await exchange(url, lines(f"{asked} HTTP/1.1", HOST))
    assert answer.status == status
    assert "Set-Cookie" not in answer.headers
    assert b"script" not in answer.raw
    await require_health(url)


@pytest.mark.parametrize(
    "upgrade",
    [
        ["Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"],
        ["Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"],
        ["Upgrade: TLS/1.2"],
    ],
    ids=["websocket", "h2c", "tls"],
)
async def test_no_other_protocol_is_spoken(url, upgrade):
    after = await send(url, lines(GET, HOST, "Connection: Upgrade", *upgrade))
    assert (after.answers, after.status) == (1, 200)


async def test_pipelined_requests_are_answered_one_after_the_other(url):
    after = await send(url, (lines(GET, HOST) + lines("GET /nowhere HTTP/1.1", HOST)) * 100, answers=200)
    assert after.answers == 200
    statuses = [part[:3] for part in after.raw.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [b"200", b"404"] * 100


async def test_http_1_0_gets_one_answer(url):
    after = await send(url, lines("GET /audit/configuration HTTP/1.0"), answers=2)
    assert (after.answers, after.status, after.is_closed) == (1, 200, True)


@pytest.mark.parametrize(
    "path", ["/audit/configuration", "/nowhere", "/health/live", "/metrics", "/audit/tasks/x/x"]
)
async def test_every_answer_tells_a_browser_to_do_nothing_with_it(url, path):
    for method in ("GET", "POST", "OPTIONS"):
        headers = (await exchange(url, request(method, path))).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in headers
