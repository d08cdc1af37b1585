"""Processes that chain the same log are killed anywhere, and started again: the chain is what the log is."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from service.data_directory import make_data_directory
from service.stores import Stores, postgresql_stores, sqlite_stores
from tests.support.chained_log import ChainedLog
from tests.support.waiting import until

EVENTS = 3_000
KILLS = 6


def chaining_process(place: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "tests.support.chaining_process", place])


def wait_for_more(at: ChainedLog) -> None:
    before = at.chain.tail().size
    until(lambda: at.chain.tail().size > before or before == EVENTS, longest=60)


def chain_while_killing(stores: Stores, place: str, seed: int) -> None:
    dice = random.Random(seed)
    at = ChainedLog(stores)
    at.append(EVENTS)
    processes = [chaining_process(place) for _ in range(2)]
    try:
        for _ in range(KILLS):
            wait_for_more(at)
            killed = dice.randrange(2)
            processes[killed].kill()
            processes[killed].wait()
            processes[killed] = chaining_process(place)
        until(lambda: at.chain.tail().size == EVENTS, longest=60)
    finally:
        for each in processes:
            each.kill()
            each.wait()
    at.seal()

    report = at.verify()

    assert list(report.findings) == []
    assert (report.events, report.valid, report.not_signed) == (EVENTS, EVENTS, 0)


@pytest.mark.parametrize("seed", [1, 2])
def test_on_files(tmp_path: Path, seed: int):
    with sqlite_stores(make_data_directory(tmp_path)) as stores:
        chain_while_killing(stores, str(tmp_path), seed)


def test_on_postgresql(migrated_url: str):
    with postgresql_stores(migrated_url) as stores:
        chain_while_killing(stores, migrated_url, seed=3)
