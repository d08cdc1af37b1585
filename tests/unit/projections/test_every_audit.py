"""Every audit that there ever was is found again, also when its events have left the log."""

from events.audit_archive import ArchiveSummary, AuditTaskArchived
from events.clock import epoch_milliseconds
from events.identifiers import audit_archive_id, finding_id
from projections.every_audit import Begun, PastAudit
from tests.support.events import EXPIRING, LOGGING, device_certificate, task_id
from tests.support.given import ACCOUNT, NOON

NOON_MS = epoch_milliseconds(NOON)
FINDING = finding_id(ACCOUNT, task_id(), EXPIRING, device_certificate(), "EXPIRED")


def begun(start=0, end=60, up_to=100, under_way_at=0):
    return Begun(NOON_MS + 1000 * start, NOON_MS + 1000 * end, up_to, NOON_MS + 1000 * under_way_at)


def archived(history, task):
    summary = ArchiveSummary("000000000000/1.ndjson.gz", "ab" * 32, 9, 2, 10, {EXPIRING: 1, LOGGING: 0})
    history.add(AuditTaskArchived, audit_archive_id(ACCOUNT, task), task_id=task, summary=summary)


def found(models, *asked, **given):
    return [each.task_id for each in models.every_audit.begun(ACCOUNT, begun(**given), *asked or (100,))]


def test_audits_of_a_time_newest_first(projecting, history):
    history.on_demand_audit_admitted(task_id(1))
    history.scheduled_audit_created()
    history.scheduled_audit_started()  # of the same id: the first stands
    history.on_demand_audit_admitted(task_id(2))
    models = projecting.take(history.events)
    assert found(models) == [task_id(2), task_id(1)]
    assert found(models, 1) == [task_id(2)]
    assert found(models, start=1) == [task_id(2)]
    assert found(models, end=2) == [task_id(1)]
    assert found(models, up_to=3) == [task_id(1)]


def test_audits_that_were_under_way(projecting, history):
    history.on_demand_audit_admitted()
    history.task_started()
    history.task_completed()
    models = projecting.take(history.events)
    assert found(models, under_way_at=2) == [task_id()]
    assert found(models, under_way_at=3) == []
    assert found(models, under_way_at=3, up_to=2) == [task_id()]


def test_of_which_audit_a_finding_is(projecting, history):
    history.on_demand_audit_admitted()
    history.task_started()
    models = projecting.take(history.events)
    assert models.every_audit.of_finding(ACCOUNT, FINDING) == [(task_id(), EXPIRING)]
    assert models.every_audit.of_finding(ACCOUNT, "0" * 32) == []


def test_an_archive_is_known_and_a_log_without_the_events_makes_the_same_rows(projecting, history):
    history.on_demand_audit_admitted()
    history.task_started()
    history.task_completed()
    history.on_demand_audit_released()
    archived(history, task_id())
    models = projecting.take(history.events)
    assert models.every_audit.of_task(ACCOUNT, task_id()) == PastAudit(
        task_id(), 1, "000000000000/1.ndjson.gz", 5, 10
    )
    assert models.every_audit.of_task(ACCOUNT, task_id(2)) is None
    assert models.every_audit.of_finding(ACCOUNT, FINDING) == [(task_id(), EXPIRING)]
    assert found(models, under_way_at=50) == [task_id()]
