"""POST /tags: TagResource."""

from typing import ClassVar

from aiohttp import web

from events.errors import LimitExceeded, NotFound
from service.call import Call
from service.wire.answer import json_response
from service.wire.answered import NoMembers
from service.wire.members import TagList, as_mapping
from service.wire.request import Request
from service.wire.tagged_resource import scheduled_audit_name


class TagResourceRequest(Request):
    """What to tag, and the tags."""

    answer: ClassVar = NoMembers
    refusals: ClassVar = (
        LimitExceeded,
        NotFound,
    )

    resource_arn: str
    tags: TagList


async def tag_resource(call: Call[TagResourceRequest]) -> web.Response:
    """Add tags to a scheduled audit, or give those that it has another value."""
    name = scheduled_audit_name(call.request.resource_arn, call.region, call.account)
    await call.outcome(call.application.tag_scheduled_audit(name, as_mapping(call.request.tags), call.cause()))
    return json_response({})
