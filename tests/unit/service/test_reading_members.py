"""Which members are allowed, and what is said of one that is not. No HTTP: the models alone."""

import math

import pytest
from pydantic import ValidationError

from service.operations.create_scheduled_audit import CreateScheduledAuditRequest
from service.operations.delete_account_audit_configuration import DeleteAccountAuditConfigurationRequest
from service.operations.start_on_demand_audit_task import StartOnDemandAuditTaskRequest
from service.operations.tag_resource import TagResourceRequest
from service.operations.untag_resource import UntagResourceRequest
from service.operations.update_account_audit_configuration import UpdateAccountAuditConfigurationRequest
from service.wire.members import MaxResults, MaxResultsInQuery
from service.wire.request import MAX_MAP_ENTRIES, Request
from service.wire.violations import MOST_REPORTED, describe

CREATE = {
    "scheduledAuditName": "nightly",
    "frequency": "DAILY",
    "targetCheckNames": ["LOGGING_DISABLED_CHECK"],
}


class Page(Request):
    in_body: MaxResults | None = None
    in_query: MaxResultsInQuery | None = None


def refusal_of(model, members):
    with pytest.raises(ValidationError) as refused:
        model.model_validate(members)
    return describe(refused.value)


def test_a_message_names_the_member_and_the_limit_as_aws_does():
    assert refusal_of(Page, {"inBody": 251}) == (
        "1 validation error detected: Value at 'inBody' failed to satisfy constraint: "
        "Member must have value less than or equal to 250"
    )


def test_the_whole_request_is_checked_at_once():
    assert refusal_of(CreateScheduledAuditRequest, {"scheduledAuditName": "a b", "frequency": "HOURLY"}) == (
        "3 validation errors detected: "
        "Value at 'scheduledAuditName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: ^[a-zA-Z0-9_-]+$; "
        "Value at 'frequency' failed to satisfy constraint: "
        "Member must satisfy enum value set: [DAILY, WEEKLY, BIWEEKLY, MONTHLY]; "
        "Value at 'targetCheckNames' failed to satisfy constraint: Member must not be null"
    )


@pytest.mark.parametrize(
    ("members", "at", "constraint"),
    [
        ({"scheduledAuditName": ""}, "scheduledAuditName", "length greater than or equal to 1"),
        ({"scheduledAuditName": "n" * 129}, "scheduledAuditName", "length less than or equal to 128"),
        ({"scheduledAuditName": "a/b"}, "scheduledAuditName", "regular expression pattern"),
        ({"scheduledAuditName": "nightly\n"}, "scheduledAuditName", "regular expression pattern"),
        ({"scheduledAuditName": "nächtlich"}, "scheduledAuditName", "regular expression pattern"),
        ({"scheduledAuditName": "\ud800"}, "scheduledAuditName", "valid Unicode"),
        ({"frequency": None}, "frequency", "must not be null"),
        ({"frequency": "daily"}, "frequency", "enum value set"),
        ({"frequency": 1}, "frequency", "enum value set"),
        ({"frequency": ["DAILY"]}, "frequency", "enum value set"),
        ({"dayOfMonth": "0"}, "dayOfMonth", "regular expression pattern"),
        ({"dayOfMonth": "32"}, "dayOfMonth", "regular expression pattern"),
        ({"dayOfMonth": "01"}, "dayOfMonth", "regular expression pattern"),
        ({"dayOfMonth": "LAST "}, "dayOfMonth", "regular expression pattern"),
        ({"dayOfMonth": 1}, "dayOfMonth", "must be a string"),
        ({"dayOfWeek": "MONDAY"}, "dayOfWeek", "[SUN, MON, TUE, WED, THU, FRI, SAT]"),
        ({"targetCheckNames": []}, "targetCheckNames", "length greater than or equal to 1"),
        ({"targetCheckNames": "LOGGING_DISABLED_CHECK"}, "targetCheckNames", "must be a list"),
        ({"targetCheckNames": {"0": "X"}}, "targetCheckNames", "must be a list"),
        ({"targetCheckNames": ["X", 7]}, "targetCheckNames.2.member", "must be a string"),
        ({"targetCheckNames": ["X", None]}, "targetCheckNames.2.member", "must not be null"),
        ({"tags": [{"Key": ""}]}, "tags.1.member.Key", "length greater than or equal to 1"),
        ({"tags": [{"Key": "k" * 129}]}, "tags.1.member.Key", "length less than or equal to 128"),
        ({"tags": [{"Key": "k!"}]}, "tags.1.member.Key", "regular expression pattern"),
        ({"tags": [{"Key": "k", "Value": "v" * 257}]}, "tags.1.member.Value", "length less than or equal to 256"),
        ({"tags": [{"Value": "v"}]}, "tags.1.member.Key", "must not be null"),
        ({"tags": [{"key": "k"}]}, "tags.1.member.Key", "must not be null"),
        ({"tags": ["k"]}, "tags.1.member", "must be a structure"),
        ({"tags": {"k": "v"}}, "tags", "must be a list"),
    ],
)
def test_a_wrong_member_of_a_scheduled_audit_is_named_with_its_limit(members, at, constraint):
    refusal = refusal_of(CreateScheduledAuditRequest, {**CREATE, **members})
    assert refusal.startswith("1 validation error detected: ")
    assert f"Value at '{at}' failed" in refusal
    assert constraint in refusal


