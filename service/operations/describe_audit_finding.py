"""GET /audit/findings/{findingId}: DescribeAuditFinding."""

from typing import ClassVar

from aiohttp import web

from events.errors import NotFound
from service.call import Call
from service.operations.retained_period import is_retained
from service.wire.answer import json_response
from service.wire.answered import Answered, Finding
from service.wire.members import FindingId
from service.wire.rendering import finding
from service.wire.request import Request


class DescribedFinding(Answered):
    """The finding."""

    finding: Finding


class DescribeAuditFindingRequest(Request):
    """Which one."""

    answer: ClassVar = DescribedFinding
    refusals: ClassVar = (NotFound,)

    finding_id: FindingId


async def describe_audit_finding(call: Call[DescribeAuditFindingRequest]) -> web.Response:
    """Answer with one finding, and the first of its related resources."""
    view = call.read_models.audit_findings.describe(call.account, call.request.finding_id)
    if view is None or not is_retained(call, view.task_id):
        raise NotFound("There is no audit finding with this findingId.")
    return json_response({"finding": finding(view)})
