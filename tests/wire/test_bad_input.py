"""Input that is no request of the API is a clear 4xx in AWS's form, and repeats nothing of what was sent."""

import gzip
import re

import pytest

from tests.support.api_story import LOGGING, ROLE
from tests.support.raw_http import exchange, request

JSON = "Content-Type: application/json"
START = b'{"targetCheckNames": ["LOGGING_DISABLED_CHECK"]}'
MARK = "ZmFicmljYXRlZA"
"""Stands in whatever is sent, and in no answer."""


@pytest.fixture
def url(shared):
    return shared[0]


def require_refusal(answer, status, error):
    assert (answer.status, answer.error) == (status, error)
    assert answer.headers["Content-Type"] == "application/json"
    assert re.fullmatch("[0-9a-f-]{36}", answer.headers["x-amzn-RequestId"])
    assert answer.headers["Server"] == "FleetAudit"
    assert answer.message
    assert len(answer.message) < 1100
    assert MARK.encode() not in answer.raw
    for inside in (b"Traceback", b".py", b"sqlite", b"SELECT", b"pydantic", b"aiohttp"):
        assert inside not in answer.raw


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{'targetCheckNames': []}",
        b'{"targetCheckNames": ["' + MARK.encode(),
        b'{"targetCheckNames": NaN}',
        b'{"targetCheckNames": -Infinity}',
        b'{"targetCheckNames": 1e400}',
        b'{"targetCheckNames": ["\xff\xfe"]}',
        b'{"targetCheckNames": ["\\ud800"]}',
        b"\xef\xbb\xbf{}",
        b"[" * 1100 + b"]" * 1100,
        b"null",
        b"[]",
        b'"text"',
        b"7",
        b"{} {}",
        b"{}\0",
    ],
)
async def test_a_body_that_is_no_json_object_is_refused(url, body):
    answer = await exchange(url, request("POST", "/audit/tasks", body, JSON))
    require_refusal(answer, 400, "InvalidRequestException")
    assert "JSON" in answer.message


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n",
        b"{}",
        b'{"targetCheckNames": null}',
        b'{"targetCheckNames": ' + b"[" * 300 + b"]" * 300 + b"}",
        b'{"targetCheckNames": ' + b'{"a":' * 300 + b"1" + b"}" * 300 + b"}",
        b'{"targetCheckNames": "LOGGING_DISABLED_CHECK"}',
        b'{"targetCheckNames": [1000000000000000000000000000000]}',
        b'{"targetCheckNames": [true]}',
        b'{"targetCheckNames": ["a"], "targetCheckNames": "' + MARK.encode() + b'"}',
    ],
)
async def test_a_body_with_wrong_members_is_refused_by_the_member(url, body):
    answer = await exchange(url, request("POST", "/audit/tasks", body, JSON))
    require_refusal(answer, 400, "InvalidRequestException")
    assert "Value at 'targetCheckNames" in answer.message


async def test_deep_nesting_in_a_member_that_nobody_knows_does_no_harm(url):
    body = b'{"deep": ' + b"[" * 900 + b"]" * 900 + b"}"
    answer = await exchange(url, request("POST", "/audit/tasks", body, JSON))
    require_refusal(answer, 400, "InvalidRequestException")


@pytest.mark.parametrize("name", ["x" * 1000, MARK, "\U0001f600" * 200, "' OR 1=1 --", "<script>"])
async def test_a_check_that_does_not_exist_is_refused_with_an_end_to_its_name(url, name):
    names = ",".join(f'"{name}{number}"' for number in range(1000))
    body = f'{{"targetCheckNames": [{names}]}}'.encode()
    answer = await exchange(url, request("POST", "/audit/tasks", body, JSON))
    assert (answer.status, answer.error) == (400, "InvalidRequestException")
    assert answer.message.startswith("Request contains an invalid Audit Check Name.")
    assert len(answer.message) < 1100


async def test_a_body_of_2_mb_is_too_large_and_is_not_waited_for(url):
    head = request("POST", "/audit/tasks", b"", JSON, "Content-Length: 2000000")
    require_refusal(await exchange(url, head), 413, "RequestEntityTooLargeException")


async def test_a_body_of_2_mb_that_was_sent_is_too_large(url):
    body = b'{"targetCheckNames": ["' + MARK.encode() * 150_000 + b'"]}'
    answer = await exchange(url, request("POST", "/audit/tasks", body, JSON))
    require_refusal(answer, 413, "RequestEntityTooLargeException")


async def test_a_body_of_2_mb_in_chunks_is_too_large(url):
    head = request("POST", "/audit/tasks", b"", JSON, "Transfer-Encoding: chunked")
    chunk = b"10000\r\n" + b" " * 65_536 + b"\r\n"
    answer = await exchange(url, head, *[chunk] * 32, b"0\r\n\r\n")
    require_refusal(answer, 413, "RequestEntityTooLargeException")


async def test_a_body_that_unpacks_to_50_mb_is_too_large(url):
    bomb = gzip.compress(b" " * 50_000_000)
    answer = await exchange(url, request("POST", "/audit/tasks", bomb, JSON, "Content-Encoding: gzip"))
    require_refusal(answer, 413, "RequestEntityTooLargeException")


