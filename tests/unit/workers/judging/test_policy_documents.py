"""What can be read as a policy document, and what is said of the rest. Verdicts on policies are cases."""

import json
from datetime import UTC, datetime
from string import ascii_letters
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.resource import NonCompliance
from events.vocabulary import AccountId
from workers.checks import iot_policy_overly_permissive_check as the_check
from workers.checks.check import Circumstances, NotJudged
from workers.judging.data_plane_access import broad_data_plane_actions
from workers.judging.policy_documents import LONGEST_DOCUMENT, NotAPolicy, parse_policy_document
from workers.judging.policy_statements import Condition, Effect

CIRCUMSTANCES = Circumstances(AccountId("123456789012"), "us-east-1", datetime(2026, 1, 1, tzinfo=UTC))
ALLOW_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def document(**members):
    return json.dumps({"Statement": ALLOW_ALL | members})


def reason_why_not(text):
    with pytest.raises(NotAPolicy) as refused:
        parse_policy_document(text)
    return str(refused.value)


def test_statements_come_in_their_order():
    first, second = parse_policy_document(
        '{"Version": "2012-10-17", "Id": "x", "Statement": ['
        '{"Sid": "1", "Effect": "Allow", "Action": ["iot:Connect"], "NotResource": "a"},'
        '{"Sid": "2", "Effect": "Deny", "NotAction": "iot:*", "Resource": ["b", "c"]}]}'
    )
    assert (first.effect, first.actions, first.resources) == (Effect.ALLOW, ("iot:Connect",), ("a",))
    assert (first.is_about_other_actions, first.is_about_other_resources) == (False, True)
    assert (second.effect, second.actions, second.resources) == (Effect.DENY, ("iot:*",), ("b", "c"))
    assert (second.is_about_other_actions, second.is_about_other_resources) == (True, False)


def test_conditions_are_flat_and_their_values_text():
    [statement] = parse_policy_document(
        document(Condition={"Bool": {"a": True, "b": ["x", False]}, "NumericLessThan": {"c": 1.5}})
    )
    assert statement.conditions == (
        Condition("Bool", "a", ("true",)),
        Condition("Bool", "b", ("x", "false")),
        Condition("NumericLessThan", "c", ("1.5",)),
    )


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_what_only_python_takes_for_json_is_not_json(constant):
    text = f'{{"Statement": [], "Id": {constant}}}'
    assert reason_why_not(text) == "that are not valid JSON"


@pytest.mark.parametrize("text", ["[" * 100_000, '{"Statement":' * 20_000, "7" * 5_000])
def test_what_is_too_much_for_a_parser_is_refused_and_not_a_crash(text):
    assert reason_why_not(text) in ("that are not valid JSON", "that are longer than AWS takes")


@pytest.mark.parametrize("depth", [100, 900, 5_000])
def test_deep_nesting_is_no_policy_however_deep(depth):
    text = '{"Statement":' + "[" * depth + "]" * depth + "}"
    assert reason_why_not(text) in ("that are not valid JSON", "with a statement of an unknown form")


def test_white_space_does_not_count_for_the_length():
    assert len(parse_policy_document(document() + " " * 10 * LONGEST_DOCUMENT)) == 1
    assert reason_why_not(document(Sid="x" * LONGEST_DOCUMENT)) == "that are longer than AWS takes"


@pytest.mark.parametrize(
    "members",
    [
        {"Action": None},
        {"Action": {"a": 1}},
        {"Action": ["iot:Connect", None]},
        {"Resource": [["x"]]},
        {"NotAction": "iot:Connect"},
        {"NotResource": "*"},
        {"Effect": None},
        {"Effect": ["Allow"]},
        {"Condition": "x"},
        {"Condition": {"Bool": "true"}},
        {"Condition": {"Bool": {"a": {"b": 1}}}},
        {"Condition": {"Bool": {"a": [None]}}},
        {"Principal": "*"},
    ],
    ids=str,
)
def test_a_statement_of_another_form_makes_it_no_policy(members):
    assert reason_why_not(document(**members)).startswith("with a ")


@pytest.mark.parametrize("statement", [None, "x", 7, [None], [[]], True])
def test_a_statement_is_an_object(statement):
    assert reason_why_not(json.dumps({"Statement": statement})) == "with a statement of an unknown form"


@pytest.mark.parametrize("version", [None, 2012, "2012-10-18", ["2012-10-17"], {}])
def test_a_version_is_one_of_two(version):
    assert reason_why_not(json.dumps({"Version": version, "Statement": []})) == "of an unknown Version"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
words = st.sampled_from(
    ["Allow", "Deny", "*", "iot:*", "iot:Connect", "client/*", "arn:aws:iot:::client/${iot:ClientId}"]
)
statements = st.fixed_dictionaries(
    {"Effect": words | json_values},
    optional={
        name: st.lists(words, max_size=3) | words | json_values
        for name in ("Action", "NotAction", "Resource", "NotResource", "Condition", "Sid")
    },
)
documents = st.fixed_dictionaries(
    {"Statement": st.lists(statements, max_size=3) | statements | json_values},
    optional={"Version": st.sampled_from(["2012-10-17", "2008-10-17"]) | json_values},
)


@given(st.text() | documents.map(json.dumps) | json_values.map(json.dumps))
def test_whatever_a_policy_holds_there_is_one_verdict_at_most(text):
    verdicts = list(the_check.judge([("p", "1", text)], CIRCUMSTANCES))
    assert len(verdicts) <= 1
    assert all(isinstance(verdict, NonCompliance | NotJudged) for verdict in verdicts)


LONG_RESOURCES = {
    "stars and letters": "arn:aws:iot:::topic/" + "*a" * 4_900,
    "stars": "*" * 10_000,
    "variables that never end": "${" * 4_900,
    "question marks": "?" * 10_000,
    "colons": ":" * 10_000,
    "levels": "arn:aws:iot:::topicfilter/" + "+/*/" * 2_400,
}


@pytest.mark.parametrize("resource", LONG_RESOURCES.values(), ids=LONG_RESOURCES)
def test_one_long_resource_is_judged_in_bearable_time(resource):
    denied = {"Effect": "Deny", "Action": "*", "Resource": "*a"}
    text = json.dumps({"Statement": [ALLOW_ALL | {"Resource": resource}, denied]})
    started = monotonic()
    broad_data_plane_actions(parse_policy_document(text))
    assert monotonic() - started < 5


def test_many_resources_that_are_each_denied_are_judged_in_bearable_time():
    names = [f"{first}{second}" for first in ascii_letters for second in ascii_letters][:600]
    allowed = [f"*:*{name}" for name in names]
    denied = {"Effect": "Deny", "Action": "*", "Resource": allowed[::-1]}
    text = json.dumps({"Statement": [ALLOW_ALL | {"Resource": allowed}, denied]})
    started = monotonic()
    assert broad_data_plane_actions(parse_policy_document(text)) == []
    assert monotonic() - started < 20
