import asyncio

import pytest
from aiohttp import web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.streams import StreamReader
from aiohttp.test_utils import make_mocked_request

from service.operations.start_on_demand_audit_task import StartOnDemandAuditTaskRequest
from service.wire.reading import read


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