async def test_a_body_in_chunks_is_read_as_any_other(url):
    head = request("POST", "/audit/tasks", b"", JSON, "Transfer-Encoding: chunked")
    answer = await exchange(url, head, b'5\r\n{"tar\r\n', b"a\r\ngetCheckNa\r\n", b'8\r\nmes": 5}\r\n0\r\n\r\n')
    require_refusal(answer, 400, "InvalidRequestException")
    assert "Value at 'targetCheckNames' failed to satisfy constraint: Member must be a list" in answer.message


@pytest.mark.parametrize(
    "chunks", [b"zz\r\nab\r\n", b"-5\r\nab\r\n", b"5\r\nabc\r\n0\r\n\r\n", b"ffffffffffffffffff\r\n"]
)
async def test_broken_chunks_are_refused(url, chunks):
    head = request("POST", "/audit/tasks", b"", JSON, "Transfer-Encoding: chunked")
    require_refusal(await exchange(url, head + chunks), 400, "InvalidRequestException")


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_body_that_does_not_unpack_is_refused(url, encoding):
    answer = await exchange(url, request("POST", "/audit/tasks", START, JSON, f"Content-Encoding: {encoding}"))
    require_refusal(answer, 400, "InvalidRequestException")


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
        "application/json; charset=utf-16",
        f"application/{MARK}",
        "json",
    ],
)
async def test_a_body_of_another_type_is_refused(url, content_type):
    answer = await exchange(url, request("POST", "/audit/tasks", START, f"Content-Type: {content_type}"))
    require_refusal(answer, 415, "UnsupportedMediaTypeException")


@pytest.mark.parametrize(
    "headers",
    [
        [],
        ["Content-Type: application/json; charset=UTF-8"],
        ["Content-Type: APPLICATION/JSON"],
        ["Content-Type: application/x-amz-json-1.1"],
    ],
)
async def test_a_body_may_be_json_by_any_of_its_names_or_say_nothing(url, headers):
    answer = await exchange(url, request("POST", "/audit/tasks", START, *headers))
    require_refusal(answer, 400, "InvalidRequestException")
    assert LOGGING in answer.message


@pytest.mark.parametrize(
    ("path", "status"),
    [("/audit/configuration", 200), ("/audit/scheduledaudits", 200), ("/audit/scheduledaudits/none", 404)],
)
async def test_a_body_on_a_get_is_ignored(url, path, status):
    answer = await exchange(url, request("GET", path, b"{broken", "Content-Type: text/plain"))
    assert answer.status == status


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/audit",
        "/audit/",
        "/audit/tasks/",
        "/audit/tasks/1/2",
        "/audit//tasks",
        "/audit/findings/",
        "/audit/findings/abc/def",
        "/audit/scheduledaudits/",
        "/AUDIT/tasks",
        f"/{MARK}",
        "/%00",
        "/%ff%fe",
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/audit%2Ftasks",
        "//example.com/audit/tasks",
        "/audit/tasks;x=1",
    ],
)
async def test_a_path_without_an_operation_is_not_found(url, path):
    require_refusal(await exchange(url, request("GET", path)), 404, "UnknownOperationException")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/audit/tasks", "GET, HEAD, POST"),
        ("OPTIONS", "/audit/tasks", "GET, HEAD, POST"),
        ("POST", "/audit/tasks/1", "GET, HEAD"),
        ("DELETE", "/audit/tasks/1/cancel", "PUT"),
        ("GET", "/audit/findings", "POST"),
        ("POST", "/audit/configuration", "DELETE, GET, HEAD, PATCH"),
        ("PUT", "/audit/scheduledaudits/x", "DELETE, GET, HEAD, PATCH, POST"),
        ("POST", "/health/live", "GET, HEAD"),
        ("PROPFIND", "/tags", "GET, HEAD, POST"),
    ],
)
async def test_a_method_that_the_path_does_not_have_is_refused_with_those_that_it_has(url, method, path, allowed):
    answer = await exchange(url, request(method, path))
    require_refusal(answer, 405, "MethodNotAllowedException")
    assert answer.headers["Allow"] == allowed


async def test_an_expectation_that_can_not_be_met_is_refused_everywhere(url):
    for path in ("/audit/tasks", "/nowhere"):
        answer = await exchange(url, request("POST", path, START, JSON, f"Expect: {MARK}"))
        require_refusal(answer, 417, "ExpectationFailedException")


async def test_a_role_may_be_any_text_of_its_length_and_is_stored_as_it_is(api):
    """No text is special to us: it is kept, and given back."""
    role = "arn:aws:iam::1:role/'; DROP TABLE x; --\0\u202e\U0001f600 ${jndi}"
    done = await api.call(
        "UpdateAccountAuditConfiguration", roleArn=role, auditCheckConfigurations={LOGGING: {"enabled": True}}
    )
    assert done.status == 200
    assert (await api.call("DescribeAccountAuditConfiguration")).body["roleArn"] == role
    assert role != ROLE
