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
        self._statements = [
            each for each in statements if each.effect is Effect.DENY and each.conditions in ((), under)
        ]
        self._covering: dict[ResourcePattern, list[Statement]] = {}
        self._closing: dict[Pattern, list[tuple[Statement, ResourcePattern]]] = {}

    def take_away(self, action: str, granted: ResourcePattern, territory: Pattern) -> bool:
        """Tell whether nothing is left of what is granted in the territory, for this action.

        So it is when one statement covers all that is granted or all of the territory. Several that do so
        together are not looked for.
        """
        return any(
            statement.is_about(action) and denied.shares_a_place_with(granted)
            for statement, denied in self._that_close(territory)
        ) or any(statement.is_about(action) for statement in self._that_cover(granted))

    # A statement is asked once of each: the answer does not depend on the action.

    def _that_cover(self, granted: ResourcePattern) -> list[Statement]:
        if granted not in self._covering:
            self._covering[granted] = [each for each in self._statements if _covers(each, granted)]
        return self._covering[granted]

    def _that_close(self, territory: Pattern) -> list[tuple[Statement, ResourcePattern]]:
        if territory not in self._closing:
            self._closing[territory] = [
                (statement, denied) for statement in self._statements for denied in _closing(statement, territory)
            ]
        return self._closing[territory]


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
