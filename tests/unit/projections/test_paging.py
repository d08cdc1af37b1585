import pytest

from projections.paging import Keyset, Page, Slice, in_order, rows_needed

NEWEST_FIRST = Keyset(("at", "id"), is_descending=True)
BY_NAME = Keyset(("name",), is_descending=False)


def view(row):
    return row[-1]


def test_a_keyset_is_written_as_one_comparison_that_an_index_can_follow():
    assert NEWEST_FIRST.condition == "(at, id) < (?, ?)"
    assert NEWEST_FIRST.order == "ORDER BY at DESC, id DESC LIMIT ?"
    assert BY_NAME.condition == "(name) > (?)"
    assert BY_NAME.order == "ORDER BY name LIMIT ?"


def test_one_row_more_than_is_shown_is_read():
    assert rows_needed(Page(25)) == 26


@pytest.mark.parametrize("found", [[], [(3, "a", "x")], [(3, "a", "x"), (2, "b", "y")]])
def test_a_page_that_is_not_exceeded_is_the_last(found):
    assert NEWEST_FIRST.slice(found, Page(2), view) == Slice([view(row) for row in found], None)


def test_a_page_with_a_row_too_many_ends_at_the_last_row_that_it_shows():
    found = [(3, "a", "x"), (2, "b", "y"), (1, "c", "z")]

    assert NEWEST_FIRST.slice(found, Page(2), view) == Slice(["x", "y"], (2, "b"))


def test_the_first_page_begins_where_the_list_does():
    assert NEWEST_FIRST.bound(Page(25), first=(9, "")) == (9, "")


def test_a_later_page_begins_after_the_one_before():
    assert NEWEST_FIRST.bound(Page(25, after=(3, "a")), first=(9, "")) == (3, "a")
    assert BY_NAME.bound(Page(25, after=("b",)), first=("",)) == ("b",)


def test_no_page_begins_before_the_list_does():
    assert NEWEST_FIRST.bound(Page(25, after=(10, "a")), first=(9, "")) == (9, "")
    assert BY_NAME.bound(Page(25, after=("a",)), first=("b",)) == ("b",)


@pytest.mark.parametrize(
    ("after", "shown", "next_page"),
    [
        (None, "ab", (2,)),
        ((1,), "bc", (3,)),
        ((2,), "cd", None),
        ((3,), "d", None),
        ((4,), "", None),
        ((2**63 - 1,), "", None),
        ((-1,), "ab", (2,)),
    ],
)
def test_rows_that_never_change_are_paged_by_their_place_whatever_place_is_asked_for(after, shown, next_page):
    assert in_order("abcd", Page(2, after)) == Slice(list(shown), next_page)
