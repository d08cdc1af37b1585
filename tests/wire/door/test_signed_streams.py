"""Bodies of any length that are signed: nothing of one is applied that is not what its sender has signed."""

import gzip
import json
from hashlib import sha256
from io import BytesIO

import aiohttp
import pytest

from events.credential import Role
from service.listening import listening
from service.operations.import_inventory import PATH as IMPORT
from service.operations.import_presence import PATH as PRESENCE
from service.settings import Settings
from tests.support.described_answers import REFEREES
from tests.support.front_end import services
from tests.support.given import ACCOUNT
from tests.support.inventory_records import EVERY_POLICY, policy_line
from tests.support.issuing import issuing
from tests.support.signing import signed_headers

POLICIES = b"".join(policy_line(number) for number in range(20_000))


@pytest.fixture
async def post(tmp_path):
    with (
        services(tmp_path, Settings(data_directory=tmp_path)) as given,
        issuing(tmp_path, given) as issuer,
    ):
        key = issuer.create(Role.OPERATOR)
        async with listening(given) as url, aiohttp.ClientSession(middlewares=REFEREES) as session:

            async def send(path, body, digest=None, **others):
                stated = {"Content-Type": "application/x-ndjson", **others}
                if digest is not None:
                    stated["X-Amz-Content-SHA256"] = digest
                headers = signed_headers(key, given.clock.now(), "POST", url + path, body, stated)
                async with session.post(url + path, data=BytesIO(body), headers=headers) as answer:
                    return answer.status, answer.headers.get("x-amzn-ErrorType"), await answer.json()

            def policies():
                inventory = given.inventory
                return inventory.count(ACCOUNT, EVERY_POLICY, inventory.current_version(ACCOUNT))

            yield send, policies


async def test_a_stream_whose_digest_was_signed_is_imported(post):
    send, policies = post

    status, _, answer = await send(IMPORT, POLICIES, sha256(POLICIES).hexdigest())

    assert (status, answer["added"], policies()) == (200, 20_000, 20_000)


async def test_a_stream_of_another_digest_leaves_the_inventory_as_it_was(post):
    send, policies = post
    await send(IMPORT, POLICIES[: POLICIES.index(b"\n") + 1])

    refused = await send(IMPORT, POLICIES, sha256(POLICIES + b"\n").hexdigest())

    assert refused[:2] == (403, "InvalidSignatureException")
    assert policies() == 1


async def test_a_body_that_is_small_needs_no_digest(post):
    send, policies = post

    assert (await send(IMPORT, POLICIES[: POLICIES.index(b"\n") + 1]))[0] == 200
    assert policies() == 1


async def test_a_long_one_does(post):
    send, policies = post

    assert (await send(IMPORT, POLICIES))[:2] == (413, "RequestEntityTooLargeException")
    assert policies() == 0


async def test_presence_events_are_checked_before_any_is_recorded(post):
    send, _ = post
    event = json.dumps({"clientId": "a", "timestamp": 1767225600000, "eventType": "connected"}).encode() + b"\n"

    assert (await send(PRESENCE, event))[0] == 200
    assert (await send(PRESENCE, event, sha256(b"").hexdigest()))[:2] == (403, "InvalidSignatureException")
    assert (await send(PRESENCE, event * 20_000, sha256(event * 20_000).hexdigest()))[0] == 413


@pytest.mark.parametrize("path", [IMPORT, PRESENCE])
@pytest.mark.parametrize("is_stated", [True, False])
async def test_what_is_signed_of_a_compressed_body_is_what_was_sent(post, path, is_stated):
    send, _ = post
    packed = gzip.compress(POLICIES)

    status, _, answer = await send(
        path, packed, sha256(packed).hexdigest() if is_stated else None, **{"Content-Encoding": "gzip"}
    )

    assert status == 200
    assert 20_000 in {answer.get("added"), answer["rejected"]}


@pytest.mark.parametrize("path", [IMPORT, PRESENCE])
async def test_and_not_what_it_stands_for(post, path):
    send, policies = post

    refused = await send(
        path, gzip.compress(POLICIES), sha256(POLICIES).hexdigest(), **{"Content-Encoding": "gzip"}
    )

    assert refused[:2] == (403, "InvalidSignatureException")
    assert policies() == 0


async def test_one_that_was_signed_as_it_was_cut_off_is_refused_all_the_same(post):
    send, policies = post
    packed = gzip.compress(POLICIES)
    half = packed[: len(packed) // 2]

    refused = await send(IMPORT, half, sha256(half).hexdigest(), **{"Content-Encoding": "gzip"})

    assert refused[:2] == (400, "InvalidRequestException")
    assert policies() == 0
