"""aiomqtt's client, bounded in memory and not before time: a message is acknowledged when it is told to be.

aiomqtt acknowledges what it puts in its queue, and its queue drops what is too much. Paho under it can do
better, and both let themselves be told so (decision 0007).
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, ParamSpec, TypeVar

from aiomqtt import Client, Message, MqttError, ProtocolVersion
from paho.mqtt import client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from workers.presence.mqtt_broker import MqttBroker

MOST_WAITING = 2_000
"""Messages that wait to be recorded. Brokers send some dozens before they want an acknowledgement."""

LARGEST_PAYLOAD = 16 * 1024
"""Bytes; an event has some hundreds. Of what is longer only the beginning is kept, which is no JSON."""

LARGEST_PACKET = LARGEST_PAYLOAD + 1024
"""Bytes. A broker of MQTT 5 keeps what is larger to itself."""

SESSION_EXPIRY = 24 * 60 * 60
"""Seconds that a broker of MQTT 5 is to keep our session while we are away; it may have a lower limit."""

CONNECT_TIMEOUT = 5.0
"""Seconds that each step of connecting may take, and each answer of the broker later."""

FAILURE = 0x80
"""Reason codes from here on are failures. Source: MQTT 5.0, section 2.4; 3.1.1 knows this one."""

KEEPALIVE = 30
"""Seconds. A connection that is dead without a word is noticed after one and a half times this."""

P = ParamSpec("P")
T = TypeVar("T")


class SubscriptionRefused(MqttError):  # noqa: N818 - it reads like that in a log
    """The broker does not let us have a topic."""


class Arrivals(asyncio.Queue[Message]):
    """The messages that wait, a bounded number of bounded size."""

    dropped = 0

    def put_nowait(self, item: Message) -> None:
        """Keep a message, or count it as dropped."""
        if self.full():
            self.dropped += 1
            return
        item.payload = item.payload[: LARGEST_PAYLOAD + 1]
        super().put_nowait(item)


class MqttClient(Client):
    """One connection. Make another for the next; `async with` connects and disconnects.

    Raise OSError when the broker's TLS files or password can't be read, MqttError when it can't be reached,
    refuses us or goes away.
    """

    def __init__(self, broker: MqttBroker, *, keeps_session: bool = True) -> None:
        """Read the files. Without `keeps_session` the broker forgets the session now and at the end."""
        of_version = _of_version_5 if broker.version == "5" else _of_version_3
        super().__init__(
            broker.host,
            broker.port,
            identifier=broker.client_id,
            username=broker.username,
            password=broker.password(),
            **of_version(keeps_session),
            tls_context=broker.tls.context() if broker.tls else None,
            queue_type=Arrivals,
            max_queued_incoming_messages=MOST_WAITING,
            timeout=CONNECT_TIMEOUT,
            keepalive=KEEPALIVE,
        )
        self._client.manual_ack_set(on=True)
        self._client.connect_timeout = CONNECT_TIMEOUT
        self._is_given_up = False

    async def subscribe_to(self, topics: Iterable[str]) -> None:
        """Subscribe with QoS 1. Raise SubscriptionRefused for the first topic that the broker refuses."""
        wanted = list(topics)
        answers: Iterable[Any] = await self.subscribe([(topic, 1) for topic in wanted])
        for topic, answer in zip(wanted, answers, strict=True):
            if (answer if isinstance(answer, int) else answer.value) >= FAILURE:
                raise SubscriptionRefused(f"The broker refuses the topic {topic}: {answer}")

    async def next_messages(self, most: int, most_bytes: int, longest: float, tick: float) -> list[Message]:
        """Wait for a message, then for more, until none comes for `tick` seconds.

        At most `most` of `most_bytes` in all (one more than that at most), within `longest` seconds of the first.
        """
        taken = [await anext(self.messages)]
        size = len(taken[0].payload)
        deadline = self._loop.time() + longest
        while len(taken) < most and size < most_bytes:
            if self._queue.empty():
                if self._loop.time() >= deadline:
                    break
                await asyncio.sleep(tick)
                if self._queue.empty():
                    break
            message = self._queue.get_nowait()
            taken.append(message)
            size += len(message.payload)
        return taken

    def acknowledge(self, messages: Iterable[Message]) -> None:
        """Let the broker forget messages, in the order in which they came."""
        for message in messages:
            if message.qos:
                self._client.ack(message.mid, message.qos)

    @property
    def dropped(self) -> int:
        """How many messages there was no place for. A broker sends those of QoS 1 again at the next connect."""
        return self._queue.dropped if isinstance(self._queue, Arrivals) else 0

    @property
    def is_drained(self) -> bool:
        """Whether all that came has been taken."""
        return self._queue.empty()

    def hang_up(self) -> None:
        """Close what is left of a connection that did not come about: aiomqtt leaves it open."""
        self._is_given_up = True
        if self._client.socket() is not None:
            self._client.disconnect()

    def _client_connect(self) -> None:
        """Connect, on a thread of its own, which nothing can stop; what comes too late is closed again."""
        super()._client_connect()
        if self._is_given_up:
            with contextlib.suppress(RuntimeError):  # the loop has ended, and the process is ending
                self._loop.call_soon_threadsafe(self._client.disconnect)

    def _on_disconnect(
        self,
        client: paho.Client,
        userdata: Any,
        flags: paho.DisconnectFlags,
        reason_code: ReasonCode,
        properties: Properties | None = None,
    ) -> None:
        """Note also a connection that ends before the broker has accepted it, which aiomqtt waits for."""
        if self._connected.done():
            super()._on_disconnect(client, userdata, flags, reason_code, properties)
        else:
            self._connected.set_exception(MqttError("The broker closed the connection before it accepted us"))


class AbandonedThreads(ThreadPoolExecutor):
    """Each piece of work has a thread, for which nothing waits.

    A name that nobody resolves, or a host that never answers, must not hold up the end of the process.
    """

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Begin a piece of work."""
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        work = partial(fn, *args, **kwargs)
        threading.Thread(target=_do, args=(future, work), name="presence feed connecting", daemon=True).start()
        return future


def _do(future: Future[T], work: Callable[[], T]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001 - it belongs to who waits
        future.set_exception(error)
    finally:
        del future  # the error holds this frame, and a socket: neither is to wait for the garbage collector


def _of_version_5(keeps_session: bool) -> dict[str, Any]:
    properties: Any = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = SESSION_EXPIRY if keeps_session else 0
    properties.ReceiveMaximum = MOST_WAITING
    properties.MaximumPacketSize = LARGEST_PACKET
    return {"protocol": ProtocolVersion.V5, "clean_start": not keeps_session, "properties": properties}


def _of_version_3(keeps_session: bool) -> dict[str, Any]:
    return {"protocol": ProtocolVersion.V311, "clean_session": not keeps_session}
