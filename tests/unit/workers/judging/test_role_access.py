"""What policies allow, held against an oracle that tries every action on every resource of a small world."""

from functools import lru_cache
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from workers.judging.iot_access import IotAccess
from workers.judging.iot_actions import EVERY_ACTION, NAMED, READS_OF_THINGS, WRITES_OF_THINGS
from workers.judging.policy_statements import Effect, Statement
from workers.judging.service_access import ServiceAccess

WORDS = ["".join(letters) for length in range(3) for letters in product("xyz", repeat=length)]
"""No policy below names z: it is what nobody has said anything about."""
SERVICES = ("a", "b", "z")
ACTIONS = [f"{service}:{word}" for service in SERVICES for word in WORDS if word]
RESOURCES = ["z", *(f"arn:aws:iot:::{word}" for word in WORDS)]

literal_services = st.sampled_from(
    ["*", "a:*", "b:*", "a:x*", "a:x", "a:y", "a:*y", "a:xy", "b:x", "b:y*", "A:X*", "B:y"]
)
any_services = st.one_of(
    literal_services, st.sampled_from(["*:x", "?:*", "*:*", "a:?", "*x", "?:x*", "a:?y", "**"])
)
resources = st.sampled_from(["*", "arn:aws:iot:::*", "arn:aws:iot:::x", "arn:aws:iot:::x*", "arn:aws:iot:::*y"])
IOT_NAMES = st.sampled_from(
    [
        "*",
        "iot:*",
        "iot:CreateThing",
        "iot:create*",
        "iot:*Thing",
        "iot:List*",
        "iot:DescribeThing",
        "s3:*",
        "iot:Pub*",
    ]
)


def statements(actions, *, effects=Effect, opposites=(False, True), resource_opposites=(False, True)):
    some = lambda of: st.lists(of, min_size=1, max_size=3).map(tuple)  # noqa: E731
    one = st.builds(
        Statement,
        st.sampled_from(list(effects)),
        some(actions),
        st.sampled_from(opposites),
        some(resources),
        st.sampled_from(resource_opposites),
    )
    return st.lists(one, max_size=4)


@lru_cache(maxsize=4096)
def oracle_matches(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(oracle_matches(pattern[1:], text[taken:]) for taken in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and oracle_matches(pattern[1:], text[1:])


def applies(statement: Statement, action: str, resource: str) -> bool:
    is_named = any(oracle_matches(each.lower(), action.lower()) for each in statement.actions)
    is_on = any(oracle_matches(each, resource) for each in statement.resources)
    return is_named != statement.is_about_other_actions and is_on != statement.is_about_other_resources


def oracle_allows(policy: list[Statement], action: str, resource: str) -> bool:
    effects = {statement.effect for statement in policy if applies(statement, action, resource)}
    return effects == {Effect.ALLOW}


def oracle_services(policy: list[Statement]) -> list[str]:
    return [
        service
        for service in SERVICES
        if any(
            oracle_allows(policy, action, resource)
            for action in ACTIONS
            if action.startswith(f"{service}:")
            for resource in RESOURCES
        )
    ]


def oracle_iot(policy: list[Statement]) -> set[str]:
    on_iot = [resource for resource in RESOURCES if resource.startswith("arn:")]
    return {action for action in EVERY_ACTION if any(oracle_allows(policy, action, on) for on in on_iot)}


def found_of_iot(policy: list[Statement]) -> set[str]:
    access = IotAccess(policy)
    return {*access.writes_of_things(), *access.reads_of_things(), *access.others()}


def asked_of_iot(actions: set[str]) -> set[str]:
    return {action for action in actions if action in (*READS_OF_THINGS, *WRITES_OF_THINGS) or action not in NAMED}


@given(statements(any_services))
def test_no_service_that_is_allowed_is_passed_over(policy):
    assert set(ServiceAccess(policy).allowed(SERVICES)) >= set(oracle_services(policy))


@given(statements(literal_services, opposites=(False,), resource_opposites=(False,)))
def test_a_service_is_allowed_when_an_action_is_left_on_a_resource(policy):
    assert ServiceAccess(policy).allowed(SERVICES) == oracle_services(policy)


@given(statements(any_services, effects=[Effect.ALLOW]))
def test_without_denials_a_service_is_allowed_when_any_statement_reaches_it(policy):
    assert ServiceAccess(policy).allowed(SERVICES) == oracle_services(policy)


@given(statements(any_services))
def test_services_that_nobody_names_are_allowed_when_one_of_them_is(policy):
    if "z" in oracle_services(policy):
        assert ServiceAccess(policy).allows_unnamed_services


@given(statements(literal_services, opposites=(False,), resource_opposites=(False,)))
def test_a_service_is_allowed_altogether_when_an_action_is_left_of_which_no_policy_says_anything(policy):
    # a:z is such an action: what allows it allows all that is not named, for no policy ends in it.
    expected = [
        service
        for service in SERVICES
        if any(oracle_allows(policy, f"{service}:{word}", on) for word in ("z",) for on in RESOURCES)
    ]
    assert ServiceAccess(policy).allowed_altogether(SERVICES) == expected


@given(statements(IOT_NAMES))
def test_no_action_of_iot_that_is_allowed_is_passed_over(policy):
    assert found_of_iot(policy) >= asked_of_iot(oracle_iot(policy))


@given(statements(IOT_NAMES, resource_opposites=(False,)))
def test_an_action_of_iot_is_allowed_when_it_is_left_on_a_resource(policy):
    assert found_of_iot(policy) == asked_of_iot(oracle_iot(policy))


@given(statements(IOT_NAMES), st.randoms(use_true_random=False))
def test_neither_the_order_of_statements_nor_the_case_of_actions_matters(policy, random):
    again = [
        Statement(each.effect, tuple(name.swapcase() for name in each.actions), *list(vars(each).values())[2:5])
        for each in policy
    ]
    random.shuffle(again)
    assert found_of_iot(again) == found_of_iot(policy)
    assert ServiceAccess(again).allowed(["iot", "s3"]) == ServiceAccess(policy).allowed(["iot", "s3"])
