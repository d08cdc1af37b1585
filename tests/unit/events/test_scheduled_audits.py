"""What may be scheduled, changed, tagged and deleted."""

from collections.abc import Mapping

import pytest

from events.audit_account import MAX_SCHEDULED_AUDITS, AuditAccount
from events.audit_account_events import (
    AuditChecksEnabled,
    AuditConfigurationDeleted,
    AuditRoleChanged,
    ScheduledAuditChanged,
    ScheduledAuditCreated,
    ScheduledAuditDeleted,
    ScheduledAuditTagged,
    ScheduledAuditUntagged,
)
from events.errors import AlreadyExists, InvalidRequest, LimitExceeded, NotFound
from events.scheduled_audit import MAX_TAGS, Schedule, ScheduledAudit
from events.vocabulary import AuditFrequency, CheckName, DayOfWeek
from tests.support.given import CAUSE, Fact, Given, fact

AGE = CheckName("DEVICE_CERTIFICATE_AGE_CHECK")
LOGGING = CheckName("LOGGING_DISABLED_CHECK")
KEYS = CheckName("DEVICE_CERTIFICATE_KEY_QUALITY_CHECK")
DAILY = Schedule(AuditFrequency.DAILY)
MONDAYS = Schedule(AuditFrequency.WEEKLY, day_of_week=DayOfWeek.MON)
CONFIGURED = (
    fact(AuditRoleChanged, role_arn="arn:aws:iam::000000000000:role/Audit"),
    fact(AuditChecksEnabled, check_names=[AGE, LOGGING]),
)


def scheduled(
    name: str = "nightly",
    schedule: Schedule = DAILY,
    checks: tuple[CheckName, ...] = (LOGGING,),
    tags: Mapping[str, str] | None = None,
    generation: int = 1,
) -> Fact:
    return fact(
        ScheduledAuditCreated,
        name=name,
        schedule=schedule,
        check_names=list(checks),
        tags=dict(tags or {}),
        generation=generation,
    )


def given(*facts: Fact) -> Given[AuditAccount]:
    return Given(AuditAccount, *CONFIGURED, *facts)


def create(
    name: str = "nightly",
    schedule: Schedule = DAILY,
    checks: tuple[CheckName, ...] = (LOGGING,),
    tags: Mapping[str, str] | None = None,
):
    asked = ScheduledAudit(name, schedule, checks, tags or {})
    return lambda account: account.create_scheduled_audit(asked, "us-east-1", CAUSE)


def change(checks: list[CheckName] | None = None, **schedule: object):
    return lambda account: account.update_scheduled_audit("nightly", schedule, checks, CAUSE)


def test_a_scheduled_audit_is_created():
    given().when(create(tags={"team": "blue"})).then(scheduled(tags={"team": "blue"}))


def test_the_identical_request_again_changes_nothing():
    given(scheduled(checks=(AGE, LOGGING))).when(create(checks=(LOGGING, AGE))).then_nothing()


@pytest.mark.parametrize(
    "differing", [create(schedule=MONDAYS), create(checks=(AGE,)), create(tags={"team": "blue"})]
)
def test_a_differing_request_of_the_same_name_is_refused(differing):
    given(scheduled()).when(differing).then_refused(AlreadyExists, "nightly")


def test_the_refusal_says_which_resource_is_in_the_way():
    refused = given(scheduled()).when(create(schedule=MONDAYS))
    refused.then_refused(AlreadyExists, "nightly")
    assert isinstance(refused.refusal, AlreadyExists)
    assert refused.refusal.resource_arn == "arn:aws:iot:us-east-1:000000000000:scheduledaudit/nightly"


def test_an_identical_request_is_answered_even_when_its_checks_have_been_disabled_since():
    given(scheduled(), fact(AuditConfigurationDeleted)).when(create()).then_nothing()


def test_a_check_that_is_not_enabled_can_not_be_scheduled():
    given().when(create(checks=(LOGGING, KEYS))).then_refused(InvalidRequest, KEYS)


def test_a_sixth_scheduled_audit_is_refused():
    five = [scheduled(f"audit-{n}", generation=n) for n in range(1, MAX_SCHEDULED_AUDITS + 1)]
    given(*five).when(create("audit-6")).then_refused(LimitExceeded, "5")


def test_a_deleted_scheduled_audit_makes_room_and_its_name_begins_a_new_generation():
    (given(scheduled(), fact(ScheduledAuditDeleted, name="nightly")).when(create()).then(scheduled(generation=2)))


def test_more_tags_than_aws_allows_are_refused():
    tags = {f"key-{n}": "" for n in range(MAX_TAGS + 1)}
    given().when(create(tags=tags)).then_refused(LimitExceeded, "50")


@pytest.mark.parametrize("frequency", [AuditFrequency.WEEKLY, AuditFrequency.BIWEEKLY])
def test_a_weekly_schedule_needs_its_day(frequency):
    with pytest.raises(InvalidRequest, match="dayOfWeek"):
        Schedule.of(frequency, "15", None)


def test_a_monthly_schedule_needs_its_day():
    with pytest.raises(InvalidRequest, match="dayOfMonth"):
        Schedule.of(AuditFrequency.MONTHLY, None, DayOfWeek.SUN)


