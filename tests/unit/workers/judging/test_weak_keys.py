"""The list of weak keys, held against a set of texts."""

from hypothesis import given
from hypothesis import strategies as st

from workers.judging.weak_keys import FingerprintList

# Few different upper halves, so that many fingerprints differ in their last digits only.
fingerprints = st.builds(
    lambda high, low: f"{high:016x}{low:04x}", st.integers(0, 3), st.integers(0, 2**16 - 1)
) | st.integers(0, 2**80 - 1).map("{:020x}".format)


@given(st.lists(fingerprints), st.lists(fingerprints))
def test_the_list_has_what_was_put_in_and_nothing_else(listed, others):
    weak_keys = FingerprintList(int(each, 16) for each in listed)
    assert all(each in weak_keys for each in listed)
    assert [each in weak_keys for each in others] == [each in set(listed) for each in others]
    assert len(weak_keys) == len(listed)


def test_a_fingerprint_may_be_repeated():
    assert "00" * 10 in FingerprintList([0, 0, 1])


def test_an_empty_list_has_nothing():
    assert "00" * 10 not in FingerprintList([])


@given(st.lists(fingerprints), st.lists(fingerprints))
def test_the_digest_tells_lists_apart_by_what_is_on_them(one, other):
    digests = [
        FingerprintList(int(each, 16) for each in listed).digest for listed in (one, one[::-1] + one, other)
    ]
    assert digests[0] == digests[1]
    assert (digests[0] == digests[2]) == (set(one) == set(other))
