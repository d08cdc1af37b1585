"""One call of an operation: what was asked, by whom, and what the handler may do about it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, ParamSpec, TypeVar
from uuid import UUID

from aiohttp import web

from events.application import Application
from events.committer import Committed
from events.errors import StoreUnavailable
from events.event import Cause
from events.vocabulary import AccountId, TaskId
from projections.answers import Answers
from service.access.caller import Caller
from service.as_of.moment import Moment
from service.services import Services
from service.wire.request import Request

R = TypeVar("R", bound=Request)
T = TypeVar("T")
P = ParamSpec("P")

COMMAND_TIMEOUT = 30.0
"""Seconds after which a command that the log has neither taken nor refused is given up."""

READ_MODEL_PATIENCE = 2.0
"""Seconds that an answer waits for the read models, so that a question right after it is answered rightly.

If they lag more than this, the answer still comes: what was commanded is in the log.
"""

LIST_THREADS = 4
"""Lists are read off the event loop, since they may take milliseconds; a describe takes less than the hop."""

LISTS = web.AppKey("lists", Executor)


@dataclass(frozen=True, slots=True)
class AsOf:
    """A moment that is past, and what was known then."""

    moment: Moment
    read_models: Answers


@dataclass(frozen=True, slots=True)
class Call(Generic[R]):
    """What a handler is given."""

    request: R
    services: Services
    request_id: str
    caller: Caller
    lists: Executor
    past: AsOf | None = None
    """What to answer from where the past is asked about; None: the present."""

    @property
    def account(self) -> AccountId:
        """Whose audits this is about."""
        return self.caller.account

    @property
    def region(self) -> str:
        """The region in ARNs."""
        return self.services.settings.region

    @property
    def application(self) -> Application:
        """The commands."""
        return self.services.application

    @property
    def read_models(self) -> Answers:
        """The questions, about the moment that is asked about."""
        return self.services.read_models if self.past is None else self.past.read_models

    @property
    def now(self) -> datetime:
        """What time it is, or was at the moment that is asked about."""
        return self.services.clock.now() if self.past is None else self.past.moment.now

    @property
    def new_task_id(self) -> TaskId:
        """An id for the audit that this call starts: 32 hex digits, random because the request id is."""
        return TaskId(UUID(self.request_id).hex)

    def cause(self) -> Cause:
        """Who asks for a command and when, for the events that come of it."""
        return Cause(self.account, self.services.clock.now(), self.caller.actor, self.request_id)

    async def outcome(
        self,
        command: Future[Committed[T]],
        timeout: float = COMMAND_TIMEOUT,  # noqa: ASYNC109 - said in words of ours
    ) -> T:
        """Wait until a command is in the log and the read models have it; raise what it was refused for."""
        try:
            async with asyncio.timeout(timeout):
                committed = await self.services.progress.outcome(command, READ_MODEL_PATIENCE)
        except TimeoutError:
            raise StoreUnavailable(f"The log took no command for {timeout} seconds.") from None
        return committed.value

    async def listed(self, question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Ask a question that may take a while on a thread of its own."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.lists, lambda: question(*args, **kwargs))
