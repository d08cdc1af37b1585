"""The commands of those who do the work: each may be delivered twice, or too late."""

from dataclasses import replace
from datetime import timedelta

import pytest

from events.application import Judgement
from events.check_shard import FINDINGS_PER_EVENT, ShardId, ShardTally
from events.finding_batches import BATCHES_PER_SAVE
from events.identifiers import check_run_id, check_shard_id
from events.log import EventLog
from events.resource import NonCompliance, Resource
from events.vocabulary import (
    ResourceType,
    Severity,
    TaskId,
)
from tests.support.given import ACCOUNT, CAUSE, NOON
from tests.support.made_up_audits import COMPLIANT, PATIENCE, PLAN, SHARD, TASK, WORKER, facts
from tests.support.made_up_catalogue import OPEN, ROTTING

FINDINGS_PER_SAVE = BATCHES_PER_SAVE * FINDINGS_PER_EVENT


def judgement(count: int) -> Judgement:
    findings = [
        NonCompliance(
            Resource(ResourceType.DEVICE_CERTIFICATE, {"deviceCertificateId": f"{number:064x}"}),
            "ROTTEN",
            "It rots.",
        )
        for number in range(count)
    ]
    return Judgement(findings, ShardTally(count + 1, count), Severity.HIGH)


class TestTheWork:
    def test_a_plan_is_noted_once(self, auditing, log):
        for version in (1, 2):
            auditing.record_check_plan(TASK, ROTTING, replace(PLAN, inventory_version=version), WORKER).result(
                PATIENCE
            )

        [planned] = log.stream(check_run_id(ACCOUNT, TASK, ROTTING))
        assert facts(planned)["plan"] == PLAN

    @pytest.mark.parametrize("task", ["over", "unknown"])
    def test_a_plan_for_an_audit_that_is_over_or_unknown_is_not_noted(self, auditing, happened, task):
        auditing.cancel_audit_task(TASK, CAUSE).result(PATIENCE)
        task_id = TASK if task == "over" else TaskId("b" * 32)

        auditing.record_check_plan(task_id, ROTTING, PLAN, WORKER).result(PATIENCE)

        assert happened(check_run_id(ACCOUNT, task_id, ROTTING)) == []

    def test_the_last_check_ends_the_audit_and_gives_its_place_back(self, auditing, happened):
        auditing.end_check_run(TASK, ROTTING, COMPLIANT, WORKER).result(PATIENCE)
        assert happened()[-2:] == ["CheckRun.Ended", "AuditTask.CheckOutcomeRecorded"]

        auditing.end_check_run(TASK, OPEN, COMPLIANT, WORKER).result(PATIENCE)

        assert happened()[-4:] == [
            "CheckRun.Ended",
            "AuditTask.CheckOutcomeRecorded",
            "AuditTask.Completed",
            "AuditAccount.OnDemandAuditReleased",
        ]

    def test_ending_a_check_twice_changes_nothing(self, auditing, log):
        first = auditing.end_check_run(TASK, ROTTING, COMPLIANT, WORKER).result(PATIENCE)
        second = auditing.end_check_run(TASK, ROTTING, COMPLIANT, WORKER).result(PATIENCE)

        assert first.position == second.position == log.last_position()


class TestAJudgement:
    """Blocks until it is in the log, in as many events and saves as it needs."""

    STREAM = check_shard_id(ACCOUNT, TASK, ROTTING, 0)

    def findings_in(self, log: EventLog) -> list[NonCompliance]:
        batches = [event for event in log.stream(self.STREAM) if event.TOPIC == "CheckShard.FindingsRecorded.v1"]
        assert [facts(event)["batch"] for event in batches] == list(range(len(batches)))
        return [finding for event in batches for finding in vars(event)["findings"]]

    @pytest.mark.parametrize(
        "count",
        [
            0,
            1,
            FINDINGS_PER_EVENT,
            FINDINGS_PER_EVENT + 1,
            FINDINGS_PER_SAVE,
            FINDINGS_PER_SAVE + 1,
            2 * FINDINGS_PER_SAVE + FINDINGS_PER_EVENT + 7,
        ],
    )
    def test_every_finding_is_kept_once_and_the_shard_is_completed(self, auditing, log, count):
        given = judgement(count)

        assert auditing.record_judgement(SHARD, given, WORKER)

        assert self.findings_in(log) == list(given.findings)
        last = log.stream(self.STREAM)[-1]
        assert last.TOPIC == "CheckShard.Completed.v1"
        assert facts(last)["tally"] == given.tally

    @pytest.mark.parametrize("count", [0, 3, FINDINGS_PER_SAVE + 3])
    def test_a_second_delivery_changes_nothing(self, auditing, log, count):
        auditing.record_judgement(SHARD, judgement(count), WORKER)
        before = log.last_position()

        assert auditing.record_judgement(SHARD, judgement(count), WORKER)

        assert log.last_position() == before

    def test_its_findings_know_when_their_audit_began(self, auditing, log):
        later = replace(WORKER, time=NOON + timedelta(hours=1))

        auditing.record_judgement(SHARD, judgement(1), later)

        found = log.stream(self.STREAM)[0]
        assert facts(found)["task_started_at"] == NOON
        assert found.timestamp == NOON + timedelta(hours=1)
        assert facts(found)["severity"] is Severity.HIGH

    def test_it_is_not_kept_when_the_audit_is_over(self, auditing, log):
        auditing.cancel_audit_task(TASK, CAUSE).result(PATIENCE)

        assert not auditing.record_judgement(SHARD, judgement(3), WORKER)

        assert log.stream(self.STREAM) == []

    def test_it_is_not_kept_when_there_is_no_such_audit(self, auditing):
        assert not auditing.record_judgement(ShardId(TaskId("b" * 32), ROTTING, 0), judgement(3), WORKER)
