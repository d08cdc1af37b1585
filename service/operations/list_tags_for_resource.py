"""GET /tags: ListTagsForResource."""

from typing import ClassVar

from aiohttp import web
from pydantic import Field

from events.errors import InvalidRequest, NotFound
from service.call import Call
from service.wire.answer import json_response
from service.wire.answered import Answered
from service.wire.request import Request
from service.wire.tagged_resource import scheduled_audit_name


class ListedTag(Answered):
    """One tag. AWS writes its members with a capital."""

    key: str = Field(alias="Key")
    value: str = Field(alias="Value")


class Tags(Answered):
    """All tags of the resource."""

    tags: list[ListedTag]


class ListTagsForResourceRequest(Request):
    """Whose tags."""

    answer: ClassVar = Tags
    refusals: ClassVar = (NotFound,)

    resource_arn: str
    next_token: str | None = None


async def list_tags_for_resource(call: Call[ListTagsForResourceRequest]) -> web.Response:
    """Answer with all the tags of a scheduled audit: there are at most 50, which is one page."""
    if call.request.next_token is not None:
        raise InvalidRequest("nextToken is not valid for this request: all tags come in one answer.")
    name = scheduled_audit_name(call.request.resource_arn, call.region, call.account)
    audit = call.read_models.scheduled_audits.describe(call.account, name)
    if audit is None:
        raise NotFound("There is no resource with this resourceArn.")
    return json_response({"tags": [{"Key": key, "Value": audit.tags[key]} for key in sorted(audit.tags)]})
