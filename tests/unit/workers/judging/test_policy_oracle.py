"""Statements and whole policies, held against oracles that try every name of a small alphabet.

The oracles know IAM's rules as its guide puts them: an Allow or a Deny that applies, and Deny wins. They know
nothing of patterns, so they ask about each name by itself.
"""

from dataclasses import replace
from functools import cache
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.workers.judging.test_wildcards import oracle_matches
from workers.judging.data_plane_access import broad_data_plane_actions
from workers.judging.denied_topics import denials_that_wildcards_pass_by
from workers.judging.policy_denials import Denials
from workers.judging.policy_resources import parse_resource
from workers.judging.policy_statements import Condition, Effect, Statement
from workers.judging.wildcards import Pattern

AT_TIMES = (Condition("Bool", "aws:SecureTransport", ("true",)),)
PLACE = "arn:aws:iot:us-east-1:123456789012:"
ACTIONS = ("iot:Connect", "iot:Publish", "iot:Subscribe", "iot:Receive")

LETTERS = "abz"  # no pattern below names z
LONGEST = 5
NAMES = ["".join(letters) for length in range(LONGEST + 1) for letters in product(LETTERS, repeat=length)]

names = st.text("ab*", max_size=3)


@cache
def oracle_names(pattern: str) -> frozenset[str]:
    return frozenset(name for name in NAMES if oracle_matches(pattern, name))


action_lists = st.lists(
    st.sampled_from([*ACTIONS, "iot:*", "*", "iot:?ublish", "IOT:SUB*", "s3:*", "iot:Conn"]),
    min_size=1,
    max_size=2,
).map(tuple)


def statements_over(resources: st.SearchStrategy[str]) -> st.SearchStrategy[Statement]:
    return st.builds(
        Statement,
        st.sampled_from(Effect),
        action_lists,
        st.sampled_from([False, False, False, True]),
        st.lists(resources, min_size=1, max_size=2).map(tuple),
        st.sampled_from([False, False, False, True]),
        st.sampled_from([(), (), (), AT_TIMES]),
    )


def applies(statement: Statement, action: str, resource: str) -> bool:
    """Say it as IAM does, for one action on one resource."""
    is_named = any(oracle_matches(each.lower(), action.lower()) for each in statement.actions)
    is_there = any(oracle_matches(each, resource) for each in statement.resources)
    return is_named != statement.is_about_other_actions and is_there != statement.is_about_other_resources


@given(statements_over(names), st.sampled_from(ACTIONS))
def test_a_statement_is_about_the_actions_that_its_names_match(statement, action):
    expected = any(oracle_matches(each.lower(), action.lower()) for each in statement.actions)
    assert statement.is_about(action) == (expected != statement.is_about_other_actions)


@given(st.lists(statements_over(names.map(PLACE.__add__)), max_size=3), st.sampled_from(ACTIONS), names, names)
def test_what_is_taken_away_is_denied_to_the_last_name(statements, action, granted, territory):
    """A yes is always right: no name that is granted and in the territory is left."""
    allowed, asked = parse_resource(PLACE + granted), Pattern.of(territory)
    if Denials(statements).take_away(action, allowed, asked):
        always = [each for each in statements if each.effect is Effect.DENY and not each.conditions]
        both = oracle_names(granted) & oracle_names(territory)
        assert not [name for name in both if not any(applies(each, action, PLACE + name) for each in always)]


@given(statements_over(names.map(PLACE.__add__)), st.sampled_from(ACTIONS), names, names)
def test_one_denial_takes_away_what_it_covers_and_no_more(statement, action, granted, territory):
    """Where one resource is denied, a no is right, too: some of what is granted is left, and of the territory."""
    denial = replace(statement, effect=Effect.DENY, conditions=(), resources=statement.resources[:1])
    denied, ours, asked = (oracle_names(each) for each in (denial.resources[0][len(PLACE) :], granted, territory))
    takes_all = not asked & denied if denial.is_about_other_resources else ours <= denied or asked <= denied
    taken = Denials([denial]).take_away(action, parse_resource(PLACE + granted), Pattern.of(territory))
    assert taken == (takes_all and denial.is_about(action))


