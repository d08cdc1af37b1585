"""Whatever is sent to an operation, the answer is the operation's own, and never a fault of ours."""

import http.client
import json
from collections.abc import Iterator
from typing import Any, get_args
from urllib.parse import quote_from_bytes, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from service.routes import OPERATIONS
from tests.support.iot_model import require_answer

SOME = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def members_of(kind: Any) -> Iterator[str]:
    """The wire names of a model's members, and of the structures in them."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            yield field.alias or name
            yield from members_of(field.annotation)
    for part in get_args(kind):
        yield from members_of(part)


WORDS = sorted({word for operation in OPERATIONS for word in members_of(operation.request)})
VALUES = ["DAILY", "MONTHLY", "LAST", "SNS", "LOGGING_DISABLED_CHECK", "2026-01-01", "true", "ab" * 32, "0" * 12]

texts = st.sampled_from(VALUES) | st.text(max_size=20) | st.text(min_size=120, max_size=300)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
documents = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*WORDS, *VALUES]) | texts, inner, max_size=6)
    ),
    max_leaves=20,
)


@pytest.fixture(params=OPERATIONS, ids=lambda each: each.name)
def operation(request):
    return request.param


@pytest.fixture(scope="module")
def connection(shared):
    place = urlsplit(shared[0])
    with_it = http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)
    yield with_it
    with_it.close()


def require_own_answer(connection, operation, variable, query, body):
    path = "/".join(
        quote_from_bytes(variable, safe="") if "{" in part else part for part in operation.path.split("/")
    )
    connection.request(operation.method, f"{path}?{query}", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    raw = answer.read()
    assert answer.status < 500
    require_answer(operation.name, answer.status, answer.headers, raw)


@SOME
@given(
    body=documents.map(lambda document: json.dumps(document).encode()) | st.binary(max_size=100),
    variable=st.binary(min_size=1, max_size=140).filter(lambda drawn: drawn not in {b".", b".."})
    | st.just(b"name"),
)
def test_any_body_and_name(connection, operation, body, variable):
    require_own_answer(connection, operation, variable, "", body)


@SOME
@given(
    query=st.lists(st.tuples(st.sampled_from(WORDS), texts | st.integers().map(str)), max_size=5).map(
        lambda pairs: "&".join(f"{name}={quote_from_bytes(value.encode())}" for name, value in pairs)
    )
    | st.text("=&%+;aZ09", max_size=40),
)
def test_any_query(connection, operation, query):
    require_own_answer(connection, operation, b"name", query, b"")
