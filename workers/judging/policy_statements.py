"""The statements of a policy, and which actions they are about."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from workers.judging.policy_resources import ResourcePattern, parse_resource
from workers.judging.wildcards import Pattern


class Effect(StrEnum):
    """What a statement does. A Deny that applies wins over every Allow."""

    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True)
class Condition:
    """One test of a statement's Condition; all of them must hold for the statement to apply."""

    operator: str
    key: str
    values: tuple[str, ...]
    """The test holds when it holds for one of them."""


@dataclass(frozen=True)
class Statement:
    """One statement, as its document has it."""

    effect: Effect
    actions: tuple[str, ...]
    is_about_other_actions: bool
    """NotAction: the statement is about every action but these."""
    resources: tuple[str, ...]
    is_about_other_resources: bool
    """NotResource: the statement is about every resource but these."""
    conditions: tuple[Condition, ...] = ()

    def is_about(self, action: str) -> bool:
        """Tell whether the statement is about an action such as `iot:Connect`, whose case does not matter."""
        lower = action.lower()
        names, patterns = self._named
        is_named = lower in names or (bool(patterns) and any(pattern.matches(lower) for pattern in patterns))
        return is_named != self.is_about_other_actions

    @cached_property
    def iot_resources(self) -> tuple[ResourcePattern, ...]:
        """Those of the resources that are AWS IoT's."""
        return tuple(pattern for pattern in map(parse_resource, self.resources) if pattern.is_of_iot)

    @cached_property
    def _named(self) -> tuple[frozenset[str], tuple[Pattern, ...]]:
        """The names of actions in lower case, and those of them that have wildcards as patterns."""
        names = frozenset(action.lower() for action in self.actions)
        return names, tuple(Pattern.of(name) for name in names if "*" in name or "?" in name)
