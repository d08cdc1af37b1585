"""GET /fleet-audit/checkpoint and GET /fleet-audit/events/{position}/proof: to be kept and verified elsewhere.

Both answer with text in C2SP's formats, byte for byte what `fleet-audit checkpoint export` and `prove` write.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from aiohttp import web

from events.errors import NotFound
from events.proof.leaf import NoLeaf, leaf_of, read_leaf
from service.access.caller import CALLER
from service.call import LISTS
from service.services import SERVICES
from workers.chain.proving import NotAsChained, NotProvable, Proving

CHECKPOINT = "/fleet-audit/checkpoint"
EVENT_PROOF = "/fleet-audit/events/{position:[^/]+}/proof"

T = TypeVar("T")


async def checkpoint(request: web.Request) -> web.Response:
    """Answer with the latest signed checkpoint; 404 before there is one."""
    return web.Response(text=await _asked(request, lambda proving: proving.latest().note))


async def event_proof(request: web.Request) -> web.Response:
    """Answer with the proof of an event of the caller's account under the latest checkpoint; 404 without one."""
    position, account = request.match_info["position"], request[CALLER].account
    if not (position.isascii() and position.isdecimal()) or len(position) > 18:
        raise NotFound("A position is a whole number from 1.")

    def proof(proving: Proving) -> str:
        # Another account's event is as one that there is not, also while no checkpoint has it.
        if _account_at(int(position), proving) != account:
            raise NotProvable(f"There is no event at position {position}, or it is in an archive.")
        return str(proving.event(int(position)))

    return web.Response(text=await _asked(request, proof))


def _account_at(position: int, proving: Proving) -> str | None:
    """The account of an event; None where there is none, or none that can be read."""
    try:
        return read_leaf(leaf_of(proving.row(position))).account
    except (NotProvable, NoLeaf):
        return None


async def _asked(request: web.Request, question: Callable[[Proving], T]) -> T:
    proving = request.app[SERVICES].proving
    try:
        return await asyncio.get_running_loop().run_in_executor(request.app[LISTS], question, proving)
    except NotAsChained:
        raise
    except NotProvable as error:
        raise NotFound(str(error)) from error
