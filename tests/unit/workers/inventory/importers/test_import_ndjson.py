import json
import tracemalloc
from itertools import chain, repeat

import pytest

from tests.support.given import ACCOUNT, NOON
from tests.support.inventory_records import EVERY_POLICY
from workers.inventory.importers.import_ndjson import import_ndjson
from workers.inventory.store import open_sqlite_inventory


@pytest.fixture
def inventory(tmp_path):
    opened = open_sqlite_inventory(tmp_path / "inventory.sqlite")
    yield opened
    opened.close()


def policies(numbers, document="{}"):
    for number in numbers:
        record = {
            "resourceType": "IOT_POLICY",
            "policyName": f"Policy-{number}",
            "policyVersionId": "1",
            "policyDocument": document,
        }
        yield json.dumps(record).encode() + b"\n"


def imported(inventory, chunks, replace=False):
    return import_ndjson(inventory, ACCOUNT, chunks, replace=replace, now=NOON)


def test_a_stream_goes_in_and_what_is_rejected_has_its_line(inventory):
    report = imported(inventory, chain(policies([1]), [b"garb", b"age\n"], policies([2])))
    assert (report.version, report.added, report.rejected) == (1, 2, 1)
    [rejection] = report.rejections
    assert (rejection.path, rejection.line) == (None, 2)
    assert str(rejection).startswith("2: not JSON")


def test_a_stream_that_breaks_off_leaves_the_inventory_as_it_was(inventory):
    imported(inventory, policies([1]))

    def breaks_off():
        yield from policies(range(25_000))
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        imported(inventory, breaks_off(), replace=True)
    assert inventory.current_version(ACCOUNT) == 1
    assert imported(inventory, policies([2])).version == 2
    assert inventory.count(ACCOUNT, EVERY_POLICY, 2) == 2


def test_large_records_take_no_more_memory_than_small_ones(inventory):
    large = policies(range(250), document="x" * 400_000)
    tracemalloc.start()
    try:
        report = imported(inventory, chain(large, repeat(b"x" * 100_000, 100)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (report.added, report.rejected) == (250, 1)
    assert peak < 80_000_000, "100 MB went through"