@pytest.mark.parametrize(
    ("members", "at", "constraint"),
    [
        ({"roleArn": "r" * 19}, "roleArn", "length greater than or equal to 20"),
        ({"roleArn": "r" * 2049}, "roleArn", "length less than or equal to 2048"),
        ({"auditCheckConfigurations": []}, "auditCheckConfigurations", "must be a map"),
        ({"auditCheckConfigurations": {"X": 1}}, "auditCheckConfigurations.X", "must be a structure"),
        (
            {"auditCheckConfigurations": {"X": {"enabled": "true"}}},
            "auditCheckConfigurations.X.enabled",
            "must be a boolean",
        ),
        (
            {"auditCheckConfigurations": {"X": {"configuration": {"DAYS": "30"}}}},
            "auditCheckConfigurations.X.configuration.DAYS.key",
            "[CERT_AGE_THRESHOLD_IN_DAYS, CERT_EXPIRATION_THRESHOLD_IN_DAYS]",
        ),
        (
            {"auditCheckConfigurations": {"X": {"configuration": {"CERT_AGE_THRESHOLD_IN_DAYS": 30}}}},
            "auditCheckConfigurations.X.configuration.CERT_AGE_THRESHOLD_IN_DAYS",
            "must be a string",
        ),
        (
            {"auditCheckConfigurations": {"X": {"configuration": {"CERT_AGE_THRESHOLD_IN_DAYS": ""}}}},
            "auditCheckConfigurations.X.configuration.CERT_AGE_THRESHOLD_IN_DAYS",
            "length greater than or equal to 1",
        ),
        (
            {"auditNotificationTargetConfigurations": {"SQS": {}}},
            "auditNotificationTargetConfigurations.SQS.key",
            "[SNS]",
        ),
        (
            {"auditNotificationTargetConfigurations": {"SNS": {"targetArn": "t" * 2049}}},
            "auditNotificationTargetConfigurations.SNS.targetArn",
            "length less than or equal to 2048",
        ),
        (
            {"auditCheckConfigurations": {f"CHECK_{n}": {} for n in range(MAX_MAP_ENTRIES + 1)}},
            "auditCheckConfigurations",
            "at most 250 entries",
        ),
    ],
)
def test_a_wrong_member_of_a_configuration_is_named_with_its_limit(members, at, constraint):
    refusal = refusal_of(UpdateAccountAuditConfigurationRequest, members)
    assert f"Value at '{at}' failed" in refusal
    assert constraint in refusal


