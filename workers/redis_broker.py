"""The queue in Redis: Dramatiq's broker, set up so that a worker's death costs seconds.

What is changed, and why: docs/decisions/0010-roles-and-a-queue-in-redis.md. Nothing depends on what is in Redis.
"""

from collections import defaultdict
from typing import Any, cast
from uuid import uuid4

import redis
from dramatiq import Message
from dramatiq.broker import Consumer, MessageProxy
from dramatiq.brokers.redis import MAINTENANCE_SCALE, RedisBroker, _scripts
from dramatiq.middleware import Middleware, SkipMessage, TimeLimit
from redis.backoff import NoBackoff
from redis.retry import Retry

from events.bell import Bell
from workers.middleware import GiveBack
from workers.queue import Held, QueueBroker, QueueUnavailable
from workers.redis_consumer import RedisConsumer, closed

NAMESPACE = "fleet-audit"
"""What every key in Redis begins with."""

HEARTBEAT_TIMEOUT = 10.0
"""Seconds after which a silent worker counts as dead, and its messages go to others."""

CONNECT_TIMEOUT = 1.0
SOCKET_TIMEOUT = 5.0
"""Seconds. No command of Dramatiq's waits for anything, so only a Redis that is away takes this long."""

MOST_CONNECTIONS = 100
"""A process has one for each of its threads that talks to Redis: those that judge and a few more."""

BEGUN_FOR = 3600
"""Seconds for which it is known that a message was begun: longer than one can come back."""

DEAD_LETTERS_FOR = 60_000
"""Milliseconds. Nobody reads them: the dispatcher sends again what failed."""


def connect(url: str) -> redis.Redis:
    """Return a client that connects when it is used, and never waits or tries again for long."""
    return redis.Redis.from_url(
        url,
        max_connections=MOST_CONNECTIONS,
        socket_connect_timeout=CONNECT_TIMEOUT,
        socket_timeout=SOCKET_TIMEOUT,
        # A script that is sent again by the client may run twice. Whoever sends decides whether to send again.
        retry=Retry(NoBackoff(), 0),
    )


class SharedBroker(RedisBroker, QueueBroker):
    """A queue in Redis that workers of any number of processes and hosts share."""

    def __init__(
        self, client: redis.Redis, appended: Bell | None = None, *, heartbeat_timeout: float = HEARTBEAT_TIMEOUT
    ) -> None:
        """`appended` rings when something may follow from the log, so that who has nothing to do looks sooner."""
        super().__init__(  # type: ignore[no-untyped-call]
            client=client,
            middleware=[TimeLimit(), GiveBack(), _BeginOnce()],
            namespace=NAMESPACE,
            maintenance_chance=MAINTENANCE_SCALE,  # always: by default, once in a thousand commands
            heartbeat_timeout=round(heartbeat_timeout * 1000),
            dead_message_ttl=DEAD_LETTERS_FOR,
        )
        self.scripts["dispatch"] = client.register_script(_by_the_clock_of_redis(_scripts["dispatch"]))
        self.appended = appended or Bell()
        self.in_hand: dict[str, set[str]] = defaultdict(set)
        """By queue, the messages that this process has taken and not given up."""

    @property
    def consumer_class(self) -> type[Consumer]:
        """What takes messages out of a queue."""
        return RedisConsumer

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5000) -> Consumer:
        """Begin to take messages, at the start and after each loss of the connection.

        What Redis gave to this process in an answer that was lost is put back first: nobody else would get it for
        as long as this process lives.
        """
        try:
            taken = cast(
                "set[bytes]",
                self.client.smembers(f"{self.namespace}:__acks__.{self.broker_id}.{queue_name}"),
            )
            unknown = {each.decode() for each in taken} - self.in_hand[queue_name]
            if unknown:
                self.do_requeue(queue_name, *unknown)
        except redis.RedisError as error:
            raise closed(error) from None
        return super().consume(queue_name, prefetch, timeout)

    def declare_queue(self, queue_name: str) -> None:
        """Declare a queue, and no other for messages that wait for a time: workers would look into it in vain."""
        if queue_name not in self.queues:
            self.emit_before("declare_queue", queue_name)
            self.queues.add(queue_name)
            self.emit_after("declare_queue", queue_name)

    def enqueue(self, message: Message[Any], *, delay: int | None = None) -> Message[Any]:
        """Put a message into its queue, under its own id."""
        if delay is not None:
            raise ValueError("A message that waits for a time would be lost with Redis; the dispatcher has times.")
        message = message.copy(options={"redis_message_id": message.message_id})
        self.do_enqueue(message.queue_name, message.message_id, message.encode())
        return message

    def send(self, message: Message[None]) -> None:
        """Take a message. Raise QueueUnavailable."""
        try:
            self.enqueue(message)
        except redis.RedisError as error:
            raise QueueUnavailable(_said(error)) from error

    def held(self) -> Held:
        """Tell which messages have not ended. Raise QueueUnavailable."""
        life_key = f"{self.namespace}:life"
        try:
            with self.client.pipeline(transaction=True) as asked:
                asked.set(life_key, uuid4().hex, nx=True)
                asked.get(life_key)
                for queue in sorted(self.queues):
                    asked.hkeys(f"{self.namespace}:{queue}.msgs")
                _, life, *ids = asked.execute()
        except redis.RedisError as error:
            raise QueueUnavailable(_said(error)) from error
        return Held(frozenset(each.decode() for of_queue in ids for each in of_queue), life.decode())

    def give_back(self, message: MessageProxy) -> None:
        """Let the end of a message take it back into its queue. That is tried until Redis can be reached."""
        message.options["given_back"] = True

    def begun_key(self, message_id: str) -> str:
        """The key that is there while it is known that a message was begun."""
        return f"{self.namespace}:begun:{message_id}"

    def close(self) -> None:
        """Close the connections."""
        self.client.close()


class _BeginOnce(Middleware):
    """Lets a message begin once. One that comes again, because its worker died over it, ends instead.

    Then the dispatcher finds that it is gone and unreported, and sends another: so each death is an attempt, and
    what kills every worker that touches it is given up.
    """

    def before_process_message(self, broker: Any, message: MessageProxy) -> None:
        key = broker.begun_key(message.options["redis_message_id"])
        try:
            is_first = broker.client.set(key, broker.broker_id, nx=True, ex=BEGUN_FOR)
        except redis.RedisError:
            return  # Work need not wait for Redis. If it is begun again, it finds itself done in the log.
        if not is_first:
            raise SkipMessage("It was begun before.")


def _by_the_clock_of_redis(script: bytes) -> bytes:
    """Dramatiq's script with heartbeats by one clock. By those of the hosts, a late one would count as dead."""
    theirs = b"local timestamp = ARGV[2]"
    if script.count(theirs) != 1:
        raise RuntimeError("This version of Dramatiq keeps time in another way.")
    ours = b"local time = redis.call('time'); local timestamp = time[1] * 1000 + math.floor(time[2] / 1000)"
    return script.replace(theirs, ours)


def _said(error: redis.RedisError) -> str:
    """What Redis or its client says of a failure; neither repeats a password."""
    return f"Redis: {error or type(error).__name__}"
