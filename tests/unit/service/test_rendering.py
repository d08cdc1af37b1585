import orjson

from events.resource import RelatedResource, Resource
from events.vocabulary import (
    AuditTaskStatus,
    AuditTaskType,
    CheckName,
    CheckRunStatus,
    ResourceType,
    Severity,
    TaskId,
)
from projections.audit_findings import FindingView
from projections.audit_tasks import AuditTaskView, CheckDetail
from service.wire.answer import present
from service.wire.rendering import audit_task, finding
from tests.support.iot_model import iot, require_shape

SECOND = 1_767_225_600

SHARED = FindingView(
    finding_id="f" * 32,
    task_id=TaskId("a" * 32),
    check_name=CheckName("DEVICE_CERTIFICATE_SHARED_CHECK"),
    task_started_at=SECOND * 1000,
    found_at=SECOND * 1000 + 434,
    severity=Severity.CRITICAL,
    resource=Resource(ResourceType.DEVICE_CERTIFICATE, {"deviceCertificateId": "ab" * 32}),
    additional_info={},
    related_resources=tuple(
        RelatedResource(
            Resource(ResourceType.CLIENT_ID, {"clientId": f"client-{number}"}),
            {"CONNECTION_TIME": "1552217279000"},
        )
        for number in range(12)
    ),
    reason="Certificate shared by one or more devices.",
    reason_code="CERTIFICATE_SHARED_BY_MULTIPLE_DEVICES",
    is_suppressed=True,
)


def on_the_wire(rendered):
    return orjson.loads(orjson.dumps(rendered))


def test_a_finding_has_all_of_its_related_resources_in_their_order():
    rendered = on_the_wire(finding(SHARED))
    require_shape(rendered, iot().shape_for("AuditFinding"), "finding")
    related = rendered["relatedResources"]
    assert [each["resourceIdentifier"]["clientId"] for each in related] == [f"client-{n}" for n in range(10)]
    assert related[0]["additionalInfo"] == {"CONNECTION_TIME": "1552217279000"}


def test_what_a_finding_does_not_have_is_left_out_but_that_it_is_suppressed_or_not_is_said():
    rendered = finding(SHARED)
    assert "additionalInfo" not in rendered["nonCompliantResource"]
    assert rendered["isSuppressed"] is True
    assert (rendered["taskStartTime"], rendered["findingTime"]) == (float(SECOND), SECOND + 0.434)


def test_a_task_counts_its_checks_by_where_they_stand():
    statuses = list(CheckRunStatus)
    task = AuditTaskView(
        task_id=TaskId("a" * 32),
        status=AuditTaskStatus.IN_PROGRESS,
        task_type=AuditTaskType.SCHEDULED,
        started_at=SECOND * 1000,
        scheduled_audit_name="nightly",
        details={CheckName(f"CHECK_{status}"): CheckDetail(status) for status in statuses},
    )
    rendered = on_the_wire(audit_task(task))
    require_shape(rendered, iot().shape_for("DescribeAuditTaskResponse"), "task")
    assert rendered["scheduledAuditName"] == "nightly"
    assert rendered["taskStatistics"] == {
        "totalChecks": 6,
        "inProgressChecks": 1,
        "waitingForDataCollectionChecks": 1,
        "compliantChecks": 1,
        "nonCompliantChecks": 1,
        "failedChecks": 1,
        "canceledChecks": 1,
    }
    compliant = {name for name, detail in rendered["auditDetails"].items() if detail["checkCompliant"]}
    assert compliant == {"CHECK_COMPLETED_COMPLIANT"}


def test_an_answer_knows_no_null():
    assert present({"a": None, "b": False, "c": 0, "d": ""}) == {"b": False, "c": 0, "d": ""}
