"""What the feed says and hears in MQTT 5, which the real broker of the other tests does not speak."""

import pytest

from tests.support.mqtt5_peer import Connect, mqtt5_peer
from tests.support.presence_feed import connected
from tests.support.waiting import until
from workers.presence.mqtt_broker import MqttBroker

DAY = 86_400


@pytest.fixture
def peer():
    with mqtt5_peer() as peer:
        yield peer


@pytest.fixture
def broker(peer):
    return MqttBroker("127.0.0.1", peer.port, "fleet-audit", tls=None)


def test_the_session_is_kept_and_what_may_be_under_way_is_bounded(peer, broker, feed_of):
    feed_of(broker).wait_until_connected()
    assert peer.connects == [
        Connect(
            version=5,
            clean_start=False,
            properties={"session_expiry": DAY, "receive_maximum": 2_000, "maximum_packet_size": 17_408},
        )
    ]


def test_what_was_recorded_is_acknowledged(peer, broker, feed_of):
    messages = [connected("door-1"), ("$aws/events/presence/connected/x", "rubbish"), connected("door-2")]
    peer.kept = {number: (topic, text.encode()) for number, (topic, text) in enumerate(messages, 1)}
    work = feed_of(broker)
    work.wait_for("door-1", "door-2")
    until(lambda: not peer.kept)


def test_what_could_not_be_recorded_is_not(peer, broker, feed_of):
    topic, text = connected("door-1")
    peer.kept = {1: (topic, text.encode())}
    first = feed_of(broker)
    first.store_is_away = True
    first.wait_for_problem("away")
    first.stop()
    assert list(peer.kept) == [1]
    feed_of(broker).wait_for("door-1")
    until(lambda: not peer.kept)


def test_what_there_was_no_place_for_comes_again(peer, broker, feed_of):
    messages = [connected(f"door-{number}") for number in range(4_000)]
    peer.kept = {number: (topic, text.encode()) for number, (topic, text) in enumerate(messages, 1)}
    work = feed_of(broker)
    work.store_is_away = True
    until(lambda: work.refusals > 2)  # meanwhile the peer, which knows no bounds, sends what it has
    work.store_is_away = False
    until(lambda: not peer.kept)
    assert len(work.clients()) == len(messages)


def test_switched_off_the_session_is_ended(peer, broker, feed_of):
    work = feed_of(broker)
    work.wait_until_connected()
    work.is_collecting = False
    until(lambda: len(peer.connects) == 2)
    assert peer.connects[-1].clean_start
    assert peer.connects[-1].properties["session_expiry"] == 0


def test_a_refusal_to_connect_is_said(peer, broker, feed_of):
    peer.connect_code = 0x86
    feed_of(broker).wait_for_problem("Bad user name or password")


def test_a_refused_topic_is_said(peer, broker, feed_of):
    peer.subscribe_code = 0x87
    feed_of(broker).wait_for_problem("refuses the topic $aws/events/presence/connected/+: Not authorized")


def test_a_broker_that_speaks_only_the_older_version_is_said(server, feed_of):
    feed_of(MqttBroker("127.0.0.1", server.port, "fleet-audit", tls=None)).wait_for_problem("protocol version")
