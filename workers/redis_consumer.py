"""Takes messages out of a queue in Redis: the next as soon as there is room for it, or something happens."""

import time
from collections.abc import Iterable
from threading import Event
from typing import Any

import redis
from dramatiq import Message
from dramatiq.broker import MessageProxy
from dramatiq.brokers.redis import _RedisConsumer
from dramatiq.common import compute_backoff
from dramatiq.errors import ConnectionClosed

SHORT_PAUSES = 100
"""Milliseconds. Dramatiq's pauses before another look double from 5 on; up to here they are slept through."""


class RedisConsumer(_RedisConsumer):
    """Takes messages. A Redis that does not answer in time is one that is away, which Dramatiq does not see so.

    Dramatiq's own sleeps, each time longer, whether all its messages are being worked on or the queue was empty;
    meanwhile its workers have nothing to do, for 5 ms a message and for up to a second when an audit begins.
    """

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)  # type: ignore[no-untyped-call]
        self._has_room = Event()

    def __next__(self) -> MessageProxy | None:
        """Return the next message, or None after a while without."""
        rings = self.broker.appended.rings
        if not self.message_cache:
            room = self.prefetch - self.outstanding_message_count
            if room <= 0:
                self._wait_for_room()
                return None
            try:
                fetched = self.broker.do_fetch(self.queue_name, room)
            except redis.RedisError as error:
                raise closed(error) from None
            # Of one that stood in the queue twice, and that another has ended already, nothing but its id is left.
            self.message_cache = [each for each in fetched if each is not None]
            if not self.message_cache:
                self._wait_for_more(rings)
                return None
        self.misses = 0
        message = Message.decode(self.message_cache.pop(0))
        self.queued_message_ids.add(message.message_id)
        self.broker.in_hand[self.queue_name].add(message.options["redis_message_id"])
        return MessageProxy(message)

    def _wait_for_room(self) -> None:
        self._has_room.wait(self.timeout / 1000)
        self._has_room.clear()

    def _wait_for_more(self, rings: int) -> None:
        """Pause, longer each time. After long ones a ring brings short ones back: work may be on its way."""
        self.misses, pause = compute_backoff(self.misses, max_backoff=self.timeout)
        if pause <= SHORT_PAUSES:
            time.sleep(pause / 1000)
        elif self.broker.appended.wait(rings, pause / 1000) != rings:
            self.misses = 0

    def ack(self, message: MessageProxy) -> None:
        """End a message, or put it back if its work was given back."""
        if message.options.get("given_back", False):
            self._put_back(message)
        else:
            self._end(super().ack, message)

    def nack(self, message: MessageProxy) -> None:
        """End a message whose work failed."""
        self._end(super().nack, message)

    def requeue(self, messages: Iterable[MessageProxy]) -> None:
        """Put back what was taken and not begun."""
        try:
            super().requeue(messages)  # type: ignore[no-untyped-call]
        except redis.RedisError as error:
            raise closed(error) from None

    def _end(self, end: Any, message: MessageProxy) -> None:
        try:
            end(message)
        except redis.RedisError as error:
            raise closed(error) from None
        self.broker.in_hand[self.queue_name].discard(message.options["redis_message_id"])
        self._has_room.set()

    def _put_back(self, message: MessageProxy) -> None:
        """Out of our hands first, since then another thread of ours may take it."""
        message_id = message.options["redis_message_id"]
        try:
            self.broker.client.delete(self.broker.begun_key(message_id))
            self.broker.in_hand[self.queue_name].discard(message_id)
            self.broker.do_requeue(self.queue_name, message_id)
        except redis.RedisError as error:
            raise closed(error) from None
        # Or it would count among those in hand for ever, and with enough of them nothing more would be taken.
        self.queued_message_ids.discard(message.message_id)
        self._has_room.set()


def closed(error: redis.RedisError) -> ConnectionClosed:
    """A Redis that can't be reached, as Dramatiq has it."""
    return ConnectionClosed(error)  # type: ignore[no-untyped-call]
