"""The statements of a policy, and which actions they are about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache

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
        return _is_named_in(self.actions)(action) != self.is_about_other_actions

    @cached_property
    def iot_resources(self) -> tuple[ResourcePattern, ...]:
        """Those of the resources that are AWS IoT's."""
        return tuple(self.iot_resources_as_written.values())

    @cached_property
    def iot_resources_as_written(self) -> Mapping[str, ResourcePattern]:
        """The same by the text that the document has."""
        patterns = ((text, parse_resource(text)) for text in self.resources)
        return {text: pattern for text, pattern in patterns if pattern.is_of_iot}


@lru_cache(maxsize=256)
def _is_named_in(actions: tuple[str, ...]) -> Callable[[str], bool]:
    """Return what tells whether an action is one of these, which may have wildcards, and no case.

    A fleet's policies have the same few lists of actions, and checks ask about the same few actions. So the lists
    that were asked last are kept, with their answers.
    """
    names = frozenset(action.lower() for action in actions)
    patterns = tuple(Pattern.of(name) for name in names if "*" in name or "?" in name)

    @lru_cache(maxsize=256)
    def is_named(action: str) -> bool:
        lower = action.lower()
        return lower in names or any(pattern.matches(lower) for pattern in patterns)

    return is_named