def test_a_day_that_the_frequency_does_not_use_is_dropped():
    assert Schedule.of(AuditFrequency.DAILY, "15", DayOfWeek.SUN) == DAILY
    assert Schedule.of(AuditFrequency.WEEKLY, "15", DayOfWeek.MON) == MONDAYS
    assert Schedule.of(AuditFrequency.MONTHLY, "LAST", DayOfWeek.MON) == Schedule(
        AuditFrequency.MONTHLY, day_of_month="LAST"
    )


def changed(schedule: Schedule = DAILY, checks: tuple[CheckName, ...] = (LOGGING,)) -> Fact:
    return fact(ScheduledAuditChanged, name="nightly", schedule=schedule, check_names=list(checks))


def test_an_update_of_the_checks_keeps_the_schedule():
    given(scheduled(schedule=MONDAYS)).when(change([AGE])).then(changed(MONDAYS, (AGE,)))


def test_an_update_of_the_day_keeps_the_frequency_and_the_checks():
    tuesdays = Schedule(AuditFrequency.WEEKLY, day_of_week=DayOfWeek.TUE)
    given(scheduled(schedule=MONDAYS)).when(change(day_of_week=DayOfWeek.TUE)).then(changed(tuesdays))


def test_a_frequency_that_needs_a_day_keeps_the_day_that_is_there():
    biweekly = Schedule(AuditFrequency.BIWEEKLY, day_of_week=DayOfWeek.MON)
    given(scheduled(schedule=MONDAYS)).when(change(frequency=AuditFrequency.BIWEEKLY)).then(changed(biweekly))


def test_a_frequency_that_needs_a_day_is_refused_without_one():
    given(scheduled()).when(change(frequency=AuditFrequency.MONTHLY)).then_refused(InvalidRequest, "dayOfMonth")


def test_a_frequency_that_needs_no_day_drops_the_one_that_was_there():
    given(scheduled(schedule=MONDAYS)).when(change(frequency=AuditFrequency.DAILY)).then(changed(DAILY))


def test_an_update_that_says_what_is_already_so_changes_nothing():
    given(scheduled()).when(change([LOGGING], frequency=AuditFrequency.DAILY)).then_nothing()


def test_an_update_to_a_check_that_is_not_enabled_is_refused():
    given(scheduled()).when(change([KEYS])).then_refused(InvalidRequest, KEYS)


def test_a_scheduled_audit_is_deleted():
    (
        given(scheduled())
        .when(lambda account: account.delete_scheduled_audit("nightly", CAUSE))
        .then(fact(ScheduledAuditDeleted, name="nightly"))
    )


def tag(tags: dict[str, str]):
    return lambda account: account.tag_scheduled_audit("nightly", tags, CAUSE)


def untag(*keys: str):
    return lambda account: account.untag_scheduled_audit("nightly", keys, CAUSE)


@pytest.mark.parametrize(
    "command",
    [
        change([AGE]),
        lambda account: account.delete_scheduled_audit("nightly", CAUSE),
        tag({"team": "blue"}),
        untag("team"),
    ],
)
def test_what_does_not_exist_can_not_be_changed_tagged_or_deleted(command):
    given(scheduled("other")).when(command).then_refused(NotFound, "nightly")


def test_tags_are_added_and_get_new_values():
    (
        given(scheduled(tags={"team": "blue", "cost": "1"}))
        .when(tag({"team": "red", "new": ""}))
        .then(fact(ScheduledAuditTagged, name="nightly", tags={"team": "red", "new": ""}))
    )


def test_tags_that_are_there_already_change_nothing():
    given(scheduled(tags={"team": "blue"})).when(tag({"team": "blue"})).then_nothing()


def test_tags_beyond_the_limit_are_refused():
    tags = {f"key-{n}": "" for n in range(MAX_TAGS)}
    given(scheduled(tags=tags)).when(tag({"one-more": ""})).then_refused(LimitExceeded, "50")


def test_a_new_value_of_an_old_tag_is_not_one_more():
    tags = {f"key-{n}": "" for n in range(MAX_TAGS)}
    (
        given(scheduled(tags=tags))
        .when(tag({"key-0": "changed"}))
        .then(fact(ScheduledAuditTagged, name="nightly", tags={"key-0": "changed"}))
    )


def test_tags_are_removed_and_a_key_that_is_not_there_is_no_error():
    (
        given(scheduled(tags={"team": "blue", "cost": "1"}))
        .when(untag("team", "absent", "team"))
        .then(fact(ScheduledAuditUntagged, name="nightly", tag_keys=["team"]))
    )


def test_removing_only_tags_that_are_not_there_changes_nothing():
    given(scheduled()).when(untag("absent")).then_nothing()


def test_a_changed_scheduled_audit_keeps_its_tags_and_its_generation():
    account = given(scheduled(tags={"team": "blue"}, generation=3)).when(change([AGE])).aggregate
    audit = account.scheduled_audits["nightly"]
    assert (audit.tags, audit.generation) == ({"team": "blue"}, 3)
