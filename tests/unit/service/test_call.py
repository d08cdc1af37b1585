from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from events.errors import InvalidRequest, StoreUnavailable
from events.event import Cause
from events.vocabulary import AccountId
from service.access.caller import Caller, Role
from service.call import Call
from service.wire.request import Request
from tests.support.front_end import services

CALLER = Caller(AccountId("123456789012"), "AKIDEXAMPLE", Role.OPERATOR)
REQUEST_ID = "0b1c2d3e-4f50-4a61-a72b-8c93d0e1f234"


@pytest.fixture
def call(tmp_path):
    with services(tmp_path) as given, ThreadPoolExecutor(1) as lists:
        yield Call(Request(), given, REQUEST_ID, CALLER, lists)


async def test_a_command_that_nobody_takes_is_given_up_and_withdrawn(call):
    command: Future[Any] = Future()
    with pytest.raises(StoreUnavailable):
        await call.outcome(command, timeout=0.01)
    assert command.cancelled()


async def test_a_refusal_is_raised_as_it_is(call):
    command: Future[Any] = Future()
    refusal = InvalidRequest("why")
    command.set_exception(refusal)
    with pytest.raises(InvalidRequest) as raised:
        await call.outcome(command)
    assert raised.value is refusal


def test_the_cause_of_an_event_is_who_asked_when_and_in_which_request(call):
    assert call.cause() == Cause(CALLER.account, datetime(2026, 1, 1, tzinfo=UTC), "AKIDEXAMPLE", REQUEST_ID)


def test_a_new_task_has_the_request_s_own_digits(call):
    assert call.new_task_id == REQUEST_ID.replace("-", "")
