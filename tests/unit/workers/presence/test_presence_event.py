"""The events of AWS's format are read as they are, and everything else is refused by its member."""

from contextlib import suppress

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.presence import CERTIFICATE, members
from workers.presence.presence_event import (
    PresenceEvent,
    PresenceEventRejected,
    parse_presence_event,
    presence_event,
)


def parsed(**changed):
    return parse_presence_event(orjson.dumps(members(**changed)))


def test_a_connect_of_the_guide_is_read():
    assert parsed() == PresenceEvent(
        client_id="door-1",
        principal=CERTIFICATE,
        session_id="a4666d2a7d844ae4ac5d7b38c9cb7967",
        version=0,
        is_connect=True,
        at=1_767_225_600_000,
    )


@pytest.mark.parametrize(
    ("reason", "was_displaced"),
    [("DUPLICATE_CLIENTID", True), ("CLIENT_INITIATED_DISCONNECT", False), ("", None), (None, None)],
)
def test_a_disconnect_says_whether_another_connection_was_the_reason(reason, was_displaced):
    event = parsed(event_type="disconnected", disconnectReason=reason)
    assert (event.is_connect, event.was_displaced) == (False, was_displaced)


def test_a_certificate_id_is_in_lower_case_and_another_principal_as_it_was_told():
    assert parsed(principalIdentifier=CERTIFICATE.upper()).principal == CERTIFICATE
    assert parsed(principalIdentifier="AROAEXAMPLE:Session").principal == "AROAEXAMPLE:Session"


def test_a_broker_that_does_not_number_its_connections_is_read():
    assert parsed(versionNumber=None).version == 0


def test_members_of_other_names_are_passed_over():
    assert parsed(awsRequestId="r", nested={"a": [1]}) == parsed()


@pytest.mark.parametrize("client_id", ["a b/+#$'\";--", "\u202e\x07\n", "é" * 64, "%s{0}", "../../etc"])
def test_a_client_id_is_kept_as_it_is(client_id):
    assert parsed(clientId=client_id).client_id == client_id


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"eventType": "subscribed"}, "eventType must be connected or disconnected"),
        ({"eventType": None}, "eventType must be connected or disconnected"),
        ({"eventType": ["connected"]}, "eventType must be connected or disconnected"),
        ({"clientId": None}, "clientId must be a string of 1 to 128 bytes without null characters"),
        ({"clientId": ""}, "clientId must be"),
        ({"clientId": "a\0b"}, "clientId must be"),
        ({"clientId": "é" * 65}, "clientId must be"),
        ({"clientId": 7}, "clientId must be"),
        ({"principalIdentifier": None}, "principalIdentifier must be a string of 1 to 256 bytes"),
        ({"sessionIdentifier": "s" * 257}, "sessionIdentifier must be a string of 1 to 256 bytes"),
        ({"timestamp": None}, "timestamp must be milliseconds since 1970, a whole number"),
        ({"timestamp": "1767225600000"}, "timestamp must be"),
        ({"timestamp": 1767225600000.5}, "timestamp must be"),
        ({"timestamp": -1}, "timestamp must be"),
        ({"timestamp": 253_402_300_800_000}, "timestamp must be"),
        ({"timestamp": True}, "timestamp must be"),
        ({"versionNumber": "1"}, "versionNumber must be a whole number"),
        ({"versionNumber": 2**63}, "versionNumber must be a whole number"),
        ({"ipAddress": 1}, "ipAddress must be a string"),
        ({"clientInitiatedDisconnect": "yes"}, "clientInitiatedDisconnect must be true or false"),
        ({"disconnectReason": 1}, "disconnectReason must be a string"),
    ],
)
def test_what_is_wrong_is_named(changed, says):
    with pytest.raises(PresenceEventRejected, match=f"^{says}"):
        parsed(**changed)


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b"null", b"[]", b'"connected"', b"[" * 100_000, '"\ud800"'])
def test_what_is_not_a_json_object_is_refused(text):
    with pytest.raises(PresenceEventRejected, match=r"^not "):
        parse_presence_event(text)


def test_half_of_a_surrogate_pair_is_refused():
    with pytest.raises(PresenceEventRejected, match=r"^clientId must be"):
        presence_event(members(clientId="\ud800"))


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers())


@given(st.dictionaries(st.sampled_from(sorted(members("disconnected"))), VALUES))
def test_anything_else_is_refused_and_nothing_crashes(changed):
    told = members("disconnected") | changed
    with suppress(PresenceEventRejected):
        assert presence_event(told).client_id == told["clientId"]
