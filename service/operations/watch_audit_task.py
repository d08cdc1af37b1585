"""GET /fleet-audit/tasks/{taskId}/events: an audit as it goes on, as server-sent events.

No operation of AWS's, whose audits can only be asked again and again. An event has all that is known, so whoever
comes late or comes back has missed nothing. Its id is a position in the log: who gives it back as `Last-Event-ID`
is told only what is newer. Source of the format: WHATWG HTML, "Server-sent events".
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from events.errors import InvalidRequest, NotFound, StoreUnavailable
from events.vocabulary import AccountId, AuditTaskStatus, TaskId
from projections.audit_tasks import AuditTaskView, CheckDetail
from service.access.caller import CALLER
from service.access.streams import STREAMS
from service.operations.retained_period import ended_within_retention
from service.services import SERVICES, Services
from service.wire.answer import present

PATH = "/fleet-audit/tasks/{taskId:[^/]+}/events"

LONGEST_SILENCE = 15.0
"""Seconds after which a line that says nothing is sent, so that nobody between takes the connection for dead."""

SHORTEST_PAUSE = 0.1
"""Seconds between two events. A person sees no more, and a large audit has thousands of steps."""

LONGEST_TAKING = 60.0
"""Seconds in which a piece must have been taken by who watches, or have found room on the way."""

STOPPING = web.AppKey("stopping", asyncio.Event)
"""Set when the process ends, so that streams end too and nobody waits for them."""

HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
}


async def watch_audit_task(request: web.Request) -> web.StreamResponse:
    """Send what changes of an audit until it has ended; the last event is an `end`, the others are `progress`."""
    watch = Watch(
        request.app[SERVICES],
        request[CALLER].account,
        TaskId(request.match_info["taskId"]),
        request.app[STOPPING],
        seen=_last_event_id(request),
    )
    watch.look()
    with request.app[STREAMS].place(watch.account, request):
        stream = web.StreamResponse(headers=HEADERS)
        await stream.prepare(request)
        # Whoever watches and is gone needs no answer. Whoever is still there asks again, when the store is back.
        with suppress(ConnectionError, StoreUnavailable):
            async for piece in watch.pieces():
                await _send(piece, stream, request)
            await stream.write_eof()
    return stream


@dataclass
class Watch:
    """One who watches an audit."""

    services: Services
    account: AccountId
    task_id: TaskId
    stopping: asyncio.Event
    seen: int
    """The position up to which he knows of it."""

    def look(self) -> AuditTaskView:
        """Where the audit stands; NotFound if there is none."""
        task = self.services.read_models.audit_tasks.describe(self.account, self.task_id)
        if task is None or not ended_within_retention(
            self.services.settings, self.services.clock.now(), task.ended_at
        ):
            raise NotFound("There is no audit task with this taskId.")
        return task

    async def pieces(self) -> AsyncIterator[bytes]:
        """What to send, when it is to be sent."""
        told: bytes | None = None
        while not self.stopping.is_set():
            position = self.services.progress.position
            task = self.look()
            is_over = task.status is not AuditTaskStatus.IN_PROGRESS
            state = orjson.dumps(_state(task))
            if state != told and (position > self.seen or is_over):
                yield _event("end" if is_over else "progress", position, state)
            if is_over:
                return
            told = state
            await _first_of(self.stopping.wait(), asyncio.sleep(SHORTEST_PAUSE))
            moved = self.services.progress.passed(position + 1, LONGEST_SILENCE)
            if not await _first_of(self.stopping.wait(), moved):
                yield b": still in progress\n\n"


async def _send(piece: bytes, stream: web.StreamResponse, request: web.Request) -> None:
    """Send a piece; cut the connection if its other end does not take it."""
    try:
        async with asyncio.timeout(LONGEST_TAKING):
            await stream.write(piece)
    except TimeoutError:
        request.protocol.force_close()
        raise ConnectionError from None


async def end_streams(app: web.Application) -> None:
    """Let those who watch know that the process stops, when the application does."""
    app[STOPPING].set()


def _last_event_id(request: web.Request) -> int:
    given = request.headers.get("Last-Event-ID", "")
    if not given:
        return -1
    if not (given.isascii() and given.isdigit() and len(given) <= 18):
        raise InvalidRequest("Last-Event-ID must be the id of an event that was sent before.")
    return int(given)


async def _first_of(*waits: Coroutine[Any, Any, Any]) -> Any:
    """What the first of some waits comes to; the others are given up."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return next(iter(done)).result()
    finally:
        for task in tasks:
            task.cancel()


def _state(task: AuditTaskView) -> Mapping[str, Any]:
    return {
        "taskId": task.task_id,
        "taskStatus": task.status,
        "checks": {name: _check(detail) for name, detail in task.details.items()},
    }


def _check(detail: CheckDetail) -> Mapping[str, Any]:
    return present(
        {
            "checkRunStatus": detail.status,
            "shardsPlanned": detail.shards,
            "shardsDone": detail.shards_done,
            "totalResourcesCount": detail.examined,
            "nonCompliantResourcesCount": detail.non_compliant,
            "findingsCount": detail.findings,
            "errorCode": detail.error_code,
            "message": detail.message,
        }
    )


def _event(kind: str, position: int, data: bytes) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (position, kind.encode(), data)
