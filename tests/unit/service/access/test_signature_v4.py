"""Our verification against botocore's signer: what that has signed is accepted, and nothing else."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from multidict import CIMultiDict

from service.access.minting import AccessKey
from service.access.refusals import (
    IncompleteSignature,
    InvalidSignature,
    MissingAuthenticationToken,
    NotLetIn,
    UnrecognizedClient,
)
from service.access.signature_v4 import examine, signing_key
from tests.support.signing import EXAMPLE, signed_headers

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOST = "http://127.0.0.1:8080"
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")

# What stands in a path or a query on the wire; botocore signs it as it is, and so do we read it.
PIECES = st.text("abcXYZ019-_.~", min_size=1, max_size=8) | st.sampled_from(
    ["%20", "%2F", "%25", "%C3%A9", "+", ":", "@", "..", ".", "", "=", "$", "%7E", "*", "a%2fb", ","]
)
PATHS = st.lists(PIECES, max_size=6).map(lambda pieces: "/" + "/".join(pieces))
PAIRS = st.tuples(PIECES, PIECES).map(lambda pair: f"{pair[0]}={pair[1]}") | PIECES
QUERIES = st.lists(PAIRS, max_size=6).map("&".join)
NAMES = st.sampled_from(
    ["Content-Type", "X-Amz-Target", "x-amz-meta-a", "Accept", "X-Fleet-Audit-As-Of", "amz-sdk-request", "A_b"]
)
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=24)
HEADERS = st.dictionaries(NAMES, VALUES, max_size=5)


def accepts(method, target, headers, body, key=EXAMPLE, now=NOW):
    try:
        signed = examine(method, target, headers, "us-east-1", now)
    except NotLetIn:
        return False
    secret = key.secret if signed.authorization.access_key_id == key.access_key_id else "of nobody"
    digest = sha256(body).hexdigest()
    is_signed = signed.is_by(signing_key(secret, signed.authorization.date, "us-east-1"), digest)
    return is_signed and signed.body_sha256 in (None, digest)


def sent(method="GET", target="/audit/tasks/a", body=b"", headers=None, key=EXAMPLE, now=NOW, **scope):
    return signed_headers(key, now, method, HOST + target, body, headers or {}, **scope)


@settings(max_examples=2_000, deadline=None)
@given(st.sampled_from(METHODS), PATHS, QUERIES, HEADERS, st.binary(max_size=200))
def test_whatever_botocore_signs_is_accepted(method, path, query, headers, body):
    target = f"{path}?{query}" if query else path
    given_headers = sent(method, target, body, headers)

    assert accepts(method, target, given_headers, body)
    assert not accepts(method, target, given_headers, body + b" ")
    assert not accepts(method, target, given_headers, body, AccessKey(EXAMPLE.access_key_id, EXAMPLE.secret[:-1]))


def of_every_sort():
    """Requests as the API has them, a thousand of them, the same at each run."""
    random = Random(4)
    for number in range(1_000):
        method = random.choice(METHODS)
        task = random.randbytes(16).hex()
        path = random.choice(
            [f"/audit/tasks/{task}", "/audit/findings", f"/tags?resourceArn=arn%3Aaws%3A{number}"]
        )
        query = random.choice(["", "maxResults=25&nextToken=a%2Bb%3D%3D", "startTime=2026-01-01T00%3A00%3A00Z"])
        target = f"{path}{'&' if '?' in path else '?'}{query}" if query else path
        yield method, target, random.randbytes(random.randrange(0, 300))


def test_a_thousand_requests_of_the_api_are_accepted():
    assert [
        (method, target)
        for method, target, body in of_every_sort()
        if not accepts(method, target, sent(method, target, body), body)
    ] == []


METHOD, TARGET, BODY = "PATCH", "/audit/scheduledaudits/weekly%20one?a=1&b=%2F2", b'{"frequency": "DAILY"}'
SIGNED = {"Content-Type": "application/json", "X-Amz-Target": "some thing", "X-Amz-Content-SHA256": ""}
SIGNED["X-Amz-Content-SHA256"] = sha256(BODY).hexdigest()


def changes_of(text, letters):
    """The text with each of its characters replaced by another, left out, or with one more before it."""
    for place, letter in enumerate(text):
        for other in letters:
            if other != letter:
                yield text[:place] + other + text[place + 1 :]
            yield text[:place] + other + text[place:]
        yield text[:place] + text[place + 1 :]


LETTERS = "".join(map(chr, range(33, 127)))


def test_every_change_of_a_byte_is_refused():
    headers = sent(METHOD, TARGET, BODY, SIGNED)
    assert accepts(METHOD, TARGET, headers, BODY)

    taken = [each for each in changes_of(METHOD, LETTERS) if accepts(each, TARGET, headers, BODY)]
    bodies = (changed.encode() for changed in changes_of(BODY.decode(), LETTERS))
    taken += [each for each in bodies if accepts(METHOD, TARGET, headers, each)]
    # A slash more is the same path, as AWS reads it.
    targets = (changed for changed in changes_of(TARGET, LETTERS) if changed.replace("//", "/") != TARGET)
    taken += [each for each in targets if accepts(METHOD, each, headers, BODY)]
    assert taken == []


@pytest.mark.parametrize("name", [*sent(METHOD, TARGET, BODY, SIGNED)])
def test_every_change_of_a_byte_of_a_header_is_refused(name):
    headers = sent(METHOD, TARGET, BODY, SIGNED)

    taken = []
    for changed in changes_of(headers[name], LETTERS):
        altered = CIMultiDict(headers)
        altered[name] = changed
        if accepts(METHOD, TARGET, altered, BODY):
            taken.append(changed)
    assert taken == []


@pytest.mark.parametrize(
    "name", ["X-Amz-Security-Token", "X-Amz-Foo", "x-amz-target", "X-Fleet-Audit-As-Of", "Host"]
)
def test_a_header_that_was_not_signed_is_refused(name):
    headers = sent()
    headers.add(name, "added")

    assert not accepts("GET", "/audit/tasks/a", headers, b"")


@pytest.mark.parametrize("name", [*sent(METHOD, TARGET, BODY, SIGNED)])
def test_a_header_that_was_signed_must_be_there(name):
    headers = sent(METHOD, TARGET, BODY, SIGNED)
    del headers[name]

    assert not accepts(METHOD, TARGET, headers, BODY)


@pytest.mark.parametrize(("seconds", "is_let_in"), [(-301, False), (-300, True), (300, True), (301, False)])
def test_a_signature_is_good_for_five_minutes(seconds, is_let_in):
    signed_at = NOW + timedelta(seconds=seconds)

    assert accepts("GET", "/audit/tasks/a", sent(now=signed_at), b"") is is_let_in


def refusal(headers, target="/audit/tasks/a"):
    with pytest.raises(NotLetIn) as refused:
        examine("GET", target, headers, "us-east-1", NOW)
    return refused.value


def altered(name, old, new):
    headers = sent()
    headers[name] = headers[name].replace(old, new)
    return headers


@pytest.mark.parametrize(
    ("headers", "kind", "saying"),
    [
        (CIMultiDict(), MissingAuthenticationToken, "Missing Authentication Token"),
        (CIMultiDict(Authorization="Bearer abc"), IncompleteSignature, "AWS4-HMAC-SHA256"),
        (CIMultiDict(Authorization="AWS4-ECDSA-P256-SHA256 Credential=a"), IncompleteSignature, "Version 4a"),
        (altered("Authorization", "Signature=", "Sig="), IncompleteSignature, "'Signature' parameter"),
        (altered("Authorization", "Credential=", "C="), IncompleteSignature, "'Credential' parameter"),
        (altered("Authorization", "host;x-amz-date", "x-amz-date;host"), IncompleteSignature, "sorted"),
        (altered("Authorization", "host;x-amz-date", "host"), IncompleteSignature, "'X-Amz-Date'"),
        (altered("X-Amz-Date", "T12", "T1"), IncompleteSignature, "'X-Amz-Date'"),
        (altered("X-Amz-Date", "20260101T12", "20261301T99"), IncompleteSignature, "a time that there is"),
        (sent(now=NOW - timedelta(hours=1)), InvalidSignature, "Signature expired"),
        (sent(now=NOW + timedelta(hours=1)), InvalidSignature, "not yet current"),
        (altered("Authorization", "/20260101/", "/20260102/"), InvalidSignature, "Credential scope"),
        (sent(region="eu-west-1"), InvalidSignature, "region us-east-1"),
        (sent(service="sts"), InvalidSignature, "service iot"),
        (sent(headers={"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"}), IncompleteSignature, "not signed"),
        (
            sent(headers={"X-Amz-Content-SHA256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"}),
            IncompleteSignature,
            "in chunks",
        ),
        (sent(headers={"X-Amz-Security-Token": "a"}), UnrecognizedClient, "security token"),
    ],
)
def test_what_is_wrong_is_said(headers, kind, saying):
    refused = refusal(headers)

    assert type(refused) is kind
    assert saying in str(refused)


def test_presigned_requests_are_refused():
    target = "/audit/tasks/a?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00"

    refused = refusal(CIMultiDict(Host="127.0.0.1"), target)

    assert isinstance(refused, IncompleteSignature)
    assert "Presigned" in str(refused)


@given(st.text(max_size=300))
def test_any_authorization_header_is_refused_in_words_of_ours(text):
    assert "<script>" not in str(refusal(CIMultiDict(Authorization=f"{text}<script>", Host="a")))
