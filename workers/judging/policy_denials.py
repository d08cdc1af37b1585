"""What the Deny statements of a policy take away from what its Allow statements grant."""

from collections.abc import Iterable

from workers.judging.policy_resources import EVERY_RESOURCE, ResourcePattern
from workers.judging.policy_statements import Condition, Effect, Statement
from workers.judging.wildcards import Pattern


class Denials:
    """The Deny statements of one policy that always apply.

    One under a condition applies at times only, so it takes nothing away for certain and is left out; unless it is
    asked what happens under the very same conditions. A policy has its effect in one account and region, so a Deny
    that names them is taken to name the right ones.
    """

    def __init__(self, statements: Iterable[Statement], under: tuple[Condition, ...] = ()) -> None:
        """Pick them out of the policy's statements."""
        self._denials = [
            _Denial(each) for each in statements if each.effect is Effect.DENY and each.conditions in ((), under)
        ]

    def take_away(self, action: str, granted: ResourcePattern, territory: Pattern) -> bool:
        """Tell whether nothing is left of what is granted in the territory, for this action.

        So it is when one statement covers all that is granted or all of the territory. Several that do so
        together are not looked for.
        """
        return any(
            each.statement.is_about(action) and (each.closes(territory, granted) or each.covers(granted))
            for each in self._denials
        )

    def on(self, granted: ResourcePattern) -> list[Statement]:
        """Return the statements that are about all that is granted, each for the actions that it is about."""
        return [
            each.statement
            for each in self._denials
            if each.closes(granted.resource, granted) or each.covers(granted)
        ]


class _Denial:
    """One of the statements, with the answers that do not depend on the action."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self._covered: dict[ResourcePattern, bool] = {}
        self._closing: dict[Pattern, list[ResourcePattern]] = {}

    def covers(self, granted: ResourcePattern) -> bool:
        if granted not in self._covered:
            self._covered[granted] = _covers(self.statement, granted)
        return self._covered[granted]

    def closes(self, territory: Pattern, granted: ResourcePattern) -> bool:
        if territory not in self._closing:
            self._closing[territory] = _closing(self.statement, territory)
        return any(denied.shares_a_place_with(granted) for denied in self._closing[territory])


def _covers(statement: Statement, granted: ResourcePattern) -> bool:
    return not statement.is_about_other_resources and any(
        denied.resource.covers(granted.resource) and denied.shares_a_place_with(granted)
        for denied in statement.iot_resources
    )


def _closing(statement: Statement, territory: Pattern) -> list[ResourcePattern]:
    """Return what the statement denies that covers the territory."""
    if not statement.is_about_other_resources:
        return [denied for denied in statement.iot_resources if denied.resource.covers(territory)]
    is_spared = any(spared.resource.overlaps(territory) for spared in statement.iot_resources)
    return [] if is_spared else [EVERY_RESOURCE]
