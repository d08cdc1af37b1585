"""What the door adds to a request before its handler, without the signature: host and origin, and throttling.

In processor time, of requests as boto3 sends them, on a bucket that has room for all of them.
"""

import asyncio
import statistics
import sys
import time

from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from aiohttp.typedefs import Handler, Middleware

from events.vocabulary import AccountId
from service.access.caller import CALLER, Caller, Role
from service.access.host_and_origin import host_and_origin
from service.access.throttling import throttled
from service.access.throttling_rates import rates
from service.access.token_buckets import BucketsOfAProcess
from service.observing.metrics import Metrics

REQUESTS = 50_000
ROUNDS = 5

MOST_MICROSECONDS = 10.0
"""For each of the two."""

HEADERS = {
    "Host": "localhost:8080",
    "Accept-Encoding": "identity",
    "User-Agent": "Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1 os/linux md/arch#x86_64 lang/python#3.11",
    "X-Amz-Date": "20260101T000000Z",
    "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/iot/aws4_request, Signature="
    + 64 * "0",
}


def main() -> None:
    """Print what was measured; end with status 1 if it is beyond its limit."""
    buckets = BucketsOfAProcess(time.monotonic)
    parts = {
        "host and origin": host_and_origin("127.0.0.1", frozenset()),
        "throttling": throttled(buckets, rates("1000000"), 429, Metrics()),
    }
    is_within = [asyncio.run(_measure(name, part)) for name, part in parts.items()]
    if not all(is_within):
        sys.exit(1)


async def _measure(name: str, part: Middleware) -> bool:
    app = web.Application()
    route = app.router.add_get("/audit/tasks/{taskId}", _answer, name="DescribeAuditTask")
    request = make_mocked_request("GET", "/audit/tasks/" + 32 * "a", headers=HEADERS, app=app)
    request._match_info = await app.router.resolve(request)
    assert request.match_info.route is route
    request[CALLER] = Caller(AccountId("000000000000"), "AKIDEXAMPLE", Role.ADMINISTRATOR)
    alone = statistics.median([await _seconds(_answer, request) for _ in range(ROUNDS)])

    async def through(asked: web.Request) -> web.StreamResponse:
        return await part(asked, _answer)

    behind = statistics.median([await _seconds(through, request) for _ in range(ROUNDS)])
    microseconds = (behind - alone) / REQUESTS * 1e6
    print(f"{name:16} {microseconds:5.2f} µs a request  (at most {MOST_MICROSECONDS})")  # noqa: T201
    return microseconds <= MOST_MICROSECONDS


async def _seconds(handler: Handler, request: web.Request) -> float:
    began = time.process_time()
    for _ in range(REQUESTS):
        await handler(request)
    return time.process_time() - began


_ANSWERED = web.Response()


async def _answer(_: web.Request) -> web.StreamResponse:
    return _ANSWERED


if __name__ == "__main__":
    main()
