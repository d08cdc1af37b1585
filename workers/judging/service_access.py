"""Which services a role may use, and which of them altogether.

Sources and choices: the two checks of role aliases, `workers/checks/iot_role_alias_*_check.py`.
"""

from collections.abc import Iterable
from functools import cached_property, lru_cache

from workers.judging.policy_resources import ResourcePattern
from workers.judging.policy_statements import Effect, Statement
from workers.judging.role_denials import RoleDenials, action_pattern, covers_all, granted_resources
from workers.judging.wildcards import Pattern, Symbol, Wildcard

ANY_NAME: tuple[Symbol, ...] = (Wildcard.UNNAMED, Wildcard.MANY)
"""A name of which the role's policies say nothing."""

ACTIONS_OF_UNNAMED_SERVICES = Pattern(ANY_NAME)


class ServiceAccess:
    """The services whose actions all policies of a role together allow, on whatever resource.

    A service is its namespace, such as `dynamodb`, in lower case.
    """

    def __init__(self, statements: Iterable[Statement]) -> None:
        """Take the statements of all the role's policies."""
        statements = list(statements)
        self._allowances = [each for each in statements if each.effect is Effect.ALLOW]
        self._denials = RoleDenials(statements)
        self._granted = [list(granted_resources(allowance)) for allowance in self._allowances]
        self.named = frozenset[str]().union(*(_services_in(statement.actions)[0] for statement in statements))
        """The services that the policies name, to allow them or not."""

    def allowed(self, services: Iterable[str]) -> list[str]:
        """Return those of the services of which at least one action is allowed."""
        return [service for service in self._in_reach(services) if self._allows_any(_actions_of(service))]

    def allowed_altogether(self, services: Iterable[str]) -> list[str]:
        """Return those of the services of which every action is allowed, or all but some that are named."""
        return [
            service
            for service in self._in_reach(services)
            if self._allows_all(Pattern([*service, ":", *ANY_NAME]))
        ]

    @property
    def allows_unnamed_services(self) -> bool:
        """Whether wildcards or NotAction allow something of services that no policy of the role names."""
        return self._has_wildcards and self._allows_any(ACTIONS_OF_UNNAMED_SERVICES)

    @property
    def allows_something_altogether(self) -> bool:
        """Whether there is any service of which every action is allowed, or all but some that are named."""
        return bool(self.allowed_altogether(self.named)) or (
            self._has_wildcards and self._allows_all(ACTIONS_OF_UNNAMED_SERVICES)
        )

    def _in_reach(self, services: Iterable[str]) -> Iterable[str]:
        return services if self._has_wildcards else (each for each in services if each in self.named)

    @cached_property
    def _has_wildcards(self) -> bool:
        return any(
            allowance.is_about_other_actions or _services_in(allowance.actions)[1]
            for allowance in self._allowances
        )

    def _allows_any(self, territory: Pattern) -> bool:
        """Tell whether an action of the territory is allowed."""
        return any(
            self._is_left(asked, granted)
            for allowance, granted in zip(self._allowances, self._granted, strict=True)
            for asked in _asked(allowance, territory)
        )

    def _allows_all(self, territory: Pattern) -> bool:
        """Tell whether one Allow is about all actions of the territory, and they are not denied as a whole."""
        return any(
            # NotAction that spares a part of the territory is about the rest of it.
            covers_all(allowance.actions, territory) != allowance.is_about_other_actions
            and self._is_left(territory, granted)
            for allowance, granted in zip(self._allowances, self._granted, strict=True)
        )

    def _is_left(self, asked: Pattern, granted: Iterable[ResourcePattern]) -> bool:
        return not all(self._denials.take_away(asked, each) for each in granted)


# Fleets' policies repeat few actions, and ask about few services, so what was worked out last is kept.


@lru_cache(maxsize=1024)
def _services_in(actions: tuple[str, ...]) -> tuple[frozenset[str], bool]:
    """The services that actions name, and whether a wildcard stands in the place of one."""
    places = {service.lower() if colon else "*" for service, colon, _ in (each.partition(":") for each in actions)}
    named = frozenset(place for place in places if "*" not in place and "?" not in place)
    return named, len(named) < len(places)


def _actions_of(service: str) -> Pattern:
    return action_pattern(f"{service}:*")


@lru_cache(maxsize=1024)
def _unnamed_actions_of(service: str) -> Pattern:
    return Pattern([*service, ":", *ANY_NAME])


def _asked(allowance: Statement, territory: Pattern) -> tuple[Pattern, ...]:
    """Return what an Allow is about within a territory."""
    if allowance.is_about_other_actions:
        return () if covers_all(allowance.actions, territory) else (territory,)
    return _allowed_within(allowance.actions, territory)


@lru_cache(maxsize=4096)
def _allowed_within(actions: tuple[str, ...], territory: Pattern) -> tuple[Pattern, ...]:
    """Return what actions stand for within a territory: all of it, where the two only overlap."""
    patterns = [each for each in map(action_pattern, actions) if territory.overlaps(each)]
    return tuple(each if territory.covers(each) else territory for each in patterns)
