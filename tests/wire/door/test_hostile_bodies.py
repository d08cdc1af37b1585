"""Whatever a body is: a clean refusal in bounded time and memory, and the service goes on."""

import gzip
import resource
import zlib

import pytest

from service.routes import EXTENSIONS, OPERATIONS
from tests.support.hostile import lines, send
from tests.support.raw_http import exchange, request

JSON = "Content-Type: application/json"
NDJSON = "Content-Type: application/x-ndjson"
IMPORT = "/fleet-audit/inventory/import"
PRESENCE = "/fleet-audit/inventory/presence"
MEBIBYTE = 2**20
BOMB = 64 * MEBIBYTE
"""Bytes that some ten thousand stand for."""

WITH_A_BODY = sorted(
    {
        (each.method, each.path.replace("{scheduledAuditName}", "nightly"))
        for each in (*OPERATIONS, *EXTENSIONS)
        if each.method in {"POST", "PATCH"}
    }
)

STRANGE = {
    "nested lists": b'{"targetCheckNames": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "nested objects": b'{"targetCheckNames": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}",
    "nesting that never ends": b"[" * 1_000_000,
    "a giant number": b'{"maxResults": 1' + b"0" * 500_000 + b"}",
    "a giant exponent": b'{"maxResults": 1e999999999}',
    "a tiny exponent": b'{"maxResults": 1e-999999999}',
    "a long fraction": b'{"maxResults": 0.' + b"1" * 500_000 + b"}",
    "the same key over and over": b"{" + b'"taskId": "a",' * 70_000 + b'"taskId": []}',
    "many keys": b"{" + b",".join(b'"k%d": 1' % number for number in range(70_000)) + b"}",
    "a long key": b'{"' + b"k" * 1_000_000 + b'": 1}',
    "an escaped null": b'{"taskId": "\\u0000", "targetCheckNames": ["\\u0000"], "resourceArn": "\\u0000"}',
    "a lone surrogate": b'{"taskId": "\\ud800", "targetCheckNames": ["\\ud800"]}',
    "not UTF-8": b'{"taskId": "\xff"}',
    "UTF-16": '{"taskId": "a"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "XML": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "a prototype": b'{"__proto__": {"a": 1}, "constructor": {"prototype": {}}, "targetCheckNames": 1}',
}


@pytest.fixture
def url(shared):
    return shared[0]


async def require_health(url):
    assert (await exchange(url, request("GET", "/health/live"))).status == 200


@pytest.mark.parametrize("body", STRANGE.values(), ids=STRANGE)
async def test_strange_json_is_refused_by_every_operation(url, body):
    for method, path in WITH_A_BODY:
        answer = await exchange(url, request(method, path, body, JSON))
        assert 400 <= answer.status < 500 or (answer.status == 200 and path == "/fleet-audit/notifications/retry")
        assert len(answer.raw) < 20_000
    await require_health(url)


@pytest.mark.parametrize("body", STRANGE.values(), ids=STRANGE)
async def test_and_by_the_imports(url, body):
    for path in (IMPORT, PRESENCE):
        answer = await exchange(url, request("POST", path, body, NDJSON))
        assert answer.status in {200, 400}
        assert b'"added":1' not in answer.body
        assert b'"recorded":1' not in answer.body
    await require_health(url)


@pytest.mark.parametrize(
    ("encoding", "compressed"),
    [("gzip", gzip.compress(bytes(BOMB), 9)), ("deflate", zlib.compress(bytes(BOMB), 9))],
    ids=["gzip", "deflate"],
)
async def test_a_bomb_is_not_unpacked(url, encoding, compressed):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for method, path in WITH_A_BODY:
        sent = request(method, path, compressed, JSON, f"Content-Encoding: {encoding}")
        assert (await exchange(url, sent)).status == 413
    for path in (IMPORT, PRESENCE):
        answer = await exchange(url, request("POST", path, compressed, NDJSON, f"Content-Encoding: {encoding}"))
        assert answer.status in {200, 400}
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < BOMB / 2
    await require_health(url)


@pytest.mark.parametrize(
    "encoding", ["foo", "gzip, gzip", "gzip,deflate", "x-gzip", "compress", "br", "zstd", "", "*"]
)
@pytest.mark.parametrize(("path", "kind"), [("/audit/tasks", JSON), (IMPORT, NDJSON), (PRESENCE, NDJSON)])
async def test_an_encoding_that_nobody_undoes_is_refused(url, path, kind, encoding):
    answer = await exchange(url, request("POST", path, b"{}", kind, f"Content-Encoding: {encoding}"))
    assert (answer.status, answer.error) == (415, "UnsupportedMediaTypeException")


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize(("path", "kind"), [("/audit/tasks", JSON), (IMPORT, NDJSON), (PRESENCE, NDJSON)])
async def test_what_is_not_so_encoded_is_refused(url, path, kind, encoding, caplog):
    body = bytes(range(1, 100))
    answer = await exchange(url, request("POST", path, body, kind, f"Content-Encoding: {encoding}"))
    assert (answer.status, answer.error) == (400, "InvalidRequestException")
    assert "Traceback" not in caplog.text
    await require_health(url)


@pytest.mark.parametrize("path", ["/audit/tasks", IMPORT, PRESENCE])
async def test_a_body_that_breaks_off_changes_nothing(url, path):
    kind = JSON if path == "/audit/tasks" else NDJSON
    head = lines(
        f"POST {path} HTTP/1.1", "Host: localhost", kind, "Transfer-Encoding: chunked", body=b"2\r\n{}\r\n"
    )
    after = await send(url, head + b"zz\r\n", answers=2)
    assert after.is_closed
    assert after.raw == b"" or after.status == 400
    await require_health(url)


@pytest.mark.parametrize("path", ["/audit/tasks", "/nowhere", "/health/live"])
async def test_more_than_was_announced_is_another_request_and_none(url, path):
    after = await send(url, request("POST", path, b"{}", JSON) + b"{}" * 100_000, answers=2)
    assert after.is_closed
    assert after.answers <= 2
    await require_health(url)


async def test_what_is_too_large_is_known_from_its_length(url):
    head = lines("POST /audit/tasks HTTP/1.1", "Host: localhost", JSON, f"Content-Length: {2**40}")
    after = await send(url, head)
    assert (after.answers, after.status) == (1, 413)
