"""The resources that a policy's statement names: ARNs with wildcards and policy variables."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from workers.judging.wildcards import Pattern, Symbol, Wildcard

VARIABLE = r"\$\{(?:\$|[^${}]*)\}"
"""A policy variable, such as `${iot:ClientId}`."""
SPECIAL = re.compile(rf"({VARIABLE}|[*?])")
"""What does not stand for itself."""
COLON = re.compile(rf"{VARIABLE}|(:)")
"""A colon, in its group. One in a variable's name is none."""
WILDCARDS = {"*": Wildcard.MANY, "?": Wildcard.ONE}
ESCAPED = {"${*}": "*", "${?}": "?", "${$}": "$"}
"""Characters that stand for themselves. Source: IAM user guide, "IAM policy elements: Variables and tags"."""

FIELDS_OF_AN_ARN = 6
"""arn:partition:service:region:account:resource"""

ANYTHING = "*"
ARN = Pattern.of("arn")
IOT = Pattern.of("iot")


@dataclass(frozen=True, eq=False)
class ResourcePattern:
    """Which resources an ARN stands for. Like its patterns, it is equal to itself only."""

    place: tuple[Pattern, ...]
    """The first five fields, from `arn` to the account."""
    resource: Pattern
    """The sixth, such as `topic/$aws/things/*`."""

    @property
    def is_of_iot(self) -> bool:
        """Whether AWS IoT's resources are among them. They are not when the text is no ARN at all."""
        return _is_of_iot(self.place)

    def shares_a_place_with(self, other: "ResourcePattern") -> bool:
        """Tell whether both can speak of one partition, service, region and account."""
        return _share(self.place, other.place)


@lru_cache(maxsize=256)
def parse_resource(text: str) -> ResourcePattern:
    """Read a resource of a statement. Those that were read last are kept, since policies have many in common.

    A field of an ARN ends at a colon, a wildcard in it too. In an ARN with fewer than six fields, a star at the
    end of one stands for those that are missing; without such a star, the missing ones can be anything. Source:
    IAM user guide, "IAM JSON policy elements: Resource", on wildcards and on incomplete ARNs.
    """
    fields = _fields(text)
    missing = FIELDS_OF_AN_ARN - len(fields)
    if missing and any(field.endswith(ANYTHING) for field in fields[:-1]):
        fields = [ANYTHING] * (FIELDS_OF_AN_ARN - 1) + fields[-1:]
    elif missing:
        fields += [ANYTHING] * missing
    return ResourcePattern(_place(tuple(fields[:-1])), _pattern(fields[-1]))


def variable(name: str) -> Symbol:
    """The symbol of a policy variable. The names of variables have no case."""
    return f"${{{name}}}".lower()


def _fields(text: str) -> list[str]:
    """Split at the first five colons that are in no variable's name."""
    fields = text.split(":", FIELDS_OF_AN_ARN - 1)
    # A colon in a variable's name would leave the variable's beginning in front of it.
    if not any("$" in field for field in fields[:-1]):
        return fields
    colons = [found.start() for found in COLON.finditer(text) if found[1]][: FIELDS_OF_AN_ARN - 1]
    return [text[before + 1 : colon] for before, colon in pairwise([-1, *colons, len(text)])]


# A fleet's policies name few places. So those that were read last are kept, and what was asked of them.


@lru_cache(maxsize=64)
def _place(fields: tuple[str, ...]) -> tuple[Pattern, ...]:
    return tuple(map(_pattern, fields))


@lru_cache(maxsize=64)
def _is_of_iot(place: tuple[Pattern, ...]) -> bool:
    return ARN.overlaps(place[0]) and IOT.overlaps(place[2])


@lru_cache(maxsize=256)
def _share(one: tuple[Pattern, ...], other: tuple[Pattern, ...]) -> bool:
    return all(mine.overlaps(theirs) for mine, theirs in zip(one, other, strict=True))


def _pattern(text: str) -> Pattern:
    symbols: list[Symbol] = []
    for at, piece in enumerate(SPECIAL.split(text)):
        if at % 2 == 0:
            symbols += piece
        else:
            symbols.append(WILDCARDS.get(piece) or ESCAPED.get(piece) or piece.lower())
    return Pattern(symbols)


EVERY_RESOURCE = parse_resource(ANYTHING)
