"""Which operation is where: AWS's own table, row by row, and what is ours beside it."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from service.access.caller import CALLER
from service.as_of.travel import past_of
from service.call import LISTS, Call
from service.middleware import REQUEST_ID
from service.operations import health
from service.operations.cancel_audit_task import CancelAuditTaskRequest, cancel_audit_task
from service.operations.clock import AdvanceClockRequest, DescribeClockRequest, advance_clock, describe_clock
from service.operations.create_scheduled_audit import CreateScheduledAuditRequest, create_scheduled_audit
from service.operations.delete_account_audit_configuration import (
    DeleteAccountAuditConfigurationRequest,
    delete_account_audit_configuration,
)
from service.operations.delete_scheduled_audit import DeleteScheduledAuditRequest, delete_scheduled_audit
from service.operations.describe_account_audit_configuration import (
    DescribeAccountAuditConfigurationRequest,
    describe_account_audit_configuration,
)
from service.operations.describe_audit_finding import DescribeAuditFindingRequest, describe_audit_finding
from service.operations.describe_audit_task import DescribeAuditTaskRequest, describe_audit_task
from service.operations.describe_scheduled_audit import DescribeScheduledAuditRequest, describe_scheduled_audit
from service.operations.export_history import PATH as EXPORT_HISTORY
from service.operations.export_history import export_history
from service.operations.import_inventory import PATH as IMPORT_INVENTORY
from service.operations.import_inventory import import_inventory
from service.operations.import_presence import PATH as IMPORT_PRESENCE
from service.operations.import_presence import import_presence
from service.operations.list_audit_differences import PATH as DIFFERENCES
from service.operations.list_audit_differences import ListAuditDifferencesRequest, list_audit_differences
from service.operations.list_audit_findings import ListAuditFindingsRequest, list_audit_findings
from service.operations.list_audit_tasks import ListAuditTasksRequest, list_audit_tasks
from service.operations.list_history import PATH as HISTORY
from service.operations.list_history import ListHistoryRequest, list_history
from service.operations.list_refusals import PATH as REFUSALS
from service.operations.list_refusals import ListRefusalsRequest, list_refusals
from service.operations.list_related_resources_for_audit_finding import (
    ListRelatedResourcesForAuditFindingRequest,
    list_related_resources_for_audit_finding,
)
from service.operations.list_scheduled_audits import ListScheduledAuditsRequest, list_scheduled_audits
from service.operations.list_tags_for_resource import ListTagsForResourceRequest, list_tags_for_resource
from service.operations.metrics import metrics
from service.operations.notifications import LIST as NOTIFICATIONS
from service.operations.notifications import RETRY as RETRY_NOTIFICATIONS
from service.operations.notifications import (
    ListNotificationsRequest,
    RetryNotificationsRequest,
    list_notifications,
    retry_notifications,
)
from service.operations.openapi import DOCUMENT, PAGE, api_page, openapi_document
from service.operations.proofs import CHECKPOINT, EVENT_PROOF, checkpoint, event_proof
from service.operations.start_on_demand_audit_task import StartOnDemandAuditTaskRequest, start_on_demand_audit_task
from service.operations.tag_resource import TagResourceRequest, tag_resource
from service.operations.untag_resource import UntagResourceRequest, untag_resource
from service.operations.update_account_audit_configuration import (
    UpdateAccountAuditConfigurationRequest,
    update_account_audit_configuration,
)
from service.operations.update_scheduled_audit import UpdateScheduledAuditRequest, update_scheduled_audit
from service.operations.watch_audit_task import PATH as WATCH_AUDIT_TASK
from service.operations.watch_audit_task import watch_audit_task
from service.services import SERVICES
from service.wire.reading import read
from service.wire.request import Request

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Operation:
    """One operation: where it is, what it takes, and who carries it out."""

    method: str
    path: str
    request: type[Request]
    handler: Callable[[Call[Any]], Awaitable[web.Response]]

    @property
    def name(self) -> str:
        """AWS's name of the operation."""
        return self.request.__name__.removesuffix("Request")


CONFIG = "/audit/configuration"
SCHEDULED_AUDITS = "/audit/scheduledaudits"
SCHEDULED_AUDIT = "/audit/scheduledaudits/{scheduledAuditName}"
TASKS = "/audit/tasks"
CLOCK = "/fleet-audit/clock"
METRICS = "/metrics"
HEALTH_LIVE = "/health/live"
HEALTH_READY = "/health/ready"
TASK = "/audit/tasks/{taskId}"
CANCEL_TASK = "/audit/tasks/{taskId}/cancel"

WATCHING_PATHS = frozenset({METRICS, HEALTH_LIVE, HEALTH_READY})
"""What those who watch over a process ask for, even when there is room for nobody else."""

