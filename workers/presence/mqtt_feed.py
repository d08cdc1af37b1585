"""The presence feed: connect and disconnect events from an MQTT broker, recorded.

At least once: a message is acknowledged after it was recorded durably, and the store takes no harm from one that
comes twice. While nothing is to be collected there is no connection, and the broker keeps nothing for us.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Sequence
from random import Random

from aiomqtt import Message, MqttError

from events.clock import Clock
from events.errors import StoreUnavailable
from workers.presence.feed_state import FeedReport, FeedState
from workers.presence.mqtt_broker import MqttBroker
from workers.presence.mqtt_client import AbandonedThreads, MqttClient
from workers.presence.presence_event import PresenceEvent, PresenceEventRejected, parse_presence_event

BATCH = 1_000
BATCH_BYTES = 1024 * 1024
LONGEST_GATHERING = 0.2
PAUSE_BETWEEN_MESSAGES = 0.005
"""What is recorded in one transaction, in messages, bytes and seconds; and seconds in which more may come.

Short, since brokers send only some dozens of messages before they want an acknowledgement."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before it connects again, doubled from one failure to the next, less a random part of up to a half."""

LASTING = 10.0
"""Seconds after which a connection counts as a good one, so that the next pause is a first one."""

STORE_PAUSES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds between attempts while the store is away; the last one again and again."""

LOOK_AROUND = 0.2
"""Seconds between two looks at whether anything is to be collected."""

LONGEST_STOP = 2.0
"""Seconds that `stop` waits. A thread that still waits for the network then is left to itself."""

Record = Callable[[Sequence[PresenceEvent]], object]

logger = logging.getLogger(__name__)


class MqttFeed:
    """One thread with an event loop of its own.

    `record` blocks it: nothing is read meanwhile, so a flood waits in the network and not in memory. It is called
    with no events when the broker has taken our subscription: from then on, who is not told of has not connected.
    `is_collecting` says whether anything is to be collected, None while that is not known.
    """

    def __init__(
        self,
        broker: MqttBroker,
        record: Record,
        is_collecting: Callable[[], bool | None],
        clock: Clock,
        random: Random,
    ) -> None:
        self._broker = broker
        self._record = record
        self._is_collecting = is_collecting
        self._random = random
        self._report = FeedReport(f"{broker.host}:{broker.port}", clock)
        self._stopping = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name="presence feed", daemon=True)

    @property
    def state(self) -> FeedState:
        """How the feed is, for the health report."""
        return self._report.state

    def start(self) -> None:
        """Begin, in the background; a broker that is away keeps nobody waiting."""
        self._thread.start()

    def stop(self) -> None:
        """Disconnect and end; always returns, within LONGEST_STOP seconds.

        What was not recorded was not acknowledged: the broker sends it after the next start.
        """
        self._stopping.set()
        if self._loop and self._task:
            with contextlib.suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._task.cancel)
        if self._thread.ident is not None:
            self._thread.join(LONGEST_STOP)

    def _run(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(self._feed())

    async def _feed(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._loop.set_default_executor(AbandonedThreads())
        has_old_session = False
        while not self._stopping.is_set():
            if self._is_collecting():
                await self._collect_while_wanted(forget_first=has_old_session)
                self._report.off()
                has_old_session = not await self._try_to_forget_session()
            else:
                has_old_session = has_old_session or self._is_collecting() is False
                await asyncio.sleep(LOOK_AROUND)

    async def _collect_while_wanted(self, *, forget_first: bool) -> None:
        collecting = asyncio.create_task(self._collect(forget_first=forget_first))
        try:
            while self._is_collecting() is not False:  # noqa: ASYNC110 - a question, which nobody rings for
                await asyncio.sleep(LOOK_AROUND)
        finally:
            collecting.cancel()
            await asyncio.wait([collecting])

    async def _collect(self, *, forget_first: bool) -> None:
        """Connect and record, again and again. `forget_first` throws away what the broker kept from earlier."""
        has_old_session = forget_first
        failures = 0
        while True:
            self._report.connecting()
            began = asyncio.get_running_loop().time()
            try:
                if has_old_session:
                    await self._forget_session()
                    has_old_session = False
                await self._listen()
                failures = 0
            except Exception as error:  # noqa: BLE001 - whatever it is, the feed goes on, and says so
                if asyncio.get_running_loop().time() - began > LASTING:
                    failures = 0
                self._report.failed(error)
            pause = min(FIRST_PAUSE * 2**failures, LONGEST_PAUSE) * self._random.uniform(0.5, 1)
            failures = min(failures + 1, 10)
            await asyncio.sleep(pause)

    async def _listen(self) -> None:
        """Record what comes. Return when messages were dropped: the broker sends them at the next connect."""
        client = MqttClient(self._broker)
        try:
            async with client:
                await client.subscribe_to(self._broker.topics)
                await self._recorded([])
                self._report.connected()
                while not (client.dropped and client.is_drained):
                    await self._take_batch(client)
                self._report.dropped(client.dropped)
        finally:
            client.hang_up()

    async def _take_batch(self, client: MqttClient) -> None:
        messages = await client.next_messages(BATCH, BATCH_BYTES, LONGEST_GATHERING, PAUSE_BETWEEN_MESSAGES)
        await self._recorded([event for message in messages if (event := self._event(message))])
        client.acknowledge(messages)

    def _event(self, message: Message) -> PresenceEvent | None:
        try:
            return parse_presence_event(message.payload)
        except PresenceEventRejected as reason:
            self._report.rejected(message.topic.value, reason)
            return None

    async def _recorded(self, events: list[PresenceEvent]) -> None:
        """Record events; while the store is away, try again and again, and stay connected."""
        failures = 0
        while True:
            try:
                self._record(events)
            except StoreUnavailable as error:
                self._report.store_unavailable(error)
                await asyncio.sleep(STORE_PAUSES[min(failures, len(STORE_PAUSES) - 1)])
                failures += 1
            else:
                self._report.recorded(len(events))
                return

    async def _try_to_forget_session(self) -> bool:
        try:
            await self._forget_session()
        except (MqttError, OSError, ValueError) as error:
            logger.info("The broker could not be told to forget our session: %s", error)
            return False
        return True

    async def _forget_session(self) -> None:
        """Connect without a session, which ends the one that there is, and disconnect."""
        client = MqttClient(self._broker, keeps_session=False)
        try:
            async with client:
                pass
        finally:
            client.hang_up()
