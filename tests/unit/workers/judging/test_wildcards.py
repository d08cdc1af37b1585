"""Patterns, held against an oracle that tries every text."""

from functools import lru_cache
from itertools import pairwise, product
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.judging.wildcards import Pattern, Symbol, Wildcard

NAMED = "ab"
ALPHABET = "abz"  # no pattern below names z
LONGEST_TEXT = 6
TEXTS = ["".join(letters) for length in range(LONGEST_TEXT + 1) for letters in product(ALPHABET, repeat=length)]

texts = st.text(ALPHABET, max_size=LONGEST_TEXT)
patterns = st.text(NAMED + "?*", max_size=5)
patterns_without_question_marks = st.text(NAMED + "*", max_size=5)


def oracle_matches(pattern: str, text: str) -> bool:
    """Say it as the definition does: try every way in which the first symbol can take text."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(oracle_matches(pattern[1:], text[taken:]) for taken in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and oracle_matches(pattern[1:], text[1:])


@lru_cache(maxsize=4096)
def oracle_texts(pattern: str) -> frozenset[str]:
    return frozenset(text for text in TEXTS if oracle_matches(pattern, text))


@given(patterns, texts)
def test_a_pattern_matches_what_the_definition_says(pattern, text):
    assert Pattern.of(pattern).matches(text) == oracle_matches(pattern, text)


@given(patterns, patterns)
def test_what_is_covered_is_a_subset(wide, narrow):
    if Pattern.of(wide).covers(Pattern.of(narrow)):
        assert oracle_texts(narrow) <= oracle_texts(wide)


@given(patterns_without_question_marks, st.text(NAMED + "?*", max_size=4))
def test_every_subset_of_a_pattern_without_question_mark_is_covered(wide, narrow):
    assert Pattern.of(wide).covers(Pattern.of(narrow)) == (oracle_texts(narrow) <= oracle_texts(wide))


@given(st.text(NAMED + "?*", max_size=3), st.text(NAMED + "?*", max_size=3))
def test_patterns_overlap_when_a_text_is_of_both(one, other):
    expected = bool(oracle_texts(one) & oracle_texts(other))
    assert Pattern.of(one).overlaps(Pattern.of(other)) == expected
    assert Pattern.of(other).overlaps(Pattern.of(one)) == expected


VARIABLE = "${iot:clientid}"
SYMBOLS: tuple[Symbol, ...] = ("a", "b", VARIABLE, Wildcard.UNNAMED, Wildcard.ONE, Wildcard.MANY)
VALUES = [values for length in range(5) for values in product(("a", "b", "z", VARIABLE), repeat=length)]
"""Texts in which the variable's value is told from what is known. Patterns of three symbols that have a text in
common have one of four symbols; and where one has a text that the other has not, it has one of four."""

FITTING: dict[Symbol, tuple[Symbol, ...]] = {Wildcard.ONE: ("a", "b", "z"), Wildcard.UNNAMED: ("z",)}

symbols = (
    st.lists(st.sampled_from(SYMBOLS), max_size=3)
    .map(tuple)
    .filter(lambda given: (Wildcard.MANY, Wildcard.ONE) not in pairwise(given))
)
"""`*?` is the same pattern as `?*`, and is read as that. To the oracle the two differ about a variable's value."""


@pytest.mark.parametrize(
    ("written", "read"), [("*?", "?*"), ("**", "*"), ("*?*?a", "??*a"), ("a*?b*?", "a?*b?*"), ("?*", "?*")]
)
def test_a_run_of_wildcards_is_its_question_marks_and_one_star(written, read):
    assert Pattern.of(written).symbols == tuple({"*": Wildcard.MANY, "?": Wildcard.ONE}.get(c, c) for c in read)


@lru_cache(maxsize=4096)
def oracle_values(given: tuple[Symbol, ...]) -> frozenset[tuple[str, ...]]:
    return frozenset(values for values in VALUES if oracle_fits(given, values))


def oracle_fits(given: tuple[Symbol, ...], values: tuple[str, ...]) -> bool:
    """As `oracle_matches`; an unnamed character is z, and a variable's value is no single character."""
    if not given:
        return not values
    if given[0] is Wildcard.MANY:
        return any(oracle_fits(given[1:], values[taken:]) for taken in range(len(values) + 1))
    fitting = FITTING.get(given[0], (given[0],))
    return bool(values) and values[0] in fitting and oracle_fits(given[1:], values[1:])


@given(symbols, symbols)
def test_with_variables_and_unnamed_characters_overlaps_are_as_the_oracle_says(one, other):
    expected = bool(oracle_values(one) & oracle_values(other))
    assert Pattern(one).overlaps(Pattern(other)) == expected
    assert Pattern(other).overlaps(Pattern(one)) == expected


@given(symbols, symbols)
def test_with_variables_and_unnamed_characters_coverage_is_as_the_oracle_says(wide, narrow):
    is_subset = oracle_values(narrow) <= oracle_values(wide)
    if Wildcard.ONE in wide:
        assert is_subset or not Pattern(wide).covers(Pattern(narrow))
    else:
        assert Pattern(wide).covers(Pattern(narrow)) == is_subset


@pytest.mark.parametrize("written", ["*", "?", "??", "a*", "*a*"])
def test_an_unnamed_character_is_matched_by_wildcards(written):
    unnamed_name = Pattern(["a", Wildcard.UNNAMED] if written.startswith("a") else [Wildcard.UNNAMED])
    expected = oracle_matches(written, "az" if written.startswith("a") else "z")
    assert unnamed_name.overlaps(Pattern.of(written)) == expected
    assert Pattern.of(written).overlaps(unnamed_name) == expected
    assert Pattern.of(written).covers(unnamed_name) == expected


def test_a_variable_is_itself_and_within_a_star():
    variable = Pattern(["a", "${iot:clientid}"])
    assert variable.covers(variable)
    assert variable.overlaps(variable)
    assert Pattern.of("a*").covers(variable)
    assert Pattern.of("a*").overlaps(variable)
    assert variable.overlaps(Pattern.of("a*"))


@pytest.mark.parametrize("other", ["a?", "ab", "a"])
def test_a_variable_is_no_text_that_can_be_known(other):
    variable = Pattern(["a", "${iot:clientid}"])
    assert not Pattern.of(other).covers(variable)
    assert not Pattern.of(other).overlaps(variable)
    assert not variable.overlaps(Pattern.of(other))
    assert not variable.covers(Pattern.of(other))


@pytest.mark.parametrize("pattern", ["a*" * 5_000, "*a" * 5_000, "?*" * 5_000, "*" * 10_000 + "b"])
def test_ten_kilobytes_of_stars_do_not_hang(pattern):
    started = monotonic()
    hostile = Pattern.of(pattern)
    hostile.matches("a" * 10_000 + "c")
    hostile.covers(Pattern.of("a*c" * 3_333))
    hostile.overlaps(Pattern.of("*a" * 5_000 + "c"))
    assert monotonic() - started < 10
