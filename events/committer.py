"""The one thread that decides and appends: waiting commands go in groups, one write to the disk a group.

Decisions are made one after the other, on aggregates that this thread alone holds, so that a rule or a limit holds
strictly however many callers there are. Another process that appends to the same log is found out by the streams'
versions, and the command decides again.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from time import perf_counter
from typing import Any, Generic, TypeVar

from events.errors import LogUnavailable, StoreUnavailable, StreamConflict
from events.event import Event
from events.log import EventLog
from events.observer import CommitObserver, NoObserver, name_of, outcome_of
from events.unit import RecentAggregates, Unit

__all__ = ["Committed", "Committer", "Unit"]

R = TypeVar("R")

GROUP = 100
"""Commands in a group. More would not save writes worth naming, and each would wait for all of them."""

ATTEMPTS = 10
"""How often a command decides when other processes append to its streams before it can."""

GROUP_ATTEMPTS = 5
"""How often a group does, before each of its commands goes alone, which costs a write for each."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Committed(Generic[R]):
    """What a command's decision returned, now that its events are in the log."""

    value: R
    position: int
    """Of the command's last event; if it had none, the log's last when it was decided. Who has read the log up to
    here has read what the answer rests on."""


class _Command:
    """A decision that somebody waits for."""

    __slots__ = ("decide", "future")

    def __init__(self, decide: Callable[[Unit], Any]) -> None:
        self.decide = decide
        self.future: Future[Committed[Any]] = Future()


@dataclass
class _Decision:
    """What came of a command, not yet in the log."""

    value: Any
    refusal: Exception | None = None
    events: Sequence[Event] = ()


class Committer:
    """Carries out commands. Start it, submit from any thread, stop it."""

    def __init__(self, log: EventLog, observer: CommitObserver | None = None) -> None:
        self._log = log
        self._observer = observer or NoObserver()
        self._aggregates = RecentAggregates(log)
        self._position = 0
        """The log's last position that this committer knows of."""
        self._waiting: SimpleQueue[_Command | None] = SimpleQueue()
        self._door = threading.Lock()
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, name="committer", daemon=True)

    def start(self) -> None:
        """Begin to carry out commands."""
        self._thread.start()

    def submit(self, decide: Callable[[Unit], R]) -> Future[Committed[R]]:
        """Let `decide` run on the committer's thread and append what it decided.

        The future has the result once the events are durable. It raises what `decide` raised, EventTooLarge,
        LogUnavailable, or StreamConflict when other processes were faster time and again; then nothing of the
        command is in the log. Raises LogUnavailable after `stop`.
        """
        command = _Command(decide)
        command.future.add_done_callback(
            lambda future: self._observer.commanded(name_of(decide), outcome_of(future))
        )
        with self._door:
            if self._is_stopped:
                raise LogUnavailable("The service is stopping. Nothing was recorded.")
            self._waiting.put(command)
        return command.future

    def stop(self) -> None:
        """Finish what was submitted, then stop. Later commands are refused."""
        with self._door:
            if not self._is_stopped:
                self._is_stopped = True
                self._waiting.put(None)
                if self._thread.ident is None:
                    self._thread.start()
        self._thread.join()

    def _run(self) -> None:
        while group := self._next_group():
            commands = [command for command in group if command.future.set_running_or_notify_cancel()]
            try:
                self._carry_out(commands)
            except BaseException:  # whatever it is, nobody may be left waiting
                logger.exception("The committer failed on a group of %d commands", len(commands))
                self._aggregates = RecentAggregates(self._log)
                _fail(commands, partial(RuntimeError, "The committer failed; its log says why."))

    def _next_group(self) -> list[_Command]:
        """Wait for commands and return those that wait; none when it is time to stop."""
        group: list[_Command] = []
        command = self._waiting.get()
        while command is not None:
            group.append(command)
            if len(group) == GROUP or self._waiting.empty():
                return group
            command = self._waiting.get()
        if group:
            self._waiting.put(None)  # to be found again after this group
        return group

    def _carry_out(self, commands: Sequence[_Command]) -> None:
        conflicts = 0
        while commands:
            try:
                done = self._commit(commands)
            except StreamConflict:
                conflicts += 1
                if conflicts == GROUP_ATTEMPTS:
                    self._carry_out_one_by_one(commands)
                    return
                continue
            except StoreUnavailable as error:
                _fail(commands, partial(type(error), str(error)))
                return
            except Exception:  # noqa: BLE001 - whose fault it is shows when each goes alone
                self._carry_out_one_by_one(commands)
                return
            commands = commands[done:]

    def _carry_out_one_by_one(self, commands: Sequence[_Command]) -> None:
        for command in commands:
            self._carry_out_alone(command)

    def _carry_out_alone(self, command: _Command) -> None:
        for attempts_left in reversed(range(ATTEMPTS)):
            try:
                self._commit([command])
            except Exception as error:  # noqa: BLE001 - it is the caller's
                if isinstance(error, StreamConflict) and attempts_left:
                    continue
                command.future.set_exception(error)
            return

    def _commit(self, commands: Sequence[_Command]) -> int:
        """Decide the commands, append their events, tell the callers; return how many commands that were.

        Refusals too are told only now: they may rest on events of the same group, which the log might not take.
        """
        self._look_for_others()
        decisions = self._decide(commands)
        positions = self._append([event for decision in decisions for event in decision.events])
        first = 0
        for command, decision in zip(commands, decisions, strict=False):
            first += len(decision.events)
            if decision.refusal is None:
                position = positions[first - 1] if decision.events else self._position
                command.future.set_result(Committed(decision.value, position))
            else:
                command.future.set_exception(decision.refusal)
        self._aggregates.trim()
        return len(decisions)

    def _look_for_others(self) -> None:
        last = self._log.last_position()
        if last != self._position:
            self._aggregates.doubt()
            self._position = last

    def _decide(self, commands: Sequence[_Command]) -> list[_Decision]:
        """Let the commands decide; stop after one that is refused half-way.

        Its aggregates have taken events that will never be: they are dropped, and the commands after it decide
        on what the log has once this group is in it.
        """
        decisions = []
        for command in commands:
            unit = Unit(self._aggregates)
            decision = _decision(command.decide, unit)
            decisions.append(decision)
            decided = unit.collect()
            if decision.refusal is None:
                decision.events = decided
            elif decided:
                self._forget(decided)
                break
        return decisions

    def _append(self, events: Sequence[Event]) -> Sequence[int]:
        if not events:
            return ()
        began = perf_counter()
        try:
            positions = self._log.append(events)
        except BaseException as error:
            self._forget(events)
            self._observer.not_appended(error)
            raise
        self._observer.appended(events, perf_counter() - began)
        if positions[0] != self._position + 1:
            self._aggregates.doubt()
        self._position = positions[-1]
        return positions

    def _forget(self, events: Sequence[Event]) -> None:
        for stream_id in {event.originator_id for event in events}:
            self._aggregates.forget(stream_id)


def _decision(decide: Callable[[Unit], Any], unit: Unit) -> _Decision:
    """Decide. The future is not among this frame's variables: a refusal's traceback would lead back to it."""
    try:
        return _Decision(decide(unit))
    except Exception as refusal:  # noqa: BLE001 - it is the caller's
        return _Decision(None, refusal)


def _fail(commands: Sequence[_Command], error: Callable[[], Exception]) -> None:
    for command in commands:
        if not command.future.done():
            command.future.set_exception(error())
