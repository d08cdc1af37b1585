"""Policies come in all versions, and a version's document is asked for once in its life."""

from workers.inventory.kinds import IOT_POLICIES, LOGGING_OPTIONS, ROLE_ALIASES

DOCUMENT = "iot:GetPolicyVersion"


def version(number, *, is_default=False, text="{}", made=1):
    return {
        "policyVersionId": str(number),
        "isDefaultVersion": is_default,
        "policyDocument": text,
        "createDate": made,
    }


def test_policies_come_with_all_their_versions(reading, account):
    account.policies = {"P": [version(1), version(2, is_default=True)], "Q": [version(1, is_default=True)]}
    reading.outcome(IOT_POLICIES)
    assert reading.rows(IOT_POLICIES, "policy_version", "is_default_version") == [
        ("P:1", 0),
        ("P:2", 1),
        ("Q:1", 1),
    ]


def test_a_version_that_is_known_is_not_asked_for_again(reading, server, account):
    account.policies = {"P": [version(1, is_default=True)]}
    reading.outcome(IOT_POLICIES)
    account.policies = {"P": [version(1), version(2, is_default=True)]}
    reading.outcome(IOT_POLICIES, since=reading.later())
    assert server.calls[DOCUMENT] == 2
    assert reading.rows(IOT_POLICIES, "policy_version", "is_default_version") == [("P:1", 0), ("P:2", 1)]


def test_a_policy_that_was_deleted_and_made_again_has_its_new_document(reading, account):
    account.policies = {"P": [version(1, is_default=True, text='{"old": 1}')]}
    reading.outcome(IOT_POLICIES)
    account.policies = {"P": [version(1, is_default=True, text='{"new": 1}', made=2)]}
    reading.outcome(IOT_POLICIES, since=reading.later())
    assert reading.rows(IOT_POLICIES, "document") == [('{"new": 1}',)]


def test_more_policies_than_fit_on_a_page(reading, account):
    account.policies = {f"P{number:03}": [version(1, is_default=True)] for number in range(120)}
    account.page_size = 50
    assert reading.outcome(IOT_POLICIES).resources == 120


def test_role_aliases_are_described(reading, account):
    arn = "arn:aws:iot:us-east-1:000000000000:rolealias/A"
    account.role_aliases["A"] = {
        "roleAlias": "A",
        "roleAliasArn": arn,
        "roleArn": "arn:aws:iam::000000000000:role/R",
        "credentialDurationSeconds": 3600,
    }
    reading.outcome(ROLE_ALIASES)
    [row] = reading.rows(ROLE_ALIASES, "role_alias_arn", "roles")
    assert row == (arn, '["arn:aws:iam::000000000000:role/R"]')


def test_both_generations_of_logging_are_read(reading, account):
    account.logging = {"roleArn": "r", "logLevel": "DISABLED"}
    account.v2_logging = {"roleArn": "r2", "defaultLogLevel": "INFO", "disableAllLogs": False}
    reading.outcome(LOGGING_OPTIONS)
    assert [row[1:] for row in reading.rows(LOGGING_OPTIONS)] == [("DISABLED", "r", "INFO", 0, "r2")]
