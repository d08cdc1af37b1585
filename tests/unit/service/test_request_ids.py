from itertools import islice
from uuid import RFC_4122, UUID

from service.middleware import request_ids


def test_request_ids_are_random_uuids_and_none_comes_twice():
    ids = list(islice(request_ids(), 1000))
    assert len(set(ids)) == 1000
    for text in ids:
        parsed = UUID(text)
        assert (str(parsed), parsed.version, parsed.variant) == (text, 4, RFC_4122)


def test_two_processes_draw_different_ones():
    assert next(request_ids()) != next(request_ids())
