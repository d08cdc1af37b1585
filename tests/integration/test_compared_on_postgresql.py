"""Audits in a PostgreSQL database are compared and judged again beside the service that keeps it."""

from dataclasses import replace

import pytest

from events.vocabulary import CheckName, TaskId
from service.cli.difference_pages import pages_at_hand
from service.differences.differences import Wanted
from service.judging_again import judged_on
from service.settings import Settings
from service.stores import stores_beside
from tests.support.inventory_records import device
from tests.support.running_audit import CLOCK, running_audit
from workers.inventory.kinds import DEVICE_CERTIFICATES
from workers.judging_again.check_judged_again import DifferingFinding, Result
from workers.judging_again.judging_again import JudgingAgain
from workers.judging_again.recorded_audit import read_recorded_audit

EXPIRING = "DEVICE_CERTIFICATE_EXPIRING_CHECK"


@pytest.fixture
def settings(migrated_url, tmp_path):
    return replace(Settings(), database_url=migrated_url, data_directory=tmp_path, shard_size=2)


def test_audits_are_compared_and_judged_again_in_a_database(settings):
    first, second = TaskId("a" * 32), TaskId("b" * 32)
    with running_audit(settings, EXPIRING) as audit:
        for task_id, numbers in ((first, (1, 2, 3)), (second, (2, 3, 4, 5))):
            begun = audit.services.inventory.begin_import(audit.account, replace=True, now=CLOCK.now())
            with begun as importing:
                for number in numbers:
                    importing.add(DEVICE_CERTIFICATES, device(number))
            audit.task_id = task_id
            audit.begin()
            audit.wait_until_over()

        with pages_at_hand(settings) as pages:
            [answer] = pages(Wanted(second))

        assert answer["sinceTaskId"] == first
        assert answer["checks"][EXPIRING] == {
            "isComparable": True,
            "newFindings": 2,
            "resolvedFindings": 1,
            "unchangedFindings": 2,
            "causes": {"RESOURCE_ADDED": 2, "RESOURCE_REMOVED": 1},
            "notJudgedResources": 0,
        }
        with stores_beside(settings) as stores:
            recorded = read_recorded_audit(stores.log, audit.account, first)
            differing: list[DifferingFinding] = []
            pieces: list[int] = []
            judging = JudgingAgain(recorded, judged_on(settings, stores, CLOCK), differing.append, pieces.append)
            [judged] = [judging.judge(check) for check in recorded.checks]
    assert (judged.check_name, judged.result, judged.findings) == (CheckName(EXPIRING), Result.SAME, 3)
    assert (pieces, differing) == ([2, 1], [])
