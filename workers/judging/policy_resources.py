"""The resources that a policy's statement names: ARNs with wildcards and policy variables."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from workers.judging.wildcards import Pattern, Symbol, Wildcard

SPECIAL = re.compile(r"(\$\{(?:\$|[^${}]*)\}|[*?])")
"""What stands for something else than itself: a policy variable or a wildcard."""
WILDCARDS = {"*": Wildcard.MANY, "?": Wildcard.ONE}
ESCAPED = {"${*}": "*", "${?}": "?", "${$}": "$"}
"""Characters that stand for themselves. Source: IAM user guide, "IAM policy elements: Variables and tags"."""

FIELDS_OF_AN_ARN = 6
"""arn:partition:service:region:account:resource"""

ANYTHING: list[Symbol] = [Wildcard.MANY]
ARN = Pattern.of("arn")
IOT = Pattern.of("iot")


@dataclass(frozen=True)
class ResourcePattern:
    """Which resources an ARN stands for."""

    place: tuple[Pattern, ...]
    """The first five fields, from `arn` to the account."""
    resource: Pattern
    """The sixth, such as `topic/$aws/things/*`."""

    @property
    def is_of_iot(self) -> bool:
        """Whether AWS IoT's resources are among them. They are not when the text is no ARN at all."""
        return ARN.overlaps(self.place[0]) and IOT.overlaps(self.place[2])

    def shares_a_place_with(self, other: "ResourcePattern") -> bool:
        """Tell whether both can speak of one partition, service, region and account."""
        return all(mine.overlaps(theirs) for mine, theirs in zip(self.place, other.place, strict=True))


def parse_resource(text: str) -> ResourcePattern:
    """Read a resource of a statement.

    A field of an ARN ends at a colon, a wildcard in it too. In an ARN with fewer than six fields, a star at the
    end of one stands for those that are missing; without such a star, the missing ones can be anything. Source:
    IAM user guide, "IAM JSON policy elements: Resource", on wildcards and on incomplete ARNs.
    """
    *place, resource = text.split(":", FIELDS_OF_AN_ARN - 1)
    if len(place) == FIELDS_OF_AN_ARN - 1 and not any("$" in field for field in place):
        return ResourcePattern(_place(tuple(place)), Pattern(_symbols(resource)))
    fields = _fields(_symbols(text))
    missing = FIELDS_OF_AN_ARN - len(fields)
    if missing and any(field[-1:] == ANYTHING for field in fields[:-1]):
        fields = [ANYTHING] * (FIELDS_OF_AN_ARN - 1) + fields[-1:]
    elif missing:
        fields += [ANYTHING] * missing
    *place, resource = map(Pattern, fields)
    return ResourcePattern(tuple(place), resource)


EVERY_RESOURCE = ResourcePattern((Pattern(ANYTHING),) * (FIELDS_OF_AN_ARN - 1), Pattern(ANYTHING))


def variable(name: str) -> Symbol:
    """The symbol of a policy variable. The names of variables have no case."""
    return f"${{{name}}}".lower()


@lru_cache(maxsize=64)
def _place(fields: tuple[str, ...]) -> tuple[Pattern, ...]:
    """Read the first fields of an ARN when there is no variable in them. A fleet's policies name a few places."""
    return tuple(map(Pattern.of, fields))


def _symbols(text: str) -> list[Symbol]:
    symbols: list[Symbol] = []
    for at, piece in enumerate(SPECIAL.split(text)):
        if at % 2 == 0:
            symbols += piece
        else:
            symbols.append(WILDCARDS.get(piece) or ESCAPED.get(piece) or piece.lower())
    return symbols


def _fields(symbols: Iterable[Symbol]) -> list[list[Symbol]]:
    """Split at the first five colons. A colon in a variable's name is none of them."""
    fields: list[list[Symbol]] = [[]]
    for symbol in symbols:
        if symbol == ":" and len(fields) < FIELDS_OF_AN_ARN:
            fields.append([])
        else:
            fields[-1].append(symbol)
    return fields
