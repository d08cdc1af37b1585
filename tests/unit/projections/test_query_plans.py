"""Every question is answered from stretches of an index, so that it costs the same however long the history is."""

from collections.abc import Sequence
from contextlib import closing
from itertools import product

import pytest

from events.vocabulary import AuditTaskStatus, AuditTaskType
from projections.audit_differences import Audits, DifferenceStatus
from projections.audit_findings import FindingFilter, ResourceMatch
from projections.finding_identities import FindingIdentity
from projections.paging import Page
from projections.read_models import ReadModels
from tests.support.events import EXPIRING, History, device_certificate, non_compliance, policy_version, task_id
from tests.support.given import ACCOUNT
from tests.support.listening_database import ListeningDatabase
from tests.support.projecting import Projecting


@pytest.fixture
def models(listening: ListeningDatabase) -> ReadModels:
    """With a task and findings, so that no question ends early."""
    history = History()
    history.task_started()
    for resource in (device_certificate(), policy_version()):
        history.findings_recorded([non_compliance(resource)])
    models = Projecting(listening).take(history.events)
    listening.heard()
    return models


def require_searches(steps: Sequence[str], index: str, *, depth: str = "") -> None:
    """Each step must be a search, none a scan or a sort, and the page must be found in the index given."""
    assert [step for step in steps if not step.startswith("SEARCH ")] == []
    assert any(index in step and depth in step for step in steps), steps


@pytest.mark.parametrize("after", [None, (2**41, "ff")], ids=["first page", "later page"])
@pytest.mark.parametrize("status", [None, AuditTaskStatus.IN_PROGRESS])
@pytest.mark.parametrize("task_type", [None, AuditTaskType.ON_DEMAND])
def test_a_page_of_tasks_is_one_stretch_of_the_index_of_its_filter(models, listening, task_type, status, after):
    models.audit_tasks.list(ACCOUNT, 0, 2**42, task_type, status, Page(25, after))

    index = {
        (False, False): "audit_tasks_by_time ",
        (True, False): "audit_tasks_by_type ",
        (False, True): "audit_tasks_by_status ",
        (True, True): "audit_tasks_by_type_and_status ",
    }[task_type is not None, status is not None]
    require_searches(listening.steps(), index, depth="started_at>? AND (started_at,task_id)<(?,?))")


def test_a_task_is_described_by_its_primary_key_in_one_select(models, listening):
    models.audit_tasks.describe(ACCOUNT, task_id())

    assert len(listening.asked) == 1
    require_searches(listening.steps(), "sqlite_autoindex_audit_tasks_1 (account=? AND task_id=?)")


@pytest.mark.parametrize("question", ["describe", "related_resources"])
def test_a_finding_is_found_by_its_primary_key_in_one_select(models, listening, question):
    page = () if question == "describe" else (Page(25),)
    getattr(models.audit_findings, question)(ACCOUNT, "f" * 32, *page)

    assert len(listening.asked) == 1
    require_searches(listening.steps(), "sqlite_autoindex_audit_findings_1 (finding_id=?)")


def test_scheduled_audits_are_read_by_their_primary_key(models, listening):
    models.scheduled_audits.describe(ACCOUNT, "nightly")
    require_searches(listening.steps(), "sqlite_autoindex_scheduled_audits_1 (account=? AND name=?)")

    models.scheduled_audits.list(ACCOUNT, Page(25, ("a",)))
    require_searches(listening.steps(), "sqlite_autoindex_scheduled_audits_1 (account=? AND name>?)")


def test_a_configuration_is_read_by_its_primary_key(models, listening):
    models.account_configuration.describe(ACCOUNT)

    require_searches(listening.steps(), "sqlite_autoindex_account_configuration_1 (account=?)")


def filters(resources=None):
    """Every combination of the members of a filter, for these resources."""
    members = product((None, task_id()), (None, 2**40), (None, 2**42), (None, EXPIRING), (None, False, True))
    for task, start, end, check, suppressed in members:
        yield FindingFilter(task, start, end, check, resources, suppressed)


