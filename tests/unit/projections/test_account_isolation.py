"""No question of one account is ever answered with what is another's, whatever ids and keys it knows."""

import pytest

from events.identifiers import finding_id
from events.vocabulary import AccountId
from projections.audit_findings import FindingFilter, ResourceMatch
from projections.paging import Page
from projections.read_models import ReadModels
from tests.support.events import EXPIRING, History, device_certificate, non_compliance, policy_version, task_id
from tests.support.listening_database import ListeningDatabase
from tests.support.projecting import Projecting

OURS = AccountId("111111111111")
THEIRS = AccountId("222222222222")
BEFORE_AND_AFTER_ALL = (AccountId("111111111110"), AccountId("2"), AccountId(""), AccountId("%"))

EVERY_RESOURCE = [
    ResourceMatch(device_certificate().canonical),
    ResourceMatch(policy_version().canonical),
    ResourceMatch("IOT_POLICY/policy/", is_prefix=True),
    ResourceMatch("DEVICE_CERTIFICATE/", is_prefix=True),
]

FINDING_IDS = [
    finding_id(account, task_id(1), EXPIRING, device_certificate(), non_compliance().reason_code)
    for account in (OURS, THEIRS)
]


def history_of(account: AccountId, role_arn: str) -> History:
    """The same names and ids, whosever account it is."""
    history = History(account)
    history.role_changed(role_arn)
    history.scheduled_audit_created("nightly", tags={"owner": account})
    for number in (1, 2, 3):
        history.task_started(task_id(number))
        history.shard_completed(task=task_id(number), examined=int(account[0]))
        for resource in (device_certificate(), policy_version()):
            history.findings_recorded([non_compliance(resource)], task=task_id(number))
    return history


def answers(models: ReadModels, account: AccountId, after: tuple[int | str, ...] | None = None) -> list[object]:
    """All that an account can get out of the read models by any question."""
    page, name = Page(250, after), None if after is None else ("A",)
    listed = models.audit_findings.list
    filters = [
        FindingFilter(),
        FindingFilter(start_ms=0, end_ms=2**62),
        FindingFilter(check_name=EXPIRING),
        FindingFilter(task_id=task_id(1)),
        FindingFilter(task_id=task_id(1), check_name=EXPIRING),
        FindingFilter(resources=EVERY_RESOURCE),
        FindingFilter(task_id=task_id(1), check_name=EXPIRING, resources=EVERY_RESOURCE),
        FindingFilter(is_suppressed=False),
    ]
    return [
        models.account_configuration.describe(account),
        models.scheduled_audits.describe(account, "nightly"),
        *models.scheduled_audits.list(account, Page(250, name)).rows,
        *(models.audit_tasks.describe(account, task_id(number)) for number in (1, 2, 3)),
        *models.audit_tasks.list(account, 0, 2**62, None, None, page).rows,
        *(finding for wanted in filters for finding in listed(account, wanted, page).rows),
        *(models.audit_findings.describe(account, each) for each in FINDING_IDS),
        *(models.audit_findings.related_resources(account, each, Page(250)) for each in FINDING_IDS),
    ]


def something(found: list[object]) -> list[object]:
    return [each for each in found if each is not None]


@pytest.fixture
def models(listening: ListeningDatabase) -> ReadModels:
    projecting = Projecting(listening)
    projecting.take(history_of(THEIRS, "arn:aws:iam::222222222222:role/theirs").events)
    listening.heard()
    return projecting.models


def test_their_ids_and_names_find_nothing(models):
    assert len(something(answers(models, THEIRS))) > 30
    for account in (OURS, *BEFORE_AND_AFTER_ALL):
        assert something(answers(models, account)) == []


def test_their_tokens_find_nothing(models):
    finding = models.audit_findings.list(THEIRS, FindingFilter(), Page(1)).next
    task = models.audit_tasks.list(THEIRS, 0, 2**62, None, None, Page(1)).next

    for after in (finding, task, (2**62, "g"), (0, "")):
        assert something(answers(models, OURS, after)) == []


def test_every_read_of_every_table_names_the_account_first(models, listening):
    answers(models, THEIRS)

    asked = listening.heard()

    assert len(asked) > 20
    for sql, parameters in asked:
        reads = " ".join(sql.split()).count(" FROM ")
        assert " ".join(sql.split()).count(" WHERE account = ?") == reads
        assert list(parameters).count(THEIRS) == reads


def test_two_accounts_with_the_same_names_and_ids_do_not_meet(listening):
    ours = history_of(OURS, "arn:aws:iam::111111111111:role/ours")
    theirs = history_of(THEIRS, "arn:aws:iam::222222222222:role/theirs")
    projecting = Projecting(listening)
    alone = something(answers(projecting.take(ours.events), OURS))

    both = projecting.take(theirs.events)
    configuration = both.account_configuration.describe(THEIRS)
    scheduled_audit = both.scheduled_audits.describe(THEIRS, "nightly")
    task = both.audit_tasks.describe(THEIRS, task_id(1))

    assert something(answers(both, OURS)) == alone
    assert len(something(answers(both, THEIRS))) == len(alone)
    assert configuration is not None
    assert scheduled_audit is not None
    assert task is not None
    assert configuration.role_arn == "arn:aws:iam::222222222222:role/theirs"
    assert scheduled_audit.tags == {"owner": THEIRS}
    assert task.details[EXPIRING].examined == int(THEIRS[0])


def test_what_they_delete_or_change_is_theirs(listening):
    ours, theirs = history_of(OURS, "arn:aws:iam::111111111111:role/ours"), History(THEIRS)
    projecting = Projecting(listening)
    before = answers(projecting.take(ours.events), OURS)
    theirs.scheduled_audit_changed()
    theirs.scheduled_audit_tagged()
    theirs.scheduled_audit_untagged(tag_keys=["owner"])
    theirs.scheduled_audit_deleted()
    theirs.configuration_deleted()
    theirs.shard_completed(shard=1)
    theirs.check_outcome_recorded()
    theirs.task_canceled()
    theirs.findings_recorded()

    after = answers(projecting.take(theirs.events), OURS)

    assert after == before
