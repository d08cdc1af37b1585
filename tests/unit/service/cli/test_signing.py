"""What our own commands send is what the service takes for signed."""

import os
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from multidict import CIMultiDict

from service.access.signature_v4 import examine, signing_key
from service.cli.signing import signed
from service.cli.spooling import spooled
from tests.support.signing import EXAMPLE

URL = "http://127.0.0.1:8080/fleet-audit/clock"


@pytest.fixture(autouse=True)
def _environment(monkeypatch):
    for name in [name for name in os.environ if name.startswith(("AWS_", "FLEET_AUDIT_"))]:
        monkeypatch.delenv(name)


def is_verified(headers, body, region):
    given = CIMultiDict(headers)
    given.setdefault("Host", "127.0.0.1:8080")
    asked = examine("POST", "/fleet-audit/clock", given, region, datetime.now(UTC))
    key = signing_key(EXAMPLE.secret, asked.authorization.date, region)
    return asked.is_by(key, sha256(body).hexdigest())


@pytest.mark.parametrize(
    ("variables", "region"),
    [
        ({}, "us-east-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-1"}, "eu-west-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-1", "FLEET_AUDIT_REGION": "eu-west-3"}, "eu-west-3"),
    ],
)
def test_with_credentials_a_request_is_signed(monkeypatch, variables, region):
    keys = {"AWS_ACCESS_KEY_ID": EXAMPLE.access_key_id, "AWS_SECRET_ACCESS_KEY": EXAMPLE.secret}
    for name, value in {**keys, **variables}.items():
        monkeypatch.setenv(name, value)

    headers = signed("POST", URL, {"Content-Type": "application/json"}, sha256(b"{}").hexdigest())

    assert is_verified(headers, b"{}", region)
    assert EXAMPLE.secret not in repr(headers)


def test_without_credentials_it_is_sent_as_it_is():
    assert signed("GET", URL, {"Accept": "a"}) == {"Accept": "a"}
    with spooled(iter([b"a", b"b"])) as (pieces, digest):
        assert (list(pieces), digest) == ([b"a", b"b"], None)


def test_a_profile_that_is_not_there_signs_nothing(monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")

    assert signed("GET", URL, {"Accept": "a"}) == {"Accept": "a"}


def test_what_is_to_be_signed_is_hashed_before_it_is_sent(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", EXAMPLE.access_key_id)

    with spooled(iter([b"a" * 70_000, b"b"])) as (pieces, digest):
        assert b"".join(pieces) == b"a" * 70_000 + b"b"
    assert digest == sha256(b"a" * 70_000 + b"b").hexdigest()
