import logging

import orjson
import pytest
from aiohttp import web

from events.errors import (
    AlreadyExists,
    EventTooLarge,
    InvalidRequest,
    LimitExceeded,
    LogUnavailable,
    NotFound,
    Refusal,
    StoreUnavailable,
    StreamConflict,
)
from service.access.refusals import NotLetIn
from service.access.throttling import Throttled
from service.wire.errors import ERRORS, LONGEST_MESSAGE, error_response, shape_of
from tests.support.iot_model import OUR_ERRORS, iot


def answer(error):
    response = error_response(error, "request-1")
    assert isinstance(response.body, bytes)
    return response.status, response.headers["x-amzn-ErrorType"], orjson.loads(response.body)


@pytest.mark.parametrize(
    ("refusal", "status", "name"),
    [
        (InvalidRequest("why"), 400, "InvalidRequestException"),
        (EventTooLarge("why"), 400, "InvalidRequestException"),
        (NotFound("why"), 404, "ResourceNotFoundException"),
        (LimitExceeded("why"), 410, "LimitExceededException"),
    ],
)
def test_a_refusal_is_answered_with_its_own_words(refusal, status, name):
    assert answer(refusal) == (status, name, {"message": "why"})


def test_what_exists_already_is_named():
    assert answer(AlreadyExists("why", "nightly", "arn")) == (
        409,
        "ResourceAlreadyExistsException",
        {"message": "why", "resourceId": "nightly", "resourceArn": "arn"},
    )


@pytest.mark.parametrize(
    "fault",
    [
        StoreUnavailable("/var/lib/events.sqlite: disk I/O error"),
        LogUnavailable("database is locked"),
        ValueError("SELECT secret"),
        TimeoutError(),
        KeyError("x"),
        web.HTTPInternalServerError(text="inner"),
        Refusal("of a kind that nobody knows"),
    ],
)
def test_a_fault_says_nothing_but_that_and_the_log_says_all(fault, caplog):
    with caplog.at_level(logging.ERROR):
        said = answer(fault)
    assert said == (500, "InternalFailureException", {"message": "An unexpected error has occurred."})
    (record,) = caplog.records
    assert "request-1" in record.getMessage()
    assert record.exc_info[1] is fault


def test_a_command_that_others_were_faster_than_can_be_tried_again():
    status, name, body = answer(StreamConflict("UNIQUE constraint failed"))
    assert (status, name) == (503, "ServiceUnavailableException")
    assert "Try again" in body["message"]
    assert "UNIQUE" not in body["message"]


def test_a_refusal_is_no_news_for_the_log(caplog):
    with caplog.at_level(logging.DEBUG):
        answer(NotFound("why"))
    assert caplog.records == []


def test_a_message_has_an_end():
    _, _, body = answer(InvalidRequest("x" * 1_000_000))
    assert len(body["message"]) == LONGEST_MESSAGE + len("...")


def test_an_error_below_one_in_the_table_is_answered_like_it():
    class NotFoundHere(NotFound):
        pass

    assert shape_of(NotFoundHere()) is ERRORS[NotFound]


def test_every_error_is_aws_own_or_one_that_no_operation_declares():
    for shape in ERRORS.values():
        if shape.name not in OUR_ERRORS and shape is not ERRORS[Throttled]:
            assert iot().shape_for(shape.name).metadata["error"]["httpStatusCode"] == shape.status


def test_every_refusal_of_the_domain_is_in_the_table():
    kinds = set(Refusal.__subclasses__()) | set(NotLetIn.__subclasses__())
    assert kinds - {NotLetIn} <= set(ERRORS)


@pytest.mark.parametrize("status", [400, 429])
def test_the_status_of_throttling_is_a_setting(status):
    response = error_response(Throttled(status, 0.2), "request-1")
    assert response.status == status
    assert response.headers["x-amzn-ErrorType"] == "ThrottlingException"
    assert response.headers["Retry-After"] == "1"
    assert response.body == b'{"message":"Rate exceeded"}'
