"""GET /audit/relatedResources: ListRelatedResourcesForAuditFinding."""

from typing import ClassVar

from aiohttp import web

from events.errors import NotFound
from service.call import Call
from service.operations.retained_period import is_retained
from service.wire.answer import json_response
from service.wire.answered import FoundResource, ListAnswer
from service.wire.listing import ListRequest
from service.wire.members import FindingId
from service.wire.rendering import related_resource


class RelatedResources(ListAnswer):
    """Related resources, in the order in which the check named them."""

    related_resources: list[FoundResource]


class ListRelatedResourcesForAuditFindingRequest(ListRequest):
    """The related resources of one finding, page by page."""

    answer: ClassVar = RelatedResources
    refusals: ClassVar = (NotFound,)

    order = (int,)

    finding_id: FindingId


async def list_related_resources_for_audit_finding(
    call: Call[ListRelatedResourcesForAuditFindingRequest],
) -> web.Response:
    """Answer with related resources, all that there are, in the order in which the check named them."""
    asked = call.request
    related = await call.listed(
        call.read_models.audit_findings.related_resources, call.account, asked.finding_id, asked.page(call.account)
    )
    task_id = call.read_models.audit_findings.task_of(call.account, asked.finding_id)
    if related is None or task_id is None or not is_retained(call, task_id):
        raise NotFound("There is no audit finding with this findingId.")
    return json_response(
        {
            "relatedResources": [related_resource(each) for each in related.rows],
            "nextToken": asked.token_after(related, call.account),
        }
    )
