"""Who wants to know how actors fare, and what tells him: a middleware of their brokers."""

from time import perf_counter
from typing import Any, Protocol

from dramatiq.broker import Broker, MessageProxy
from dramatiq.middleware import Middleware, TimeLimitExceeded

from events.at_hand import EVENT, TASK_ID
from workers.middleware import NOT_ITS_FAULT


class WorkObserver(Protocol):
    """Is told of work on the thread that did it, while its audit and its event are at hand. It must not raise."""

    def worked(self, actor: str, outcome: str, seconds: float) -> None:
        """An actor is done with a message. The outcome is one of `outcome_of`."""
        ...


class ObservedWork(Middleware):
    """Says for whom a thread works while it does (`events/at_hand.py`), and how that went when it is over."""

    def __init__(self, observer: WorkObserver) -> None:
        self._observer = observer
        self._began: dict[str, float] = {}
        """By message, of those that are being worked on."""

    def before_process_message(self, broker: Broker, message: MessageProxy) -> None:  # noqa: ARG002 - Dramatiq's
        """Note the beginning. What event the work follows from is known when the actor has read the log."""
        TASK_ID.set(message.args[1])
        EVENT.set(None)
        self._began[message.message_id] = perf_counter()

    def after_process_message(
        self,
        broker: Broker,  # noqa: ARG002 - Dramatiq's
        message: MessageProxy,
        *,
        result: Any = None,  # noqa: ARG002 - Dramatiq's
        exception: BaseException | None = None,
    ) -> None:
        """Tell the observer."""
        began = self._began.pop(message.message_id, None)
        if began is not None:
            self._observer.worked(message.actor_name, outcome_of(exception), perf_counter() - began)
        TASK_ID.set("")
        EVENT.set(None)


def outcome_of(exception: BaseException | None) -> str:
    """What became of an actor's work: `done`, `timed_out`, `put_off` by no fault of its own, or `failed`."""
    if exception is None:
        return "done"
    if isinstance(exception, TimeLimitExceeded):
        return "timed_out"
    return "put_off" if isinstance(exception, NOT_ITS_FAULT) else "failed"
