import pytest

from events.vocabulary import AccountId
from tests.support.described_records import SETTINGS, rejection_of, without
from tests.support.given import ACCOUNT
from workers.inventory.importers.records import read_record
from workers.inventory.kinds import LOGGING_OPTIONS


def test_the_logging_options_of_both_generations_become_a_row():
    record = read_record(SETTINGS, ACCOUNT)
    assert record.kind is LOGGING_OPTIONS
    assert record.values == {
        "settings_of": ACCOUNT,
        "log_level": "ERROR",
        "role_arn": "arn:aws:iam::000000000000:role/one",
        "default_log_level": "INFO",
        "disable_all_logs": 0,
        "v2_role_arn": "arn:aws:iam::000000000000:role/two",
    }


def test_one_generation_is_enough():
    values = read_record(without(SETTINGS, "v2LoggingOptions"), ACCOUNT).values
    assert (values["log_level"], values["default_log_level"], values["disable_all_logs"]) == (
        "ERROR",
        None,
        None,
    )


def test_the_members_of_one_output_may_stand_by_themselves():
    v1 = read_record({"resourceType": "ACCOUNT_SETTINGS", **SETTINGS["loggingOptions"]}, ACCOUNT).values
    assert (v1["log_level"], v1["role_arn"], v1["v2_role_arn"]) == (
        "ERROR",
        "arn:aws:iam::000000000000:role/one",
        None,
    )
    v2 = read_record({"resourceType": "ACCOUNT_SETTINGS", **SETTINGS["v2LoggingOptions"]}, ACCOUNT).values
    assert (v2["default_log_level"], v2["disable_all_logs"], v2["role_arn"]) == ("INFO", 0, None)


def test_the_account_is_named_by_the_record_or_by_whoever_reads_it():
    named = {**SETTINGS, "account": "111111111111"}
    assert read_record(named).values["settings_of"] == "111111111111"
    assert read_record(named, AccountId("111111111111")).values["settings_of"] == "111111111111"
    assert rejection_of(named) == "account is 111111111111, and this is the inventory of 000000000000"
    assert rejection_of(SETTINGS, None) == "account is missing"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"loggingOptions": {"logLevel": "LOUD"}}, "logLevel must be one of DEBUG"),
        ({"loggingOptions": 3}, "loggingOptions must be an object"),
        ({"v2LoggingOptions": {"disableAllLogs": 0}}, "disableAllLogs must be true or false"),
        ({"account": "12"}, "account must be 12 digits"),
        ({"loggingOptions": None, "v2LoggingOptions": None}, "loggingOptions and v2LoggingOptions are both"),
    ],
)
def test_what_is_wrong_is_named(change, reason):
    assert reason in rejection_of({**SETTINGS, **change})
