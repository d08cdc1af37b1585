"""Bodies that are compressed: taken as what they stand for, if they are whole."""

import gzip
import json
import zlib

import aiohttp
import pytest

from service.listening import listening
from service.operations.import_inventory import PATH as IMPORT
from service.operations.import_presence import PATH as PRESENCE
from tests.support.described_answers import REFEREES
from tests.support.given import ACCOUNT
from tests.support.inventory_records import EVERY_POLICY, policy_line
from tests.support.presence import members

POLICIES = b"".join(policy_line(number) for number in range(2_000))
EVENT = json.dumps(members("connected")).encode() + b"\n"

PACKINGS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "two parts": lambda body: gzip.compress(body[: len(body) // 2]) + gzip.compress(body[len(body) // 2 :]),
}
SPOILINGS = {
    "cut in half": lambda packed: packed[: len(packed) // 2],
    "cut before its sum": lambda packed: packed[:-8],
    "cut in its last byte": lambda packed: packed[:-1],
    "without anything": lambda _: b"",
    "another sum": lambda packed: packed[:-8] + bytes([packed[-8] ^ 1]) + packed[-7:],
    "rubbish behind it": lambda packed: packed + b"{}\n",
    "nothing like it": lambda _: POLICIES,
}


@pytest.fixture
async def post(serving):
    async with listening(serving) as url, aiohttp.ClientSession(url, middlewares=REFEREES) as session:

        async def send(path, body, encoding="gzip", kind="application/x-ndjson"):
            headers = {"Content-Type": kind, "Content-Encoding": encoding}
            async with session.post(path, data=body, headers=headers) as answer:
                return answer.status, await answer.json()

        yield send


def policies(serving):
    return serving.inventory.count(ACCOUNT, EVERY_POLICY, serving.inventory.current_version(ACCOUNT))


@pytest.mark.parametrize("how", PACKINGS)
async def test_an_import_is_unpacked(post, serving, how):
    status, answer = await post(IMPORT, PACKINGS[how](POLICIES), "deflate" if how == "deflate" else "gzip")
    assert (status, answer["added"], policies(serving)) == (200, 2_000, 2_000)


@pytest.mark.parametrize("query", ["", "?replace=true"])
@pytest.mark.parametrize("how", SPOILINGS)
async def test_one_that_is_not_whole_leaves_the_inventory_as_it_was(post, serving, how, query):
    await post(IMPORT, gzip.compress(POLICIES))
    changed = gzip.compress(POLICIES[: len(POLICIES) // 2] + policy_line(5_000))

    status, answer = await post(IMPORT + query, SPOILINGS[how](changed))

    assert (status, policies(serving), serving.inventory.current_version(ACCOUNT)) == (400, 2_000, 1)
    assert "gzip" in answer["message"]


@pytest.mark.parametrize("how", SPOILINGS)
async def test_nor_are_presence_events_that_are_not_whole(post, how):
    assert (await post(PRESENCE, gzip.compress(EVENT)))[0] == 200
    status, answer = await post(PRESENCE, SPOILINGS[how](gzip.compress(EVENT * 10)))
    assert status == 400
    assert "gzip" in answer["message"]


@pytest.mark.parametrize("how", PACKINGS)
async def test_a_small_body_is_unpacked(post, how):
    packed = PACKINGS[how](b'{"maxResults": "many"}')
    status, answer = await post(
        "/audit/findings", packed, "deflate" if how == "deflate" else "gzip", "application/json"
    )
    assert status == 400
    assert "'maxResults' failed to satisfy constraint" in answer["message"]


@pytest.mark.parametrize(
    "how", sorted(SPOILINGS.keys() - {"without anything"})
)  # which has no members, packed or not
async def test_one_that_is_not_whole_is_refused(post, how):
    packed = SPOILINGS[how](gzip.compress(b'{"maxResults": 1}'))
    status, answer = await post("/audit/findings", packed, kind="application/json")
    assert status == 400
    assert "gzip" in answer["message"]


@pytest.mark.parametrize(("length", "status"), [(2**20, 200), (2**20 + 1, 413)])
async def test_one_is_as_large_as_what_it_stands_for(post, length, status):
    asked = b'{"taskId": "00000000-0000-4000-8000-000000000000"}'
    packed = gzip.compress(asked.ljust(length))
    assert (await post("/audit/findings", packed, kind="application/json"))[0] == status
