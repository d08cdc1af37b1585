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

from events.credential import Role
from tests.support.described_answers import document
from tests.support.issuing import issuing
from tests.support.live_service import Live, live_service
from tests.support.signing import SignedBy

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

FEW = settings(BUDGET, max_examples=4)

POSITIVE, NEGATIVE = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE

STREAM = "application/x-ndjson"


@schemathesis.serializer(STREAM)
def ndjson(_: Any, value: Any) -> bytes:
    """A stream is text already."""
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    with live_service(tmp_path_factory.mktemp("live")) as service, requests.Session() as session:
        yield described(service), session, service.there


@pytest.fixture(scope="module")
def signed(tmp_path_factory):
    """The same with a credential, so that it is open no more."""
    directory = tmp_path_factory.mktemp("signed")
    with (
        live_service(directory) as service,
        issuing(directory, service.services) as issuer,
        requests.Session() as session,
    ):
        session.auth = SignedBy(issuer.create(Role.ADMINISTRATOR))
        yield described(service), session, service.there


def described(service: Live) -> Any:
    """The document, of the service at its address. What is signed is no part of what is made up."""
    schema = schemathesis.openapi.from_dict(document())
    schema.config.update(base_url=service.url)
    schema.config.generation.with_security_parameters = False
    return schema


def operations():
    return [
        (path, method, operation["operationId"])
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    ]


every_operation = pytest.mark.parametrize(
    ("path", "method"), [each[:2] for each in operations()], ids=[each[2] for each in operations()]
)


def with_what_is_there(case: Any, there: Any) -> None:
    """Let a request name what the service has, where it names such a thing."""
    for members in (case.path_parameters, case.query, case.body):
        if isinstance(members, dict):
            members.update({name: there[name] for name in members if name in there})


@every_operation
@BUDGET
@given(data=st.data())
def test_every_answer_is_described(live, path, method, data):
    schema, session, there = live
    operation = schema[path][method.upper()]
    # Whatever is in a stream, its lines are refused one by one, and the stream is not.
    is_stream = STREAM in operation.get_request_payload_content_types()
    mode = POSITIVE if is_stream else data.draw(st.sampled_from((POSITIVE, NEGATIVE)))
    case = data.draw(operation.as_strategy(generation_mode=mode))
    if mode is POSITIVE and data.draw(st.booleans()):
        with_what_is_there(case, there)
    must_refuse = [negative_data_rejection] if mode is NEGATIVE else []
    case.call_and_validate(session=session, checks=[*CHECKS, *must_refuse], timeout=20)


@every_operation
@FEW
@given(data=st.data())
def test_who_has_signed_is_let_in_and_nobody_else(signed, path, method, data):
    schema, session, there = signed
    case = data.draw(schema[path][method.upper()].as_strategy())
    with_what_is_there(case, there)
    answer = case.call_and_validate(session=session, checks=CHECKS, timeout=20)
    assert answer.status_code != 403
    unsigned = case.call_and_validate(checks=CHECKS, timeout=20).status_code
    assert unsigned == (answer.status_code if is_open(path, method) else 403)


def is_open(path: str, method: str) -> bool:
    """Whether the document says that nobody is asked who he is."""
    operation: dict[str, Any] = document()["paths"][path][method]
    return operation.get("security") == []
