"""POST /audit/findings: ListAuditFindings."""

from typing import ClassVar

from aiohttp import web

from events.errors import InvalidRequest
from events.vocabulary import CheckName, TaskId
from projections.audit_findings import FindingFilter
from service.call import Call
from service.operations.retained_period import is_retained, require_retained
from service.wire.answer import json_response
from service.wire.answered import Finding, ListAnswer
from service.wire.listing import ListRequest
from service.wire.members import AuditTaskId, MaxResults
from service.wire.rendering import finding
from service.wire.resource_identifier import ResourceIdentifier
from service.wire.timestamps import EndInBody, StartInBody


class Findings(ListAnswer):
    """Findings, newest first."""

    findings: list[Finding]


class ListAuditFindingsRequest(ListRequest):
    """One audit, or a time in which the findings were made, both ends included; and filters."""

    answer: ClassVar = Findings

    order = (int, str)

    task_id: AuditTaskId | None = None
    start_time: StartInBody | None = None
    end_time: EndInBody | None = None
    check_name: CheckName | None = None
    resource_identifier: ResourceIdentifier | None = None
    list_suppressed_findings: bool | None = None
    max_results: MaxResults | None = None


async def list_audit_findings(call: Call[ListAuditFindingsRequest]) -> web.Response:
    """Answer with findings, newest first. An audit that does not exist has none."""
    asked = call.request
    wanted = _filter(call)
    if wanted.task_id is not None and not is_retained(call, wanted.task_id):
        return json_response({"findings": []})
    findings = await call.listed(
        call.read_models.audit_findings.list, call.account, wanted, asked.page(call.account)
    )
    return json_response(
        {
            "findings": [finding(view) for view in findings.rows],
            "nextToken": asked.token_after(findings, call.account),
        }
    )


def _filter(call: Call[ListAuditFindingsRequest]) -> FindingFilter:
    asked = call.request
    _require_one_scope(call)
    if asked.check_name is not None:
        call.services.catalogue.require_known([asked.check_name])
    match = asked.resource_identifier and asked.resource_identifier.match(call.region, call.account)
    return FindingFilter(
        task_id=None if asked.task_id is None else TaskId(asked.task_id),
        start_ms=asked.start_time,
        end_ms=asked.end_time,
        check_name=asked.check_name,
        resources=None if asked.resource_identifier is None else [match] if match else [],
        is_suppressed=asked.list_suppressed_findings,
    )


def _require_one_scope(call: Call[ListAuditFindingsRequest]) -> None:
    asked = call.request
    if asked.task_id is not None:
        if asked.start_time is not None or asked.end_time is not None:
            raise InvalidRequest("Give either taskId, or startTime and endTime, but not both.")
    elif asked.start_time is None or asked.end_time is None:
        raise InvalidRequest("Give either taskId, or both startTime and endTime.")
    else:
        require_retained(call, asked.start_time, asked.end_time)
