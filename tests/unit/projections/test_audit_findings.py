from dataclasses import replace

import pytest

from events.clock import epoch_milliseconds
from events.identifiers import finding_id
from events.resource import RelatedResource, Resource
from events.vocabulary import ResourceType, Severity
from projections.audit_findings import FindingFilter, FindingView, ResourceMatch
from projections.paging import Page, Slice
from tests.support.events import (
    EXPIRING,
    LOGGING,
    device_certificate,
    non_compliance,
    policy_version,
    task_id,
)
from tests.support.given import ACCOUNT, NOON

ALL = FindingFilter()


def found(models, wanted=ALL):
    return models.audit_findings.list(ACCOUNT, wanted, Page(250)).rows


def resources(models, *matches):
    return [finding.resource for finding in found(models, FindingFilter(resources=matches))]


def test_everything_of_a_finding_is_kept(projecting, history):
    related = RelatedResource(Resource(ResourceType.CLIENT_ID, {"clientId": "a/b ü"}), {"KIND": "shares the key"})
    finding = replace(non_compliance(device_certificate(7)), related_resources=(related,))
    history.findings_recorded([finding], severity=Severity.CRITICAL)

    [view] = found(projecting.take_again_and_again(history.events))

    assert view == FindingView(
        finding_id=finding_id(ACCOUNT, task_id(), EXPIRING, device_certificate(7), finding.reason_code),
        task_id=task_id(),
        check_name=EXPIRING,
        task_started_at=epoch_milliseconds(NOON),
        found_at=epoch_milliseconds(NOON),
        severity=Severity.CRITICAL,
        resource=device_certificate(7),
        additional_info=finding.additional_info,
        related_resources=(related,),
        reason=finding.reason,
        reason_code=finding.reason_code,
        is_suppressed=False,
    )


def test_each_reason_is_a_finding_of_its_own(projecting, history):
    reasons = ("CERTIFICATE_PAST_EXPIRATION", "CERTIFICATE_KEY_SHARED")
    history.findings_recorded([non_compliance(reason_code=reason) for reason in reasons])

    views = found(projecting.take_again_and_again(history.events))

    assert sorted(view.reason_code for view in views) == sorted(reasons)


def test_a_finding_that_two_shards_made_is_there_once_as_it_was_first(projecting, history):
    history.findings_recorded(shard=0)
    first = history.events[0].timestamp
    history.findings_recorded(shard=1)

    [view] = found(projecting.take_again_and_again(history.events))

    assert view.found_at == epoch_milliseconds(first)


def test_an_event_without_findings_adds_none(projecting, history):
    history.findings_recorded([])

    assert found(projecting.take_again_and_again(history.events)) == []


def test_the_newest_finding_comes_first(projecting, history):
    for number in (1, 2, 3):
        history.findings_recorded([non_compliance(device_certificate(number))], batch=number)

    views = found(projecting.take(history.events))

    assert [view.resource for view in views] == [device_certificate(number) for number in (3, 2, 1)]


def test_a_policy_without_its_version_means_all_of_its_versions_and_no_other_policy(projecting, history):
    versions = [policy_version("a_b", 1), policy_version("a_b", 12), policy_version("a_b", 2)]
    others = [policy_version(name) for name in ("a", "a_", "aXb", "a_bc", "a_b0", "a_B", "a_b.", "a_b-", "a_b+")]
    for resource in versions + others:
        history.findings_recorded([non_compliance(resource)])
    models = projecting.take(history.events)

    prefix = ResourceMatch("IOT_POLICY/a_b/", is_prefix=True)

    assert resources(models, prefix) == versions[::-1]
    assert resources(models, ResourceMatch("IOT_POLICY/a_b/1")) == versions[:1]
    assert resources(models, prefix, ResourceMatch(versions[0].canonical)) == versions[::-1]
    assert resources(models, ResourceMatch("IOT_POLICY/%/", is_prefix=True)) == []


def test_a_filter_that_can_mean_no_resource_finds_nothing(projecting, history):
    history.findings_recorded()

    assert resources(projecting.take(history.events)) == []


