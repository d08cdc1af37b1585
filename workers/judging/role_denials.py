"""What the Deny statements of a role take away, resource by resource."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from workers.judging.policy_resources import EVERY_RESOURCE, ResourcePattern, parse_resource
from workers.judging.policy_statements import Effect, Statement
from workers.judging.wildcards import Pattern


class RoleDenials:
    """The Deny statements of all of a role's policies that always apply.

    One under a condition applies at times only, so it takes nothing away for certain and is left out.
    """

    def __init__(self, statements: Iterable[Statement]) -> None:
        """Pick them out of the role's statements."""
        self._statements = [each for each in statements if each.effect is Effect.DENY and not each.conditions]
        self._covering: dict[ResourcePattern, list[Statement]] = {}

    def on(self, granted: ResourcePattern) -> list[Statement]:
        """Return those that are about all of the resources that a pattern stands for."""
        if not self._statements:
            return self._statements
        if granted not in self._covering:
            self._covering[granted] = [each for each in self._statements if _covers(each, granted)]
        return self._covering[granted]

    def take_away(self, asked: Pattern, granted: ResourcePattern) -> bool:
        """Tell whether one of them denies all actions that `asked` (in lower case) stands for on all of `granted`.

        Several that do so together are not looked for.
        """
        return any(_denies_all(statement, asked) for statement in self.on(granted))


def granted_resources(allowance: Statement) -> Iterator[ResourcePattern]:
    """Yield the resources that an Allow is about; with NotResource, every one, unless that spares none."""
    if not allowance.is_about_other_resources:
        yield from map(_resource, allowance.resources)
    elif not any(_is_within(EVERY_RESOURCE, _resource(text)) for text in allowance.resources):
        yield EVERY_RESOURCE


# A fleet's policies are alike in their actions, so what was worked out last is kept.

_resource = lru_cache(maxsize=1024)(parse_resource)
"""A role is asked about each of its resources several times."""


@lru_cache(maxsize=1024)
def action_pattern(written: str) -> Pattern:
    """Read an action, whose case does not matter."""
    return Pattern.of(written.lower())


@lru_cache(maxsize=4096)
def covers_all(actions: tuple[str, ...], asked: Pattern) -> bool:
    """Tell whether one of a statement's actions stands for all that `asked` does."""
    return any(action_pattern(action).covers(asked) for action in actions)


@lru_cache(maxsize=4096)
def _have_part_in(actions: tuple[str, ...], asked: Pattern) -> bool:
    return any(action_pattern(action).overlaps(asked) for action in actions)


def _covers(denial: Statement, granted: ResourcePattern) -> bool:
    resources = map(_resource, denial.resources)
    if denial.is_about_other_resources:
        return not any(_share_a_resource(spared, granted) for spared in resources)
    return any(_is_within(granted, denied) for denied in resources)


def _is_within(narrow: ResourcePattern, wide: ResourcePattern) -> bool:
    return wide.resource.covers(narrow.resource) and all(
        mine.covers(theirs) for mine, theirs in zip(wide.place, narrow.place, strict=True)
    )


def _share_a_resource(one: ResourcePattern, other: ResourcePattern) -> bool:
    return one.resource.overlaps(other.resource) and one.shares_a_place_with(other)


def _denies_all(denial: Statement, asked: Pattern) -> bool:
    if denial.is_about_other_actions:
        return not _have_part_in(denial.actions, asked)
    return covers_all(denial.actions, asked)
