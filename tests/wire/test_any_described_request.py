"""Schemathesis asks a live service whatever its document allows, and what it does not: every answer is described.

The same requests on every run. What it has found is a plain test beside the others of its operation.
"""

from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.support.described_answers import document
from tests.support.live_service import live_service

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]

BUDGET = settings(
    max_examples=24,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)

POSITIVE, NEGATIVE = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE

STREAM = "application/x-ndjson"


@schemathesis.serializer(STREAM)
def ndjson(_: Any, value: Any) -> bytes:
    """A stream is text already."""
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    with live_service(tmp_path_factory.mktemp("live")) as (url, there), requests.Session() as session:
        described = schemathesis.openapi.from_dict(document())
        described.config.update(base_url=url)
        described.config.generation.with_security_parameters = False  # the service is open
        yield described, session, there


def operations():
    return [
        (path, method, operation["operationId"])
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    ]


@pytest.fixture(params=operations(), ids=lambda each: each[2])
def operation(request, live):
    path, method, _ = request.param
    return live[0][path][method.upper()]


def with_what_is_there(case: Any, there: Any) -> None:
    """Let a request name what the service has, where it names such a thing."""
    for members in (case.path_parameters, case.query, case.body):
        if isinstance(members, dict):
            members.update({name: there[name] for name in members if name in there})


@BUDGET
@given(data=st.data())
def test_every_answer_is_described(operation, live, data):
    _, session, there = live
    # Whatever is in a stream, its lines are refused one by one, and the stream is not.
    is_stream = STREAM in operation.get_request_payload_content_types()
    mode = POSITIVE if is_stream else data.draw(st.sampled_from((POSITIVE, NEGATIVE)))
    case = data.draw(operation.as_strategy(generation_mode=mode))
    if mode is POSITIVE and data.draw(st.booleans()):
        with_what_is_there(case, there)
    must_refuse = [negative_data_rejection] if mode is NEGATIVE else []
    case.call_and_validate(session=session, checks=[*CHECKS, *must_refuse], timeout=20)
