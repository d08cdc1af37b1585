"""What can't be read as HTTP is answered in AWS's form all the same, and without a word of it."""

import asyncio

import pytest

from service.server import MAX_HEADERS, MAX_LINE
from tests.support.raw_http import exchange, read_answer, request
from tests.wire.test_bad_input import MARK, require_refusal


@pytest.fixture
def url(shared):
    return shared[0]


@pytest.mark.parametrize(
    "raw",
    [
        request("GET", "/audit/tasks?nextToken=" + MARK * 2000),
        request("GET", "/audit/configuration", b"", f"X-Long: {MARK * 1000}"),
        request(
            "GET", "/audit/configuration", b"", *[f"X-{MARK}-{number}: 1" for number in range(MAX_HEADERS + 1)]
        ),
        request("GET", "/audit/configuration", b"", f"X-{MARK}\0: 1"),
        request("GET", "/audit/configuration", b"", f"X {MARK}: 1"),
        request("GET", "/audit/configuration", b"", f": {MARK}"),
        request("POST", "/audit/tasks", b"", "Content-Length: -1"),
        request("POST", "/audit/tasks", b"", f"Content-Length: {MARK}"),
        request("POST", "/audit/tasks", b"", "Content-Length: 5", "Content-Length: 6"),
        request("POST", "/audit/tasks", b"", "Content-Length: 5", "Transfer-Encoding: chunked"),
        request("POST", "/audit/tasks", b"", f"Transfer-Encoding: {MARK}, chunked, {MARK}"),
        request(f"{MARK}<>", "/audit/tasks"),
        f"GET /audit/tasks HTTP/9.9\r\nHost: {MARK}\r\n\r\n".encode(),
        f"GET {MARK}\r\n\r\n".encode(),
        f"{MARK}\r\n\r\n".encode(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 40,
        b"GET /audit/tasks\xff\xfe\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        f"GET http://[{MARK}/audit/tasks HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(),
    ],
    ids=range(18),
)
async def test_it_is_refused_and_not_repeated(url, raw):
    answer = await exchange(url, raw)
    assert 400 <= answer.status < 500
    require_refusal(answer, answer.status, answer.error)
    assert answer.error in {"InvalidRequestException", "UnknownOperationException"}


async def test_a_line_may_be_as_long_as_the_limit(url):
    padding = "x" * (MAX_LINE - 200)
    answer = await exchange(url, request("GET", f"/audit/configuration?{padding}", b"", f"X-Padding: {padding}"))
    assert answer.status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/audit/configuration?%zz=%zz&=&&a=b=c&%ED%A0%80",
        "/audit/configuration?\x7f\xff",
        "/audit/configuration#fragment",
        "http://localhost/audit/configuration",
        "http://user:password@other:99999/audit/configuration",
    ],
)
async def test_a_strange_address_of_an_operation_is_no_fault_of_ours(url, path):
    answer = await exchange(url, request("GET", path))
    assert answer.status in {200, 400, 404}
    assert answer.headers["x-amzn-RequestId"]


async def test_a_head_has_the_status_and_no_body(url):
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    writer.write(request("HEAD", "/audit/scheduledaudits/none") + request("GET", "/health/live"))
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 404 ")
    assert b"x-amzn-ErrorType: ResourceNotFoundException" in head
    assert (await read_answer(reader)).status == 200
    writer.close()


async def test_the_connection_goes_on_after_a_refusal(url):
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    for path, status in (("/nowhere", 404), ("/audit/tasks", 400), ("/health/live", 200)):
        writer.write(request("GET", path))
        assert (await read_answer(reader)).status == status
    writer.close()


async def test_every_request_has_an_id_of_its_own(url):
    ids = {(await exchange(url, request("GET", "/health/live"))).headers["x-amzn-RequestId"] for _ in range(5)}
    assert len(ids) == 5
