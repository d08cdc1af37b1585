"""POST /untag: UntagResource."""

from typing import Annotated, ClassVar

from aiohttp import web
from pydantic import Field

from events.errors import NotFound
from service.call import Call
from service.wire.answer import json_response
from service.wire.answered import NoMembers
from service.wire.members import TagKey
from service.wire.request import Request
from service.wire.tagged_resource import scheduled_audit_name


class UntagResourceRequest(Request):
    """What to untag, and the keys of the tags."""

    answer: ClassVar = NoMembers
    refusals: ClassVar = (NotFound,)

    resource_arn: str
    tag_keys: Annotated[list[TagKey], Field(fail_fast=True)]


async def untag_resource(call: Call[UntagResourceRequest]) -> web.Response:
    """Take tags off a scheduled audit. A key that it does not have is no error."""
    name = scheduled_audit_name(call.request.resource_arn, call.region, call.account)
    await call.outcome(call.application.untag_scheduled_audit(name, call.request.tag_keys, call.cause()))
    return json_response({})
