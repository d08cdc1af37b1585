"""Patterns with wildcards, as the policies of IAM and AWS IoT write them, and three questions about them.

A pattern is a sequence of symbols. Each question is answered by one walk: the states are the positions in the
pattern that is asked, kept as the bits of one integer, and each symbol of the other side moves all of them at
once. Nothing is tried and taken back, so no pattern, however many stars it has, makes a question slow. What comes
before the first wildcard can only be itself, so it is compared first, and most questions end there.
"""

from collections.abc import Callable, Iterable
from enum import Enum, auto
from functools import cached_property
from itertools import islice
from typing import Self


class Wildcard(Enum):
    """A symbol that stands for text."""

    ONE = auto()
    """Any one character, `?`."""
    MANY = auto()
    """Any characters, none too, `*`."""
    UNNAMED = auto()
    """One character that no pattern names, so that only wildcards match it. Policies can't write it: it is how to
    ask about a name of which a policy's author has said nothing."""


Symbol = str | Wildcard
"""A wildcard, one character, or (a longer text) a policy variable: a value that is not known, equal to itself."""

_STAR = (Wildcard.MANY,)

_WRITTEN: dict[str, Symbol] = {"?": Wildcard.ONE, "*": Wildcard.MANY}


class Pattern:
    """What a text must look like. It does not change once made."""

    def __init__(self, symbols: Iterable[Symbol]) -> None:
        """Take the symbols; a run of wildcards is its `?`s and then one star, if it has any."""
        given = tuple(symbols)
        self.beginning = _beginning(given)
        """The symbols before the first `?` or `*`: these can only be themselves."""
        rest = given[len(self.beginning) :]
        if _has_runs(rest):
            rest = _with_stars_last(rest)
        self.symbols = self.beginning + rest
        self._goes_on_with_a_star = rest[:1] == _STAR
        self._is_open = rest == _STAR

    @classmethod
    def of(cls, text: str) -> Self:
        """Read a pattern of characters, `?` and `*`."""
        return cls(map(_WRITTEN.get, text, text))

    def matches(self, text: str) -> bool:
        """Tell whether the pattern stands for this text."""
        fixed = len(self.beginning)
        return tuple(text[:fixed]) == self.beginning and (
            self._is_open or self._arrives(fixed, text, self._ones, self._staying_on_stars)
        )

    def covers(self, other: "Pattern") -> bool:
        """Tell whether every text that `other` stands for is one of this pattern's.

        A yes is always right. A no is right too, unless this pattern has a `?`: that one takes a character of
        `other`, never a part of what a `*` of `other` stands for (so `?*` is not seen to cover `*a`).
        """
        fixed = len(self.beginning)
        return other.symbols[:fixed] == self.beginning and (
            self._is_open or self._arrives(fixed, other.symbols, self._ones, self._staying_on_stars)
        )

    def overlaps(self, other: "Pattern") -> bool:
        """Tell whether some text is one of both patterns'. A variable is only itself, or a part of a `*`."""
        fixed = min(len(self.beginning), len(other.beginning))
        if self.beginning[:fixed] != other.beginning[:fixed]:
            return False
        shorter, longer = (self, other) if len(self.beginning) == fixed else (other, self)
        return (
            shorter._is_open  # noqa: SLF001 - of the same class
            or (longer._is_open and shorter._goes_on_with_a_star)  # noqa: SLF001
            or self._arrives(fixed, other.symbols, self._characters, self._anywhere_further)
        )

    def _arrives(
        self, fixed: int, symbols: Iterable[Symbol], moved_by_one: int, after_many: Callable[[int], int]
    ) -> bool:
        """Walk on from behind the `fixed` symbols that agree, and tell whether the walk can end after the last."""
        one, many = Wildcard.ONE, Wildcard.MANY
        stars, moved_by = self._stars, self._moved_by
        states = self._past_stars(1 << fixed)
        for symbol in islice(symbols, fixed, None):
            if symbol is many:
                states = after_many(states)
            else:
                moved = moved_by_one if symbol is one else moved_by.get(symbol)
                if moved is None:
                    moved = self._ones if _is_one_character(symbol) else 0
                states = (states & moved) << 1 | states & stars
                states |= (states & stars) << 1
            if not states:
                return False
        return bool(states >> len(self.symbols))

    def _staying_on_stars(self, states: int) -> int:
        return self._past_stars(states & self._stars)

    def _anywhere_further(self, states: int) -> int:
        first = states & -states
        return (2 << len(self.symbols)) - first

    def _past_stars(self, states: int) -> int:
        """Add the states that are reached because a star may stand for nothing."""
        return states | (states & self._stars) << 1

    @cached_property
    def _moved_by(self) -> dict[Symbol, int]:
        """The positions that a symbol of the other side moves one further, for each symbol of this pattern."""
        return {
            symbol: at | self._ones if _is_one_character(symbol) else at for symbol, at in self._positions.items()
        }

    @cached_property
    def _positions(self) -> dict[Symbol, int]:
        positions: dict[Symbol, int] = {}
        for position, symbol in enumerate(self.symbols):
            positions[symbol] = positions.get(symbol, 0) | 1 << position
        return positions

    @cached_property
    def _stars(self) -> int:
        return self._positions.get(Wildcard.MANY, 0)

    @cached_property
    def _ones(self) -> int:
        return self._positions.get(Wildcard.ONE, 0)

    @cached_property
    def _characters(self) -> int:
        return sum(at for symbol, at in self._positions.items() if _is_one_character(symbol))


def _is_one_character(symbol: Symbol) -> bool:
    return symbol is not Wildcard.MANY if isinstance(symbol, Wildcard) else len(symbol) == 1


def _beginning(symbols: tuple[Symbol, ...]) -> tuple[Symbol, ...]:
    one, many = Wildcard.ONE, Wildcard.MANY
    for at, symbol in enumerate(symbols):
        if symbol is many or symbol is one:
            return symbols[:at]
    return symbols


def _has_runs(symbols: tuple[Symbol, ...]) -> bool:
    """Tell whether a star may be followed by another wildcard; a no is right."""
    stars = symbols.count(Wildcard.MANY)
    return stars > 1 or (stars == 1 and Wildcard.ONE in symbols)


def _with_stars_last(symbols: tuple[Symbol, ...]) -> tuple[Symbol, ...]:
    ordered: list[Symbol] = []
    has_star = False
    for symbol in symbols:
        if symbol is Wildcard.MANY:
            has_star = True
            continue
        if has_star and symbol is not Wildcard.ONE:
            ordered.append(Wildcard.MANY)
            has_star = False
        ordered.append(symbol)
    return (*ordered, *(_STAR if has_star else ()))
