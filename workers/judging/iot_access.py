"""What a role allows of AWS IoT that a device should not be allowed.

Sources and choices: `workers/checks/authenticated_cognito_role_overly_permissive_check.py`, and its neighbours.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from workers.judging.data_plane_access import TERRITORIES, THINGS, Territory, broad_actions
from workers.judging.iot_actions import (
    EVERY_ACTION,
    NAMED,
    READS_OF_THINGS,
    WRITES_OF_THINGS,
    iot_actions_of,
)
from workers.judging.policy_denials import Denials
from workers.judging.policy_resources import EVERY_RESOURCE, ResourcePattern
from workers.judging.policy_statements import Effect, Statement

READ_TERRITORIES = dict.fromkeys(READS_OF_THINGS, THINGS)


class IotAccess:
    """The actions of AWS IoT that all policies of a role together allow. Lists are in the order of AWS's guide."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        """Take the statements of all the role's policies; an Allow of other services is left aside."""
        self._statements = [each for each in statements if each.effect is Effect.DENY or iot_actions_of(each)]

    @cached_property
    def _allowed(self) -> frozenset[str]:
        """What is allowed on any resource of AWS IoT."""
        denials = Denials(self._statements)
        allowed: set[str] = set()
        for allowance in self._allowances:
            actions = iot_actions_of(allowance)
            for granted in _granted(allowance):
                if not actions <= allowed:
                    allowed |= _left(actions, denials.on(granted))
        return frozenset(allowed)

    @property
    def _allowances(self) -> Sequence[Statement]:
        return [each for each in self._statements if each.effect is Effect.ALLOW]

    def writes_of_things(self) -> list[str]:
        """Return the actions that manage things, on whatever resource."""
        return [action for action in WRITES_OF_THINGS if action in self._allowed]

    def reads_of_things(self) -> list[str]:
        """Return the actions that read what is known of things, on whatever resource."""
        return [action for action in READS_OF_THINGS if action in self._allowed]

    def broad_reads_of_things(self) -> list[str]:
        """Return the actions that read what is known of things, where they are allowed for things in general."""
        return self._broad(READ_TERRITORIES)

    def others(self) -> list[str]:
        """Return the actions that are neither about things nor what devices do, on whatever resource."""
        return sorted(self._allowed - NAMED)

    def broad_data_plane_actions(self) -> list[str]:
        """Return the actions of devices that are allowed on what is other devices'."""
        return self._broad(TERRITORIES)

    def _broad(self, territories: Mapping[str, tuple[Territory, ...]]) -> list[str]:
        in_question = {action: theirs for action, theirs in territories.items() if action in self._allowed}
        return broad_actions(self._statements, in_question) if in_question else []


def _granted(allowance: Statement) -> Sequence[ResourcePattern]:
    """The resources of AWS IoT that an Allow is about; with NotResource, every one, unless that spares none."""
    if not allowance.is_about_other_resources:
        return allowance.iot_resources
    spares_all = any(spared.resource.covers(EVERY_RESOURCE.resource) for spared in allowance.iot_resources)
    return () if spares_all else (EVERY_RESOURCE,)


def _left(actions: frozenset[str], denials: Sequence[Statement]) -> frozenset[str]:
    for denial in denials:
        actions -= iot_actions_of(denial)
    if denials and (unknown := actions - EVERY_ACTION):
        # A Deny with a wildcard is also about names that are not in the list of all.
        actions -= {action for action in unknown if any(denial.is_about(action) for denial in denials)}
    return actions
