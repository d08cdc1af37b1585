import asyncio

import pytest
from aiohttp import web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.streams import StreamReader
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st

from service.operations.start_on_demand_audit_task import StartOnDemandAuditTaskRequest
from service.wire.reading import actor, read


def signed(authorization):
    return make_mocked_request("GET", "/", {"Authorization": authorization})


def test_the_actor_is_the_access_key_of_the_signature():
    assert (
        actor(
            signed(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/iot/aws4_request, "
                "SignedHeaders=host;x-amz-date, Signature=abc"
            )
        )
        == "AKIDEXAMPLE"
    )


@pytest.mark.parametrize(
    "authorization",
    ["", "Basic YTpi", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=/x", f"AWS4 Credential={'A' * 129}/x"],
)
def test_without_an_access_key_the_actor_is_anonymous(authorization):
    assert actor(signed(authorization)) == "anonymous"
    assert actor(make_mocked_request("GET", "/")) == "anonymous"


@given(st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0")))
def test_the_actor_is_a_short_word_whatever_is_sent(text):
    name = actor(signed(text))
    assert name.isascii()
    assert name.replace("_", "a").isalnum()
    assert len(name) <= 128


async def test_a_body_that_does_not_come_in_time_is_not_waited_for():
    loop = asyncio.get_running_loop()
    connection = BaseProtocol(loop)
    connection.connection_made(asyncio.Transport())
    never_ends = StreamReader(connection, 2**16, loop=loop)
    never_ends.feed_data(b'{"targetCheckNames": [')
    request = make_mocked_request("POST", "/audit/tasks", {"Content-Length": "100"}, payload=never_ends)
    with pytest.raises(web.HTTPRequestTimeout):
        await read(StartOnDemandAuditTaskRequest, request, body_timeout=0.01)


@pytest.mark.parametrize("failure", [ConnectionResetError(), None])
async def test_a_body_whose_sender_has_gone_is_refused(failure):
    loop = asyncio.get_running_loop()
    broken_off = StreamReader(BaseProtocol(loop), 2**16, loop=loop)
    if failure is not None:
        broken_off.set_exception(failure)
    request = make_mocked_request("POST", "/audit/tasks", {"Content-Length": "100"}, payload=broken_off)
    with pytest.raises(web.HTTPBadRequest):
        await read(StartOnDemandAuditTaskRequest, request)
