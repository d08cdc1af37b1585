"""Which actions of AWS IoT's data plane a policy allows on what is another device's.

The resources of other devices are asked about by names of which policies say nothing (`Wildcard.UNNAMED`). So a
name that begins with a wildcard is everybody's, and one with a specific beginning, or with a variable that holds
what AWS IoT knows of the device, is not: `client/*` is broad, `client/sensor-*` and `client/${iot:...ThingName}`
are not. Sources and choices: `workers/checks/iot_policy_overly_permissive_check.py`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from workers.judging.policy_denials import Denials
from workers.judging.policy_resources import EVERY_RESOURCE, ResourcePattern, variable
from workers.judging.policy_statements import Effect, Statement
from workers.judging.wildcards import Pattern, Symbol, Wildcard

ANOTHER_NAME: tuple[Symbol, ...] = (Wildcard.UNNAMED, Wildcard.MANY)

LAST_LEVELS = (
    *("accepted", "rejected", "delta", "documents"),
    *("get", "update", "delete"),
    *("start-next", "notify", "notify-next"),
    *("json", "cbor"),
)
"""How the reserved topics of a thing (shadow, jobs, tunnels, Defender metrics, streams) can end.

Source: AWS IoT developer guide, "Reserved topics"."""


@dataclass(frozen=True)
class Territory:
    """Resources that are other devices'."""

    whole: Pattern
    parts: tuple[Pattern, ...] = ()
    """What there is in it; nothing given: all of it. A pattern reaches the territory when it reaches a part."""

    def is_reached_by(self, pattern: Pattern) -> bool:
        """Tell whether the pattern stands for a resource in here."""
        return self.whole.overlaps(pattern) and (
            not self.parts or any(part.overlaps(pattern) for part in self.parts)
        )


def _named(prefix: str, *name: Symbol) -> Territory:
    return Territory(Pattern([*prefix, *name]))


def _topics(prefix: str, *name: Symbol, last_levels: Iterable[str] = LAST_LEVELS) -> Territory:
    whole = [*prefix, *name]
    return Territory(Pattern(whole), tuple(Pattern([*whole, "/", *last]) for last in last_levels))


OWN_CLIENT_ID = _named("client/", variable("iot:ClientId"))
"""A device can call itself what it likes, so its client ID being its client ID limits nothing."""

CLIENTS = (_named("client/", *ANOTHER_NAME), OWN_CLIENT_ID)

TOPICS = (_topics("topic/$aws/things/", *ANOTHER_NAME),)

TOPIC_FILTERS = (
    *(
        _topics(f"topicfilter/$aws/{level}/", *name, last_levels=(*LAST_LEVELS, "+", "#"))
        for level in ("things", "+")
        for name in (ANOTHER_NAME, ("+", Wildcard.MANY))
    ),
    *(_named(f"topicfilter/{filter_}") for filter_ in ("$aws/things/#", "$aws/+/#", "$aws/#", "#", "+/#")),
)
"""Filters that a subscriber can write to receive what is another device's: in them, MQTT's wildcards count too."""

THINGS = (_named("thing/", *ANOTHER_NAME), _named("/thing/", *ANOTHER_NAME))
"""AWS's guide writes the examples of this check with a stray slash."""

TERRITORIES = {
    "iot:Subscribe": TOPIC_FILTERS,
    "iot:StartNextPendingJobExecution": THINGS,
    "iot:Connect": CLIENTS,
    "iot:UpdateJobExecution": THINGS,
    "iot:GetThingShadow": THINGS,
    "iot:DeleteThingShadow": THINGS,
    "iot:UpdateThingShadow": THINGS,
    "iot:Publish": TOPICS,
    "iot:DescribeJobExecution": THINGS,
    "iot:GetPendingJobExecutions": THINGS,
}
"""The actions that count, in the order in which AWS's published findings name them.

iot:Receive does not count: what a device receives is limited by what it may subscribe to. The published findings
leave open where the four actions on job executions belong; they stand where the order of the other six (that of a
Java hash set) would put them."""


def broad_data_plane_actions(statements: Sequence[Statement]) -> list[str]:
    """Return the actions that the statements together allow on other devices' resources."""
    return broad_actions(statements, TERRITORIES)


def broad_actions(statements: Sequence[Statement], territories: Mapping[str, tuple[Territory, ...]]) -> list[str]:
    """Return the actions that the statements together allow in a territory of theirs."""
    allowances = [statement for statement in statements if statement.effect is Effect.ALLOW]
    denials = Denials(statements)
    return [action for action, theirs in territories.items() if _is_broad(action, theirs, allowances, denials)]


def _is_broad(
    action: str, territories: Iterable[Territory], allowances: Iterable[Statement], denials: Denials
) -> bool:
    return any(
        not denials.take_away(action, granted, territory.whole)
        for allowance in allowances
        if allowance.is_about(action) and not (action == "iot:Connect" and _is_for_attached_things(allowance))
        for territory in territories
        for granted in _granted(allowance, territory)
    )


def _granted(allowance: Statement, territory: Territory) -> Iterator[ResourcePattern]:
    """Yield the resources of an Allow that reach into the territory."""
    if not allowance.is_about_other_resources:
        yield from (each for each in allowance.iot_resources if territory.is_reached_by(each.resource))
    elif territory is not OWN_CLIENT_ID and not any(  # of what is left of everything, names tell all
        excepted.resource.covers(territory.whole) for excepted in allowance.iot_resources
    ):
        yield EVERY_RESOURCE


def _is_for_attached_things(statement: Statement) -> bool:
    """Tell whether the statement applies only to a certificate that is attached to the thing it connects as."""
    return any(
        condition.operator == "Bool"
        and condition.key.lower() == "iot:connection.thing.isattached"
        and [value.lower() for value in condition.values] == ["true"]
        for condition in statement.conditions
    )