# fmt: off
OPERATIONS = (
    Operation("PATCH", CONFIG, UpdateAccountAuditConfigurationRequest, update_account_audit_configuration),
    Operation("GET", CONFIG, DescribeAccountAuditConfigurationRequest, describe_account_audit_configuration),
    Operation("DELETE", CONFIG, DeleteAccountAuditConfigurationRequest, delete_account_audit_configuration),
    Operation("GET", SCHEDULED_AUDITS, ListScheduledAuditsRequest, list_scheduled_audits),
    Operation("POST", SCHEDULED_AUDIT, CreateScheduledAuditRequest, create_scheduled_audit),
    Operation("GET", SCHEDULED_AUDIT, DescribeScheduledAuditRequest, describe_scheduled_audit),
    Operation("PATCH", SCHEDULED_AUDIT, UpdateScheduledAuditRequest, update_scheduled_audit),
    Operation("DELETE", SCHEDULED_AUDIT, DeleteScheduledAuditRequest, delete_scheduled_audit),
    Operation("POST", TASKS, StartOnDemandAuditTaskRequest, start_on_demand_audit_task),
    Operation("GET", TASKS, ListAuditTasksRequest, list_audit_tasks),
    Operation("GET", TASK, DescribeAuditTaskRequest, describe_audit_task),
    Operation("PUT", CANCEL_TASK, CancelAuditTaskRequest, cancel_audit_task),
    Operation("POST", "/audit/findings", ListAuditFindingsRequest, list_audit_findings),
    Operation("GET", "/audit/findings/{findingId}", DescribeAuditFindingRequest, describe_audit_finding),
    Operation(
        "GET",
        "/audit/relatedResources",
        ListRelatedResourcesForAuditFindingRequest,
        list_related_resources_for_audit_finding,
    ),
    Operation("POST", "/tags", TagResourceRequest, tag_resource),
    Operation("POST", "/untag", UntagResourceRequest, untag_resource),
    Operation("GET", "/tags", ListTagsForResourceRequest, list_tags_for_resource),
)
# fmt: on

EXTENSIONS = (
    Operation("GET", CLOCK, DescribeClockRequest, describe_clock),
    Operation("POST", CLOCK, AdvanceClockRequest, advance_clock),
    Operation("GET", NOTIFICATIONS, ListNotificationsRequest, list_notifications),
    Operation("POST", RETRY_NOTIFICATIONS, RetryNotificationsRequest, retry_notifications),
    Operation("GET", DIFFERENCES, ListAuditDifferencesRequest, list_audit_differences),
    Operation("GET", HISTORY, ListHistoryRequest, list_history),
    Operation("GET", REFUSALS, ListRefusalsRequest, list_refusals),
)
"""Operations of ours, read and answered like AWS's."""


def routes() -> list[web.RouteDef]:
    """Every route of the service, named as its operation is: in what is measured, and in what is allowed."""
    return [
        *(
            web.route(each.method, _any_text(each.path), _endpoint(each), name=each.name)
            for each in (*OPERATIONS, *EXTENSIONS)
        ),
        web.post(IMPORT_INVENTORY, import_inventory, name="ImportInventory"),
        web.post(IMPORT_PRESENCE, import_presence, name="ImportPresence"),
        web.get(WATCH_AUDIT_TASK, watch_audit_task, name="WatchAuditTask"),
        web.get(EXPORT_HISTORY, export_history, name="ExportHistory"),
        web.get(CHECKPOINT, checkpoint, name="DescribeCheckpoint"),
        web.get(EVENT_PROOF, event_proof, name="DescribeEventProof"),
        web.get(DOCUMENT, openapi_document, name="OpenApi"),
        web.get(PAGE, api_page, name="ApiPage"),
        *watching_routes(),
    ]


def watching_routes() -> list[web.RouteDef]:
    """The routes for those who watch over a process, whatever its work is."""
    return [
        web.get(METRICS, metrics, name="Metrics"),
        web.get(HEALTH_LIVE, health.live, name="HealthLive"),
        web.get(HEALTH_READY, health.ready, name="HealthReady"),
    ]


def _any_text(path: str) -> str:
    """Let a variable of a path be any text, so that a wrong name is refused for what is wrong with it."""
    return re.sub(r"\{(\w+)\}", r"{\1:[^/]+}", path)


def _endpoint(operation: Operation) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        asked = await read(operation.request, request)
        app = request.app
        past = await past_of(request, asked)
        call = Call(asked, app[SERVICES], request[REQUEST_ID], request[CALLER], app[LISTS], past)
        return await operation.handler(call)

    return handle
