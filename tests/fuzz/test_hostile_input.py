"""Whatever a stranger writes is read or refused: nothing else is raised, in bounded time and memory.

The same inputs on every run; `make fuzz` goes on with others for as long as one likes. What was once too much is
in `crashers/`.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.samples import crashers
from tests.fuzz.targets import targets
from tests.fuzz.watching import MOST_MEMORY, peak_memory, watched

NAMES = (
    *("ndjson", "certificate-file", "issuers", "revocation-list"),
    *("policy", "presence-event", "next-token", "authorization"),
)

SOME = settings(
    max_examples=150,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module")
def every_target():
    with targets() as found:
        assert set(found) == set(NAMES)
        yield found


@pytest.mark.parametrize("name", NAMES)
def test_any_input_is_read_or_refused(every_target, name):
    target = every_target[name]
    read = watched(target)
    before = peak_memory()

    @SOME
    @given(data=st.data())
    def each(data):
        read(data.draw(target.inputs))

    each()
    assert peak_memory() - before < MOST_MEMORY


@pytest.mark.parametrize(("name", "given"), crashers())
def test_what_was_too_much_is_no_more(every_target, name, given):
    watched(every_target[name])(given)