@pytest.mark.parametrize("value", [0, -1, 251, "25", 25.0, True, [], 1e300, 2**63])
def test_the_size_of_a_page_in_a_body_is_an_integer_from_1_to_250(value):
    assert "Value at 'inBody'" in refusal_of(Page, {"inBody": value})


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "251", "25.0", "1e1", " 25", "+25", "٢٥", "25\n", "9" * 400, "0x19"]
)
def test_the_size_of_a_page_in_a_query_is_an_integer_from_1_to_250(text):
    assert "Value at 'inQuery'" in refusal_of(Page, {"inQuery": text})


@pytest.mark.parametrize("size", [1, 25, 250])
def test_a_page_may_have_1_to_250_rows(size):
    page = Page.model_validate({"inBody": size, "inQuery": str(size)})
    assert (page.in_body, page.in_query) == (size, size)


@pytest.mark.parametrize(("text", "meaning"), [("true", True), ("false", False)])
def test_a_boolean_in_a_query_is_written_in_lower_case(text, meaning):
    request = DeleteAccountAuditConfigurationRequest.model_validate({"deleteScheduledAudits": text})
    assert request.delete_scheduled_audits is meaning


@pytest.mark.parametrize("text", ["True", "TRUE", "1", "0", "yes", ""])
def test_any_other_boolean_in_a_query_is_refused(text):
    refusal = refusal_of(DeleteAccountAuditConfigurationRequest, {"deleteScheduledAudits": text})
    assert "Value at 'deleteScheduledAudits'" in refusal


def test_a_member_that_is_null_is_absent():
    request = UpdateAccountAuditConfigurationRequest.model_validate(
        {
            "roleArn": None,
            "auditNotificationTargetConfigurations": {"SNS": None},
            "auditCheckConfigurations": {"X": {"enabled": None, "configuration": None}, "Y": None},
        }
    )
    change = request.change()
    checks = {str(name): check for name, check in change.checks.items()}
    assert (change.role_arn, dict(change.targets), list(checks)) == (None, {}, ["X"])
    assert (checks["X"].enabled, checks["X"].configuration) == (None, None)


def test_a_member_that_nobody_knows_is_ignored():
    request = StartOnDemandAuditTaskRequest.model_validate({"targetCheckNames": ["X"], "priority": {"a": [1]}})
    assert request.target_check_names == ["X"]


def test_two_tags_of_one_key_are_refused():
    members = {"resourceArn": "arn", "tags": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]}
    assert "Value at 'tags'" in refusal_of(TagResourceRequest, members)


@pytest.mark.parametrize("key", ["aws:owner", "AWS:owner", "aws:"])
def test_the_prefix_of_aws_is_reserved(key):
    assert "reserved" in refusal_of(TagResourceRequest, {"resourceArn": "arn", "tags": [{"Key": key}]})
    assert "reserved" in refusal_of(UntagResourceRequest, {"resourceArn": "arn", "tagKeys": [key]})


def test_tags_may_be_in_any_script_and_without_a_value():
    request = TagResourceRequest.model_validate(
        {"resourceArn": "arn", "tags": [{"Key": "Größe 日本 _.:/=+-@"}, {"Key": "awsome", "Value": ""}]}
    )
    assert [(tag.key, tag.value) for tag in request.tags] == [("Größe 日本 _.:/=+-@", None), ("awsome", "")]


def test_a_message_repeats_no_value_and_has_an_end():
    secret = "s3cret" * 1000
    checks = {f"{secret}{number}": {"enabled": secret} for number in range(MAX_MAP_ENTRIES)}
    refusal = refusal_of(UpdateAccountAuditConfigurationRequest, {"auditCheckConfigurations": checks})
    assert refusal.startswith("250 validation errors detected")
    assert refusal.endswith(f"and {MAX_MAP_ENTRIES - MOST_REPORTED} more")
    assert len(refusal) < 3000
    refusal = refusal_of(StartOnDemandAuditTaskRequest, {"targetCheckNames": [math.inf] * 100_000})
    assert refusal.startswith("1 validation error detected")