def test_the_findings_of_a_resource_can_be_narrowed_to_a_task_and_a_check(projecting, history):
    for task, check in ((1, EXPIRING), (2, EXPIRING), (2, LOGGING), (1, LOGGING)):
        history.findings_recorded(task=task_id(task), name=check)
    models = projecting.take(history.events)
    match = [ResourceMatch(device_certificate().canonical)]

    def checks_of(**wanted):
        views = found(models, FindingFilter(resources=match, **wanted))
        return [(int(view.task_id, 16), view.check_name) for view in views]

    assert checks_of(task_id=task_id(1)) == [(1, LOGGING), (1, EXPIRING)]
    assert checks_of(task_id=task_id(2), check_name=LOGGING) == [(2, LOGGING)]
    assert checks_of(check_name=EXPIRING) == [(2, EXPIRING), (1, EXPIRING)]
    assert checks_of(task_id=task_id(3)) == []


def test_a_time_narrows_the_findings_of_a_resource_in_a_task(projecting, history):
    for reason in ("FIRST", "SECOND", "THIRD"):
        history.findings_recorded([non_compliance(reason_code=reason)])
    second = epoch_milliseconds(history.events[1].timestamp)
    wanted = FindingFilter(
        task_id=task_id(),
        start_ms=second,
        end_ms=second,
        resources=[ResourceMatch(device_certificate().canonical)],
    )

    views = found(projecting.take(history.events), wanted)

    assert [view.reason_code for view in views] == ["SECOND"]


def test_suppressed_findings_are_listed_with_the_others_or_alone_or_not_at_all(projecting, history, database):
    for number in range(4):
        history.findings_recorded([non_compliance(device_certificate(number))])
    models = projecting.take(history.events)
    suppressed = found(models)[::2]
    # Nothing suppresses a finding yet, so the rows are made by hand.
    with database.transaction() as rows:
        for view in suppressed:
            rows.execute("UPDATE audit_findings SET is_suppressed = 1 WHERE finding_id = ?", (view.finding_id,))

    everything = found(models)

    assert [view.is_suppressed for view in everything] == [True, False, True, False]
    assert found(models, FindingFilter(is_suppressed=True)) == everything[::2]
    assert found(models, FindingFilter(is_suppressed=False)) == everything[1::2]


def with_related(count):
    """A finding to which so many clients are related, in an order that is not alphabetical."""
    related = tuple(
        RelatedResource(Resource(ResourceType.CLIENT_ID, {"clientId": str(number)}))
        for number in range(count, 0, -1)
    )
    return replace(non_compliance(device_certificate(7)), related_resources=related)


def test_a_finding_is_described_as_it_is_listed(projecting, history):
    history.findings_recorded([with_related(3), non_compliance(device_certificate(8))])
    models = projecting.take_again_and_again(history.events)

    for view in found(models):
        assert models.audit_findings.describe(ACCOUNT, view.finding_id) == view
    assert models.audit_findings.describe(ACCOUNT, "f" * 32) is None


@pytest.mark.parametrize("limit", [1, 2, 6, 7, 8, 250])
def test_related_resources_come_page_by_page_in_the_order_of_the_check(projecting, history, limit):
    finding = with_related(7)
    history.findings_recorded([finding])
    models = projecting.take_again_and_again(history.events)
    [view] = found(models)

    read, after = [], None
    while True:
        part = models.audit_findings.related_resources(ACCOUNT, view.finding_id, Page(limit, after))
        assert 0 < len(part.rows) <= limit
        read += part.rows
        after = part.next
        if after is None:
            break

    assert tuple(read) == finding.related_resources


def test_a_finding_without_related_resources_has_an_empty_page_and_an_unknown_one_has_none(projecting, history):
    history.findings_recorded()
    models = projecting.take_again_and_again(history.events)
    [view] = found(models)

    assert models.audit_findings.related_resources(ACCOUNT, view.finding_id, Page(25)) == Slice([], None)
    assert models.audit_findings.related_resources(ACCOUNT, "f" * 32, Page(25)) is None
