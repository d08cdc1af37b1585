"""What happens around an actor's work, whatever carries its message."""

from typing import Any

from dramatiq.broker import Broker, MessageProxy
from dramatiq.middleware import Middleware

from events.errors import StoreUnavailable, StreamConflict
from workers.queue import QueueBroker


class Abandoned(Exception):  # noqa: N818 - says what became of the work
    """The process stops, and the work in hand was not finished. It is done again by another."""


NOT_ITS_FAULT = (Abandoned, StoreUnavailable, StreamConflict)
"""What ends work through no fault of its own. Whoever has the message next may have more luck."""


class GiveBack(Middleware):
    """Puts a message back into its queue when its work ended through no fault of its own.

    That is no attempt, however often it happens: an audit outlasts a store that is away for an hour, and one
    worker that can't reach the store does not use up the attempts of what others could do.
    """

    @property
    def actor_options(self) -> set[str]:
        """What an actor may be declared with: the errors that need no traceback, for Dramatiq's worker threads."""
        return {"throws"}

    def after_process_message(
        self,
        broker: Broker,
        message: MessageProxy,
        *,
        result: Any = None,  # noqa: ARG002 - Dramatiq's
        exception: BaseException | None = None,
    ) -> None:
        """Give the message back."""
        if isinstance(exception, NOT_ITS_FAULT) and isinstance(broker, QueueBroker):
            broker.give_back(message)
