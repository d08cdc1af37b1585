"""The commands: what they ask of the catalogue, which streams they write, and what they refuse."""

from dataclasses import replace

import pytest

from events.audit_account import MAX_ON_DEMAND_AUDITS
from events.audit_task import TargetCheck
from events.errors import InvalidRequest, NotFound
from events.identifiers import audit_account_id, audit_task_id
from events.scheduled_audit import Schedule, ScheduledAudit
from events.vocabulary import (
    AccountId,
    AuditFrequency,
    AuditTaskType,
    CheckName,
    TaskId,
)
from tests.support.given import ACCOUNT, CAUSE
from tests.support.made_up_audits import COMPLIANT, DAILY, PATIENCE, ROLE, TASK, WORKER, configuration, facts
from tests.support.made_up_catalogue import AGE, OPEN, ROTTING

UNKNOWN = CheckName("WALL_CHECK")
STRANGER = replace(CAUSE, account=AccountId("111111111111"))


class TestTheCatalogueIsAsked:
    def test_an_unknown_check_can_not_be_configured(self, application, happened):
        with pytest.raises(InvalidRequest, match="WALL_CHECK"):
            application.update_account_audit_configuration(configuration(UNKNOWN), CAUSE).result(PATIENCE)
        assert happened() == []

    def test_a_threshold_outside_its_range_can_not_be_configured(self, application, happened):
        change = configuration(ROTTING, thresholds={AGE: "1"})
        with pytest.raises(InvalidRequest, match="from 30 to 3650"):
            application.update_account_audit_configuration(change, CAUSE).result(PATIENCE)
        assert happened() == []

    def test_an_unknown_check_can_not_be_scheduled(self, configured):
        audit = ScheduledAudit("daily", Schedule(AuditFrequency.DAILY), (UNKNOWN,))
        with pytest.raises(InvalidRequest, match="WALL_CHECK"):
            configured.create_scheduled_audit(audit, CAUSE).result(PATIENCE)

    def test_a_scheduled_audit_can_not_be_given_an_unknown_check(self, configured):
        configured.create_scheduled_audit(DAILY, CAUSE).result(PATIENCE)
        with pytest.raises(InvalidRequest, match="WALL_CHECK"):
            configured.update_scheduled_audit("daily", {}, [UNKNOWN], CAUSE).result(PATIENCE)

    def test_an_unknown_scheduled_audit_is_told_before_an_unknown_check(self, configured):
        with pytest.raises(NotFound):
            configured.update_scheduled_audit("weekly", {}, [UNKNOWN], CAUSE).result(PATIENCE)

    def test_an_unknown_check_can_not_be_audited(self, configured):
        with pytest.raises(InvalidRequest, match="WALL_CHECK"):
            configured.start_on_demand_audit_task(TASK, [UNKNOWN], CAUSE).result(PATIENCE)


class TestScheduledAudits:
    def test_one_is_created_changed_tagged_untagged_and_deleted(self, configured, happened):
        for command in (
            configured.create_scheduled_audit(DAILY, CAUSE),
            configured.update_scheduled_audit(
                "daily", {"frequency": AuditFrequency.MONTHLY, "day_of_month": "LAST"}, None, CAUSE
            ),
            configured.tag_scheduled_audit("daily", {"team": "fleet"}, CAUSE),
            configured.untag_scheduled_audit("daily", ["team"], CAUSE),
            configured.delete_scheduled_audit("daily", CAUSE),
        ):
            command.result(PATIENCE)

        assert happened(audit_account_id(ACCOUNT))[2:] == [
            "AuditAccount.ScheduledAuditCreated",
            "AuditAccount.ScheduledAuditChanged",
            "AuditAccount.ScheduledAuditTagged",
            "AuditAccount.ScheduledAuditUntagged",
            "AuditAccount.ScheduledAuditDeleted",
        ]

    def test_they_go_with_the_configuration_when_that_is_asked(self, configured, happened):
        configured.create_scheduled_audit(DAILY, CAUSE).result(PATIENCE)

        configured.delete_account_audit_configuration(CAUSE, delete_scheduled_audits=True).result(PATIENCE)

        assert happened()[-2:] == ["AuditAccount.ScheduledAuditDeleted", "AuditAccount.ConfigurationDeleted"]

    def test_accounts_do_not_see_each_other(self, configured):
        configured.create_scheduled_audit(DAILY, CAUSE).result(PATIENCE)

        with pytest.raises(NotFound):
            configured.delete_scheduled_audit("daily", STRANGER).result(PATIENCE)


class TestAnOnDemandAudit:
    def test_it_takes_a_place_and_starts_in_one_save(self, configured, log):
        committed = configured.start_on_demand_audit_task(TASK, [ROTTING], CAUSE).result(PATIENCE)

        admitted, started = log.after(0)[-2:]
        assert admitted.event.TOPIC == "AuditAccount.OnDemandAuditAdmitted.v1"
        assert started.event.TOPIC == "AuditTask.Started.v2"
        assert started.event.originator_id == audit_task_id(ACCOUNT, TASK)
        assert committed.position == started.position

    def test_it_knows_the_thresholds_in_force_and_each_check_once(self, configured, log):
        change = configuration(ROTTING, thresholds={AGE: "60"})
        configured.update_account_audit_configuration(change, CAUSE).result(PATIENCE)

        configured.start_on_demand_audit_task(TASK, [ROTTING, OPEN, ROTTING], CAUSE).result(PATIENCE)

        [started] = log.stream(audit_task_id(ACCOUNT, TASK))
        assert facts(started)["checks"] == [TargetCheck(ROTTING, {AGE: "60"}), TargetCheck(OPEN, {})]
        assert facts(started)["task_type"] is AuditTaskType.ON_DEMAND
        assert facts(started)["role_arn"] == ROLE

    def test_a_threshold_that_was_never_configured_has_its_default(self, configured, log):
        configured.start_on_demand_audit_task(TASK, [ROTTING, OPEN], CAUSE).result(PATIENCE)

        [started] = log.stream(audit_task_id(ACCOUNT, TASK))
        assert facts(started)["checks"] == [TargetCheck(ROTTING, {AGE: "365"}), TargetCheck(OPEN, {})]

    def test_canceling_it_gives_its_place_back(self, auditing, happened):
        auditing.cancel_audit_task(TASK, CAUSE).result(PATIENCE)

        assert happened()[-2:] == ["AuditTask.Canceled", "AuditAccount.OnDemandAuditReleased"]

    def test_another_accounts_audit_can_not_be_canceled(self, auditing):
        with pytest.raises(NotFound):
            auditing.cancel_audit_task(TASK, STRANGER).result(PATIENCE)

    def test_places_that_were_given_back_can_be_taken_again(self, configured):
        for number in range(MAX_ON_DEMAND_AUDITS + 5):
            task = TaskId(f"{number:032x}")
            configured.start_on_demand_audit_task(task, [OPEN], CAUSE).result(PATIENCE)
            configured.end_check_run(task, OPEN, COMPLIANT, WORKER).result(PATIENCE)