@given(st.lists(statements_over(st.text("ab*?", max_size=3).map(f"{PLACE}client/".__add__)), max_size=3))
def test_connecting_is_broad_when_a_name_that_nobody_speaks_of_is_allowed(statements):
    of_others = [f"{PLACE}client/{name}" for name in NAMES if name.startswith("z")]
    allowed, denied = (
        {name for name in of_others for each in some if applies(each, "iot:Connect", name)}
        for some in (
            [each for each in statements if each.effect is Effect.ALLOW],
            [each for each in statements if each.effect is Effect.DENY and not each.conditions],
        )
    )
    if "iot:Connect" in broad_data_plane_actions(statements):
        assert allowed
    else:
        assert allowed <= denied


LEVELS = ("a", "b")
TOPICS = ["/".join(levels) for length in (1, 2, 3) for levels in product(LEVELS, repeat=length)]
FILTERS = [
    "/".join(levels)
    for length in (1, 2, 3)
    for levels in product((*LEVELS, "+", "#"), repeat=length)
    if "#" not in levels[:-1] and {"+", "#"} & {*levels}
]
"""With a wildcard of MQTT."""

topic_patterns = st.lists(st.sampled_from(["a", "b", "*"]), min_size=1, max_size=3).map(
    "/".join
) | st.sampled_from(["a*", "*b", "a*b", "a/*b*"])
filter_patterns = topic_patterns | st.sampled_from(["*", "a/*", "*/b", "+/b", "a/+", "a/#", "#", "*/+/*"])


def receives(filter_: str, topic: str) -> bool:
    """Say it as AWS IoT does, with whom a filter `a/#` does not receive `a`. Source: its guide, "Topics"."""
    levels, of_topic = filter_.split("/"), topic.split("/")
    if levels[-1] == "#":
        levels, of_topic = levels[:-1], of_topic[: len(levels) - 1] if len(of_topic) >= len(levels) else []
        if not levels:
            return True
    return len(levels) == len(of_topic) and all(map(lambda one, other: one in ("+", other), levels, of_topic))


def of_topics(effect: Effect, kind: str, patterns: st.SearchStrategy[str]) -> st.SearchStrategy[Statement]:
    action = "iot:Subscribe" if kind == "topicfilter" else "iot:Receive"
    resources = patterns.map(f"{PLACE}{kind}/".__add__)
    return st.builds(
        lambda resource: Statement(effect, (action,), False, (resource,), False),
        resources,
    )


def is_denied(statements: list[Statement], action: str, resource: str) -> bool:
    return any(each.effect is Effect.DENY and applies(each, action, resource) for each in statements)


@given(
    of_topics(Effect.ALLOW, "topicfilter", filter_patterns),
    of_topics(Effect.DENY, "topicfilter", topic_patterns),
    st.lists(
        of_topics(Effect.DENY, "topic", topic_patterns) | of_topics(Effect.DENY, "topicfilter", topic_patterns),
        max_size=1,
    ),
)
def test_a_denial_that_a_wildcard_passes_by_is_always_seen(allowance, denial, others):
    """Look for a filter that can be subscribed to, and a topic that it receives and the denial is to stop."""
    statements = [allowance, denial, *others]
    open_filters = [
        each
        for each in FILTERS
        if applies(allowance, "iot:Subscribe", f"{PLACE}topicfilter/{each}")
        and not is_denied(statements, "iot:Subscribe", f"{PLACE}topicfilter/{each}")
    ]
    passed_by = [
        topic
        for topic in TOPICS
        if applies(denial, "iot:Subscribe", f"{PLACE}topicfilter/{topic}")
        and not is_denied(statements, "iot:Receive", f"{PLACE}topic/{topic}")
        and any(receives(each, topic) for each in open_filters)
    ]
    found = denials_that_wildcards_pass_by(statements)
    assert not passed_by or denial.resources[0] in found