@pytest.mark.parametrize("after", [None, (2**41, "ff")], ids=["first page", "later page"])
def test_a_page_of_findings_is_one_stretch_of_the_index_of_its_filter(models, listening, after):
    for wanted in filters():
        models.audit_findings.list(ACCOUNT, wanted, Page(25, after))

        index = {
            (False, False): "audit_findings_by_time ",
            (True, False): "audit_findings_by_task ",
            (False, True): "audit_findings_by_check ",
            (True, True): "audit_findings_by_task_and_check ",
        }[wanted.task_id is not None, wanted.check_name is not None]
        assert len(listening.asked) == (2 if wanted.is_suppressed is None else 1)
        require_searches(listening.steps(), index, depth="(found_at,finding_id)<(?,?))")


@pytest.mark.parametrize("after", [None, (2**41, "ff")], ids=["first page", "later page"])
@pytest.mark.parametrize(
    "match",
    [ResourceMatch(policy_version().canonical), ResourceMatch("IOT_POLICY/policy/", is_prefix=True)],
    ids=["one resource", "resources that begin so"],
)
def test_a_page_of_findings_about_a_resource_is_read_by_the_resource(models, listening, match, after):
    for wanted in filters([match]):
        models.audit_findings.list(ACCOUNT, wanted, Page(25, after))

        # No finding of the task is suppressed, which is known before any resource is looked up.
        index = "by_task " if wanted.task_id is not None and wanted.is_suppressed else "by_resource "
        require_searches(listening.steps(), index)


STATISTICS = {
    "sqlite_autoindex_audit_findings_1": "1000000 1",
    "audit_findings_by_time": "1000000 1000000 1000000 250 1",
    "audit_findings_by_check": "1000000 1000000 1000000 60000 250 1",
    "audit_findings_by_task": "1000000 1000000 1000000 3 3 1",
    "audit_findings_by_task_and_check": "1000000 1000000 1000000 3 2 2 1",
    "audit_findings_by_resource": "1000000 1000000 1000000 10 1 1",
}
"""Of a million findings, most of them of audits that found two or three: the largest audit is not seen in it."""


def test_statistics_of_many_small_audits_do_not_lead_into_a_large_one(models, listening, tmp_path):
    with listening.transaction() as rows:
        rows.execute("ANALYZE")
        for index, statistics in STATISTICS.items():
            rows.execute("UPDATE sqlite_stat1 SET stat = ? WHERE idx = ?", (statistics, index))
    about = [ResourceMatch(policy_version().canonical)]

    with closing(ListeningDatabase(tmp_path / "listening.sqlite")) as informed:
        findings = ReadModels(informed).audit_findings
        informed.heard()
        for check in (None, EXPIRING):
            wanted = FindingFilter(task_id(), check_name=check, resources=about, is_suppressed=False)
            findings.list(ACCOUNT, wanted, Page(25))

            require_searches(informed.steps(), "audit_findings_by_resource ")


@pytest.mark.parametrize("status", list(DifferenceStatus))
def test_differences_are_read_in_the_index_of_identities(models, listening, status):
    audits = Audits(ACCOUNT, since=task_id(2), task_id=task_id())
    list(models.audit_differences.resources(audits, EXPIRING, status, 500))

    steps = [step for step in listening.steps() if not step.startswith("CORRELATED ")]  # which the next one tells
    require_searches(steps, "audit_findings_by_identity ", depth="(canonical_resource,reason_code)>(?,?)")
    assert all("audit_findings_by_identity " in step for step in steps), steps


def test_findings_that_are_named_are_found_by_their_primary_key(models, listening):
    models.audit_findings.named(ACCOUNT, ["e" * 32, "f" * 32])

    require_searches(listening.steps(), "sqlite_autoindex_audit_findings_1 (finding_id=?)")


def test_since_when_findings_are_there_is_looked_up_and_not_gone_through(models, listening):
    models.finding_identities.sightings(ACCOUNT, [FindingIdentity(EXPIRING, "a", "b")])

    steps = listening.steps()
    assert any("sqlite_autoindex_finding_identities_1 (account=? AND check_name=?" in step for step in steps), (
        steps
    )
    assert not any(step.startswith("SCAN f") for step in steps), steps
