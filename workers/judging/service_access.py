"""Which services a role may use, and which of them altogether.

Sources and choices: the two checks of role aliases, `workers/checks/iot_role_alias_*_check.py`.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache

from workers.judging.policy_statements import Effect, Statement
from workers.judging.role_denials import RoleDenials, action_pattern, covers_actions, granted_resources
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
        named = (_service_in(action) for statement in statements for action in statement.actions)
        self.named = frozenset(service for service in named if service is not None)
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
            allowance.is_about_other_actions or None in map(_service_in, allowance.actions)
            for allowance in self._allowances
        )

    def _allows_any(self, territory: Pattern) -> bool:
        """Tell whether an action of the territory is allowed."""
        return any(
            self._is_left(asked, allowance)
            for allowance in self._allowances
            for asked in _allowed_within(allowance, territory)
        )

    def _allows_all(self, territory: Pattern) -> bool:
        """Tell whether one Allow is about all actions of the territory, and they are not denied as a whole."""
        return any(
            _is_about_all(allowance, territory) and self._is_left(territory, allowance)
            for allowance in self._allowances
        )

    def _is_left(self, asked: Pattern, allowance: Statement) -> bool:
        return any(not self._denials.take_away(asked, granted) for granted in granted_resources(allowance))


# Fleets' policies repeat few actions, and ask about few services, so what was worked out last is kept.


@lru_cache(maxsize=1024)
def _service_in(action: str) -> str | None:
    """The service of an action, or None when a wildcard stands in its place."""
    service, colon, _ = action.partition(":")
    return service.lower() if colon and "*" not in service and "?" not in service else None


def _actions_of(service: str) -> Pattern:
    return action_pattern(f"{service}:*")


@lru_cache(maxsize=1024)
def _unnamed_actions_of(service: str) -> Pattern:
    return Pattern([*service, ":", *ANY_NAME])


def _allowed_within(allowance: Statement, territory: Pattern) -> Iterator[Pattern]:
    """Yield what an Allow is about within a territory: all of it, where the two only overlap."""
    if allowance.is_about_other_actions:
        if not any(covers_actions(spared, territory) for spared in allowance.actions):
            yield territory
        return
    for action in allowance.actions:
        allowed = _within(action, territory)
        if allowed is not None:
            yield allowed


@lru_cache(maxsize=4096)
def _within(action: str, territory: Pattern) -> Pattern | None:
    allowed = action_pattern(action)
    if territory.covers(allowed):
        return allowed
    return territory if territory.overlaps(allowed) else None


def _is_about_all(allowance: Statement, territory: Pattern) -> bool:
    """Tell whether an Allow is about the whole territory; with NotAction, also when that spares a part of it."""
    covering = any(covers_actions(action, territory) for action in allowance.actions)
    return covering != allowance.is_about_other_actions
