import pytest
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st

from service.access.open_door import claimed_actor


def signed(authorization):
    return make_mocked_request("GET", "/", {"Authorization": authorization})


def test_the_actor_is_the_access_key_of_the_signature():
    assert (
        claimed_actor(
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
    assert claimed_actor(signed(authorization)) == "anonymous"
    assert claimed_actor(make_mocked_request("GET", "/")) == "anonymous"


@given(st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0")))
def test_the_actor_is_a_short_word_whatever_is_sent(text):
    name = claimed_actor(signed(text))
    assert name.isascii()
    assert name.replace("_", "a").isalnum()
    assert len(name) <= 128
