"""What a role allows of AWS IoT that a device should not be allowed.

Sources and choices: `workers/checks/authenticated_cognito_role_overly_permissive_check.py`, and its neighbours.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property

from workers.judging.data_plane_access import THINGS, broad_actions, broad_data_plane_actions
from workers.judging.iot_actions import (
    EVERY_ACTION,
    NAMED,
    OF_DEVICES,
    READS_OF_THINGS,
    WRITES_OF_THINGS,
    iot_actions_of,
)
from workers.judging.policy_denials import Denials
from workers.judging.policy_statements import Effect, Statement
from workers.judging.role_denials import granted_resources

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
            for granted in granted_resources(allowance):
                if granted.is_of_iot and not actions <= allowed:
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
        return broad_actions(self._statements, READ_TERRITORIES) if self.reads_of_things() else []

    def others(self) -> list[str]:
        """Return the actions that are neither about things nor what devices do, on whatever resource."""
        return sorted(self._allowed - NAMED)

    def broad_data_plane_actions(self) -> list[str]:
        """Return the actions of devices that are allowed on what is other devices'."""
        return [] if self._allowed.isdisjoint(OF_DEVICES) else broad_data_plane_actions(self._statements)


def _left(actions: frozenset[str], denials: Iterable[Statement]) -> frozenset[str]:
    for denial in denials:
        actions -= iot_actions_of(denial)
        if not actions <= EVERY_ACTION:
            # A Deny with a wildcard is also about names that are not in the list of all.
            actions = frozenset(action for action in actions if not denial.is_about(action))
    return actions
