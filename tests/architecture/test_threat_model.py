"""SECURITY.md names no test that isn't there, and no threat without one."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = re.findall(r"^\| (?!who \|)([^|-][^|]*) \|(.*)\|$", (ROOT / "SECURITY.md").read_text(), re.MULTILINE)


def test_there_is_a_threat_model():
    assert len(ROWS) > 15


@pytest.mark.parametrize(("who", "rest"), ROWS)
def test_every_threat_is_answered_by_tests_that_exist(who, rest):
    _, answer, tests = rest.split("|")
    named = re.findall(r"`([^`]*)`", tests)
    assert answer.strip()
    assert named
    for name in named:
        assert re.search(r"^ *(async )?def test_", (ROOT / name).read_text(), re.MULTILINE), name
