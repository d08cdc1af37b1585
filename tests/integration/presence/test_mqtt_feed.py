"""What becomes of the events of a real broker."""

import logging
import random
from dataclasses import replace

from events.store.database import SqliteDatabase
from tests.support.presence import connections_in
from tests.support.presence_feed import FeedAtWork, connected, disconnected
from tests.support.waiting import until


def test_connects_and_disconnects_are_recorded(server, broker, feed_of, database):
    work = feed_of(broker)
    work.wait_until_connected()
    server.publish(connected("door-1", 10), disconnected("door-1", 20), connected("door-2", 30))
    work.wait_for("door-1", "door-2")
    until(lambda: work.feed.state.recorded == 3)
    rows = {client: times for _, _, _, client, *times, _, _ in connections_in(database)}
    assert rows["door-1"][0] == 10
    assert work.feed.state.last_event_at is not None


def test_topics_are_a_setting(server, broker, feed_of):
    work = feed_of(replace(broker, topics=("presence/#",)))
    work.wait_until_connected()
    server.publish(connected("not-ours"), connected("ours", topics="presence"))
    work.wait_for("ours")


def test_what_came_while_the_service_was_away_is_not_lost(server, broker, feed_of):
    first = feed_of(broker)
    first.wait_until_connected()
    first.stop()
    server.publish(*(connected(f"door-{number}") for number in range(250)))
    second = feed_of(broker)
    second.wait_for(*(f"door-{number}" for number in range(250)))


def test_what_was_not_recorded_was_not_acknowledged(server, broker, feed_of):
    first = feed_of(broker)
    first.wait_until_connected()
    first.store_is_away = True
    server.publish(connected("door-1"))
    until(lambda: first.attempts)
    first.stop()
    assert first.clients() == []
    second = feed_of(broker)
    second.wait_for("door-1")


def test_what_was_recorded_was_acknowledged(server, broker, feed_of):
    first = feed_of(broker)
    first.wait_until_connected()
    server.publish(connected("door-1"))
    until(lambda: first.feed.state.recorded)
    first.stop()
    second = feed_of(broker)
    second.wait_until_connected()
    server.publish(connected("door-2"))
    second.wait_for("door-1", "door-2")
    assert second.feed.state.recorded == 1


def test_while_the_store_is_away_the_feed_waits_and_says_so(server, broker, feed_of):
    work = feed_of(broker)
    work.wait_until_connected()
    work.store_is_away = True
    server.publish(connected("door-1"))
    work.wait_for_problem("the store is away")
    work.store_is_away = False
    work.wait_for("door-1")
    until(lambda: work.feed.state.problem is None)


def test_duplicates_and_any_order_give_the_same(server, broker, feed_of, database, tmp_path):
    messages = [message(f"door-{number}") for number in range(20) for message in (connected, disconnected)]
    in_order = feed_of(broker)
    in_order.wait_until_connected()
    server.publish(*messages)
    until(lambda: in_order.feed.state.recorded >= len(messages))
    in_order.stop()

    shuffled = messages * 3
    random.Random(4).shuffle(shuffled)
    other_database = SqliteDatabase(tmp_path / "other.sqlite", durable=False)
    other = FeedAtWork(replace(broker, client_id="other"), other_database)
    other.wait_until_connected()
    server.publish(*shuffled)
    until(lambda: other.feed.state.recorded >= len(shuffled))
    other.stop()
    assert connections_in(other_database) == connections_in(database)
    other_database.close()


def test_what_is_no_event_is_counted_and_the_feed_goes_on(server, broker, feed_of, caplog):
    topic = "$aws/events/presence/connected/door-1"
    rubbish = [b"", b"\xff\xfe", b"[]", b"{", b'{"eventType": "connected"}', b"x" * 900_000, b"[" * 50_000]
    work = feed_of(broker)
    work.wait_until_connected()
    with caplog.at_level(logging.WARNING):
        server.publish(*((topic, payload) for payload in rubbish), connected("door-1"))
        work.wait_for("door-1")
    assert work.feed.state.rejected >= len(rubbish)  # more when the broker is impatient
    said = [record for record in caplog.records if "no presence events" in record.getMessage()]
    assert len(said) == 1
    assert topic in said[0].getMessage()


def test_a_flood_is_recorded_whole(server, broker, feed_of):
    clients = [f"door-{number}" for number in range(3_000)]
    work = feed_of(broker)
    work.wait_until_connected()
    server.publish(*(connected(client) for client in clients))
    work.wait_for(*clients)


class TestSwitch:
    def test_while_nothing_is_to_be_collected_there_is_no_connection(self, server, broker, feed_of):
        work = feed_of(broker, is_collecting=False)
        work.wait_for_question()
        server.publish(connected("door-1"))
        assert work.feed.state.state == "off"
        work.is_collecting = True
        work.wait_until_connected()
        server.publish(connected("door-2"))
        work.wait_for("door-2")

    def test_switched_off_the_broker_keeps_nothing_for_us(self, server, broker, feed_of):
        work = feed_of(broker)
        work.wait_until_connected()
        work.is_collecting = False
        until(lambda: work.feed.state.state == "off")
        server.publish(connected("unwanted"))
        work.is_collecting = True
        work.wait_until_connected()
        server.publish(connected("wanted"))
        work.wait_for("wanted")

    def test_what_was_kept_before_it_was_switched_off_is_thrown_away(self, server, broker, feed_of):
        first = feed_of(broker)
        first.wait_until_connected()
        first.stop()
        server.publish(connected("unwanted"))
        second = feed_of(broker, is_collecting=False)
        second.wait_for_question()
        second.is_collecting = True
        second.wait_until_connected()
        server.publish(connected("wanted"))
        second.wait_for("wanted")

    def test_until_it_is_known_nothing_is_thrown_away(self, server, broker, feed_of):
        first = feed_of(broker)
        first.wait_until_connected()
        first.stop()
        server.publish(connected("door-1"))
        second = feed_of(broker, is_collecting=None)
        second.wait_for_question()
        assert second.feed.state.state == "off"
        second.is_collecting = True
        second.wait_for("door-1")
