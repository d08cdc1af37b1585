"""GET /audit/findings/{findingId}: DescribeAuditFinding."""

from dataclasses import replace

from aiohttp import web

from events.errors import NotFound
from events.vocabulary import CheckName
from service.call import Call
from service.operations.retained_period import is_retained
from service.wire.answer import json_response
from service.wire.members import FindingId
from service.wire.rendering import finding
from service.wire.request import Request

RELATED_RESOURCES_SHOWN = 10
"""The others are there for ListRelatedResourcesForAuditFinding. Source: AWS's model of that operation."""

RELATED_RESOURCES_ONLY_LISTED = frozenset(
    {CheckName("INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK")}
)
"""Checks of whose findings no related resource is shown here. Source: the same."""


class DescribeAuditFindingRequest(Request):
    """Which one."""

    finding_id: FindingId


async def describe_audit_finding(call: Call[DescribeAuditFindingRequest]) -> web.Response:
    """Answer with one finding, and the first of its related resources."""
    view = call.read_models.audit_findings.describe(call.account, call.request.finding_id)
    if view is None or not is_retained(call, view.task_id):
        raise NotFound("There is no audit finding with this findingId.")
    shown = 0 if view.check_name in RELATED_RESOURCES_ONLY_LISTED else RELATED_RESOURCES_SHOWN
    return json_response({"finding": finding(replace(view, related_resources=view.related_resources[:shown]))})
