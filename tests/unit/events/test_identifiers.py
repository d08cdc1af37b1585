"""Ids are derived: the same for the same thing, in every version of this program, and different for any other."""

import re
from itertools import combinations

from events.identifiers import (
    audit_account_id,
    audit_task_id,
    certificate_arn,
    check_run_id,
    check_shard_id,
    finding_id,
    scheduled_audit_arn,
)
from events.resource import Resource
from events.vocabulary import AccountId, CheckName, ResourceType, TaskId

ACCOUNT = AccountId("000000000000")
OTHER_ACCOUNT = AccountId("111111111111")
TASK = TaskId("a" * 32)
LOGGING = CheckName("LOGGING_DISABLED_CHECK")
CLIENT = Resource(ResourceType.CLIENT_ID, {"clientId": "c1"})


def test_ids_never_change():
    """They are in the log and in what callers keep; another id would be another thing."""
    assert str(audit_account_id(ACCOUNT)) == "dd19ff9b-19d9-5985-9039-be33d5d90e91"
    assert str(audit_task_id(ACCOUNT, TASK)) == "4a2ae124-e601-5c17-8306-afe4e05f2b0c"
    assert str(check_run_id(ACCOUNT, TASK, LOGGING)) == "75e25e92-4ac7-5b20-b4b4-fb7bdb089866"
    assert str(check_shard_id(ACCOUNT, TASK, LOGGING, 0)) == "afb8d9a2-69fb-547d-acd4-0a28f8e54a40"
    assert finding_id(ACCOUNT, TASK, LOGGING, CLIENT, "CONFLICT") == "75e25e924d05501eb51ca14c553505c8"


def test_every_other_thing_has_another_id():
    other_check, other_task = CheckName("OTHER_CHECK"), TaskId("b" * 32)
    ids = [
        audit_account_id(ACCOUNT),
        audit_account_id(OTHER_ACCOUNT),
        audit_task_id(ACCOUNT, TASK),
        audit_task_id(OTHER_ACCOUNT, TASK),
        audit_task_id(ACCOUNT, other_task),
        check_run_id(ACCOUNT, TASK, LOGGING),
        check_run_id(OTHER_ACCOUNT, TASK, LOGGING),
        check_run_id(ACCOUNT, other_task, LOGGING),
        check_run_id(ACCOUNT, TASK, other_check),
        check_shard_id(ACCOUNT, TASK, LOGGING, 0),
        check_shard_id(ACCOUNT, TASK, LOGGING, 1),
        check_shard_id(ACCOUNT, TASK, LOGGING, 10),
        check_shard_id(ACCOUNT, TASK, other_check, 0),
    ]

    assert all(one != another for one, another in combinations(ids, 2))


def test_a_finding_id_tells_resource_reason_check_task_and_account_apart():
    other_client = Resource(ResourceType.CLIENT_ID, {"clientId": "c2"})
    ids = {
        finding_id(ACCOUNT, TASK, LOGGING, CLIENT, "CONFLICT"),
        finding_id(ACCOUNT, TASK, LOGGING, CLIENT, "OTHER"),
        finding_id(ACCOUNT, TASK, LOGGING, other_client, "CONFLICT"),
        finding_id(ACCOUNT, TASK, CheckName("OTHER_CHECK"), CLIENT, "CONFLICT"),
        finding_id(ACCOUNT, TaskId("b" * 32), LOGGING, CLIENT, "CONFLICT"),
        finding_id(OTHER_ACCOUNT, TASK, LOGGING, CLIENT, "CONFLICT"),
    }

    assert len(ids) == 6
    assert all(re.fullmatch("[0-9a-f]{32}", each) for each in ids)


def test_arns_are_as_aws_writes_them():
    assert (
        scheduled_audit_arn("us-east-1", ACCOUNT, "weekly")
        == "arn:aws:iot:us-east-1:000000000000:scheduledaudit/weekly"
    )
    assert (
        certificate_arn("eu-west-1", ACCOUNT, "ab" * 32) == "arn:aws:iot:eu-west-1:000000000000:cert/" + "ab" * 32
    )
