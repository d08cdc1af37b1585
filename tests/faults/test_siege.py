"""A short siege (`tests/faults/siege.py`); `make chaos` is the long one."""

import pytest

from tests.faults.faults import FAULTS
from tests.faults.siege import besiege, plan

SEED = 3347175720
"""The plan is the same each time; `make chaos` draws others. This one found a worker that took no more work."""

SHORT = 2 * len(FAULTS)
"""Each kind of fault twice."""


@pytest.mark.timeout(300)  # it is to fail by its own account of what is late
def test_nothing_is_lost_and_everything_ends_whatever_befalls_the_cluster(tmp_path):
    print(f"make chaos SEED={SEED} ARGS='--faults {SHORT}'")  # noqa: T201 - so that a failure can be had again
    report = besiege(tmp_path, SEED, SHORT, print)
    assert report.complaints == []
    assert report.faults.total() >= 20


@pytest.mark.parametrize("number", [SHORT, 210])
def test_a_seed_is_a_plan_in_which_every_kind_of_fault_occurs(number):
    planned = plan(1, number)
    assert planned == plan(1, number) != plan(2, number)
    assert len(planned) == number
    assert {each.name for each in planned} == set(FAULTS)
