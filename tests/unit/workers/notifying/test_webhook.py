"""Posting to a webhook: what it gets, and how it may fail, over real sockets."""

import base64
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from time import monotonic

import pytest

from events.vocabulary import AccountId
from tests.support.webhook_receiver import SECRET, WebhookReceiver, badly, never, webhook_receiver
from workers.notifying.delivery import NotDelivered, Outgoing
from workers.notifying.signature import signed_headers, signing_key
from workers.notifying.webhook import Webhook
from workers.revocation.address_rules import PUBLIC_ONLY, AddressRules

LOOPBACK = AddressRules.parse("127.0.0.1")
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
OUTGOING = Outgoing("id-1", '{"taskId":"ä"}', AccountId("000000000000"), "", "", MOMENT)


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with webhook_receiver() as server:
        yield server


def webhook(url: str, rules: AddressRules = LOOPBACK, request: float = 15.0) -> Webhook:
    return Webhook(url, SECRET.encode(), rules, request=request)


def failure(hook: Webhook) -> str:
    with pytest.raises(NotDelivered) as raised:
        hook.deliver(OUTGOING)
    return str(raised.value)


def test_it_gets_the_message_signed_with_its_id_and_the_time(receiver):
    assert webhook(receiver.url).deliver(OUTGOING) == "status 204"
    [posted] = receiver.posted
    assert posted.body.decode() == OUTGOING.body
    assert posted.headers["content-type"] == "application/json"
    assert posted.message_id == "id-1"
    assert posted.headers["webhook-timestamp"] == str(int(MOMENT.timestamp()))
    assert posted.is_ours()
    assert not posted.is_ours(b"another secret of 24 bytes")


def test_the_signature_is_that_of_standard_webhooks():
    # The example of its specification.
    key = signing_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    moment = datetime.fromtimestamp(1614265330, UTC)
    headers = signed_headers(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", moment, b'{"test": 2432232314}')
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_is_text_or_base64_and_long_enough():
    key = bytes(range(24))
    assert signing_key("whsec_" + base64.b64encode(key).decode()) == key
    assert signing_key("x" * 24) == b"x" * 24
    for wrong, why in (("short", "24 bytes"), ("whsec_AAAA", "24 bytes"), ("whsec_!", "base64")):
        with pytest.raises(ValueError, match=why):
            signing_key(wrong)


@pytest.mark.parametrize("status", [301, 400, 404, 410, 500])
def test_any_other_status_is_a_failure_and_redirects_are_not_followed(receiver, status):
    receiver.answer = lambda exchange: exchange.send(status, Location=receiver.url)
    assert failure(webhook(receiver.url)) == f"The webhook's server answers with status {status}."
    assert len(receiver.posted) == 1


def test_a_server_that_hangs_is_given_up_after_its_time(receiver):
    receiver.answer = never
    began = monotonic()
    assert "takes too long" in failure(webhook(receiver.url, request=0.3))
    assert monotonic() - began < 5


def test_a_server_whose_answer_drips_is_given_up_after_its_time(receiver):
    def drip(exchange):
        while not exchange.server.closing.wait(0.05):
            exchange.wfile.write(b"H")

    receiver.answer = drip
    assert "can't be told" in failure(webhook(receiver.url, request=0.5))


def test_a_slow_answer_in_time_is_taken_and_its_body_not_waited_for(receiver):
    def slowly(exchange):
        exchange.server.closing.wait(0.3)
        exchange.send_response(200)
        exchange.send_header("Content-Length", "1000000")
        exchange.end_headers()

    receiver.answer = slowly
    assert webhook(receiver.url).deliver(OUTGOING) == "status 200"


def test_nobody_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    assert "refuses connections" in failure(webhook(url))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
def test_addresses_that_are_not_public_have_to_be_opened(receiver, host):
    url = receiver.url.replace("127.0.0.1", host)
    assert "FLEET_AUDIT_WEBHOOK_ALLOW" in failure(webhook(url, PUBLIC_ONLY))
    assert receiver.posted == []


def test_a_host_can_be_opened_by_name(receiver):
    url = receiver.url.replace("127.0.0.1", "localhost")
    assert webhook(url, AddressRules.parse("localhost")).deliver(OUTGOING) == "status 204"


def test_neither_url_nor_key_is_shown(receiver):
    receiver.answer = badly
    hook = webhook(f"{receiver.url}?token=hidden")
    assert "hidden" not in failure(hook) + repr(hook)
    assert SECRET not in repr(hook)
