"""What overlaps and who was displaced, held against looking at every pair."""

from hypothesis import given
from hypothesis import strategies as st

from events.finding_batches import RELATED_PER_EVENT, room_of
from events.resource import RelatedResource, Resource
from events.vocabulary import ResourceType
from workers.judging.connections import MOST_NAMED, MOST_OPEN, STILL_CONNECTED, concurrent, displaced, related

MOMENTS = st.integers(0, 30)
ENDS = st.integers(1, 12) | st.none()


def rows_of(told, sixth=()):
    """Return rows as a store has them: in the order in which they began."""
    rows = [
        ("key", began, STILL_CONNECTED if lasting is None else began + lasting, client, began, *sixth[number:][:1])
        for number, (began, lasting, client) in enumerate(told)
    ]
    return sorted(rows, key=lambda row: row[1])


def overlapping(rows):
    """Return which rows overlap with one of another client. A client's next connection ends the one before."""
    spans = []
    for at, row in enumerate(rows):
        following = [other[1] for other in rows[at + 1 :] if other[3] == row[3]]
        spans.append((row[1], min([row[2], *following]), row))
    return [
        row
        for began, ended, row in spans
        if any(row[3] != other[3] and began < until and since < ended for since, until, other in spans)
    ]


@given(st.lists(st.tuples(MOMENTS, ENDS, st.sampled_from("abcd")), max_size=14, unique_by=lambda each: each[0]))
def test_the_sweep_finds_what_looking_at_every_pair_finds(told):
    rows = rows_of(told)
    expected = overlapping(rows)
    found = concurrent(iter(rows))
    assert (list(found.newest) if found else []) == expected
    assert (found.number if found else 0) == len(expected)


@given(
    st.lists(st.tuples(MOMENTS, ENDS, st.sampled_from(["c1", "c2"])), max_size=14),
    st.lists(st.sampled_from([0, 1, None]), min_size=14, max_size=14),
    MOMENTS,
)
def test_who_was_displaced_is_what_the_broker_said_or_who_overlapped_with_the_next(told, reasons, until):
    rows = rows_of(told, reasons)
    expected = [
        row
        for at, row in enumerate(rows)
        if row[2] < until and (row[5] or (row[5] is None and any(each[1] < row[2] for each in rows[at + 1 :])))
    ]
    found = displaced(iter(rows), until)
    assert (found.number if found else 0) == len(expected)
    assert sorted(found.newest if found else []) == sorted(expected)
    assert [row[2] for row in found.newest] == sorted(row[2] for row in expected) if found else not expected


def test_of_a_crowd_the_newest_are_kept_and_all_are_counted():
    crowd = MOST_OPEN + 500
    rows = (("key", number, STILL_CONNECTED, f"client-{number}", number) for number in range(crowd))
    found = concurrent(rows)
    assert found is not None
    assert found.number == crowd
    assert [row[1] for row in found.newest] == list(range(crowd - MOST_NAMED, crowd))
    assert len(found._open) == MOST_OPEN


def test_a_client_that_reconnects_all_the_time_takes_no_memory():
    rows = [("key", 0, STILL_CONNECTED, "stays", 0)]
    rows += [("key", number, STILL_CONNECTED, "returns", number) for number in range(1, 50_000)]
    found = concurrent(iter(rows))
    assert found is not None
    assert len(found._ends) < 2 * MOST_NAMED


def test_of_many_displaced_the_newest_are_kept_and_all_are_counted():
    rows = ((("key"), number, number + 1, "c1", number, 1) for number in range(5_000))
    found = displaced(rows, STILL_CONNECTED)
    assert found is not None
    assert (found.number, len(found.newest), found.newest[0][2]) == (5_000, MOST_NAMED, 3_001)


def test_no_more_are_named_than_fit_into_an_event():
    def client(row):
        return RelatedResource(Resource(ResourceType.CLIENT_ID, {"clientId": row[3]}))

    short = [("key", number, number, "short", number) for number in range(3_000)]
    assert len(related(short, client)) == RELATED_PER_EVENT
    long = [("key", number, number, "l" * 128, number) for number in range(3_000)]
    named = related(long, client)
    assert len(named) == RELATED_PER_EVENT // room_of(named[0]) == 1_000
