"""What a policy's Deny statements on topics leave open, because MQTT and policies have different wildcards.

To a policy the + and # of MQTT are characters like any other, and its own * and ? stand for them, too. So a Deny
with MQTT's wildcards denies one odd filter only; and whoever may subscribe to `building/*` may subscribe to
`building/#`, and gets what a Deny of `building/control_room/*` was to stop, unless receiving it is denied as well.

Sources and choices: `workers/checks/iot_policy_potential_misconfiguration_check.py`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from workers.judging.policy_denials import Denials
from workers.judging.policy_resources import EVERY_RESOURCE, ResourcePattern
from workers.judging.policy_statements import Effect, Statement
from workers.judging.wildcards import Pattern, Wildcard

TOPIC_ACTIONS = ("iot:Subscribe", "iot:Receive", "iot:Publish", "iot:RetainPublish")
MQTT_WILDCARDS = ("+", "#")

TOPIC = "topic/"
TOPIC_FILTER = "topicfilter/"
TOPICS = Pattern.of(f"{TOPIC}*")
TOPIC_FILTERS = Pattern.of(f"{TOPIC_FILTER}*")

WITH_A_WILDCARD_LEVEL = tuple(
    Pattern.of(TOPIC_FILTER + levels) for levels in ("+", "+/*", "*/+", "*/+/*", "#", "*/#")
)
"""MQTT's wildcards are wildcards where they are a whole level. Source: MQTT 3.1.1, section 4.7.1."""

DOLLAR_FILTERS = Pattern.of(f"{TOPIC_FILTER}$*")
RESERVED_FILTERS = Pattern.of(f"{TOPIC_FILTER}$aws/*")
"""Filters that begin with a wildcard do not reach topics that begin with $. Source: MQTT 3.1.1, section 4.7.2."""


@dataclass(frozen=True)
class _Denied:
    """One resource of a Deny."""

    text: str
    pattern: ResourcePattern
    statement: Statement

    @property
    def has_mqtt_wildcards(self) -> bool:
        symbols = self.pattern.resource.symbols
        return any(wildcard in symbols for wildcard in MQTT_WILDCARDS)

    @property
    def topics(self) -> Pattern:
        """The topics that the filters are about. One that begins with a wildcard stands for both."""
        symbols = self.pattern.resource.symbols
        is_filter = symbols[: len(TOPIC_FILTER)] == tuple(TOPIC_FILTER)
        return Pattern((*TOPIC, *symbols[len(TOPIC_FILTER) :])) if is_filter else self.pattern.resource


def denials_with_mqtt_wildcards(statements: Iterable[Statement]) -> list[str]:
    """Return the topics and topic filters that Deny statements name with + or #, as they are written."""
    denied = (each for action in TOPIC_ACTIONS for each in _denied(statements, action))
    return _once_each(each.text for each in denied if _is_about_topics(each) and each.has_mqtt_wildcards)


def denials_that_wildcards_pass_by(statements: Sequence[Statement]) -> list[str]:
    """Return the topic filters that are denied, and whose messages a subscription with MQTT's wildcards gets.

    Those that name + or # themselves are the subject of `denials_with_mqtt_wildcards`.
    """
    denied = [
        each
        for each in _denied(statements, "iot:Subscribe")
        if not (each.has_mqtt_wildcards or _is_out_of_reach(each.pattern.resource))
    ]
    allowed = list(_allowed_with_wildcards(statements)) if denied else []
    return _once_each(
        each.text
        for each in denied
        if any(_is_part_of(each.pattern, of) for of in allowed) and not _is_receiving_denied(each, statements)
    )


def _denied(statements: Iterable[Statement], action: str) -> Iterator[_Denied]:
    for statement in statements:
        is_listing = statement.effect is Effect.DENY and not statement.is_about_other_resources
        if is_listing and statement.is_about(action):
            for text, pattern in statement.iot_resources_as_written.items():
                yield _Denied(text, pattern, statement)


def _is_about_topics(denied: _Denied) -> bool:
    return any(kind.overlaps(denied.pattern.resource) for kind in (TOPICS, TOPIC_FILTERS))


def _allowed_with_wildcards(statements: Sequence[Statement]) -> Iterator[ResourcePattern]:
    """Yield the topic filters that are allowed, can have a wildcard of MQTT, and are not denied as a whole."""
    denials = Denials(statements)
    for statement in statements:
        if statement.effect is Effect.ALLOW and statement.is_about("iot:Subscribe"):
            granted = (EVERY_RESOURCE,) if statement.is_about_other_resources else statement.iot_resources
            yield from (
                each
                for each in granted
                if any(filters.overlaps(each.resource) for filters in WITH_A_WILDCARD_LEVEL)
                and not denials.take_away("iot:Subscribe", each, each.resource)
            )


def _is_out_of_reach(denied: Pattern) -> bool:
    """Tell whether no wildcard gets there: the reserved topics, all of them denied; or no filter at all."""
    is_reserved_only = DOLLAR_FILTERS.covers(denied) and denied.covers(RESERVED_FILTERS)
    return is_reserved_only or not TOPIC_FILTERS.overlaps(denied)


def _is_part_of(denied: ResourcePattern, allowed: ResourcePattern) -> bool:
    """Tell whether the Deny takes a part of what can be subscribed to, and not all of it."""
    received = Pattern(
        Wildcard.MANY if symbol in MQTT_WILDCARDS else symbol for symbol in allowed.resource.symbols
    )
    return (
        denied.shares_a_place_with(allowed)
        and received.overlaps(denied.resource)
        and not denied.resource.covers(allowed.resource)
    )


def _is_receiving_denied(denied: _Denied, statements: Iterable[Statement]) -> bool:
    """Tell whether the messages are denied, too: always, or under the very conditions of the subscription."""
    topics = ResourcePattern(denied.pattern.place, denied.topics)
    denials = Denials(statements, under=denied.statement.conditions)
    return denials.take_away("iot:Receive", topics, topics.resource)


def _once_each(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
