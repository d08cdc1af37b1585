"""What the product stands on: licences that fit, rules of security that apply, advisories that are looked up."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from tests.support.advisories import PINNED, verdict

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PRODUCT = ("events", "projections", "service", "workers")

FITTING = re.compile(
    r"MIT|BSD|Apache|PSF|Python Software Foundation|MPL|Mozilla Public License 2|ISC|LGPL|Lesser General"
)
"""Licences under which a library may be used, unchanged, by a product under Apache-2.0."""


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(name: str, found: dict[str, str]) -> dict[str, str]:
    """Every distribution that one needs to run, with what it says of its licence."""
    try:
        metadata, requires = distribution(name).metadata, distribution(name).requires or ()
    except PackageNotFoundError:  # for another Python or another system
        return found
    classifiers = [each for each in metadata.get_all("Classifier", ()) if each.startswith("License")]
    found[normal(name)] = " ".join(
        [*metadata.get_all("License-Expression", ()), *metadata.get_all("License", ()), *classifiers]
    )
    for needed in requires:
        other = re.match(r"[\w.-]+", needed)
        if other and "extra ==" not in needed and normal(other[0]) not in found:
            closure(other[0], found)
    return found


NEEDED = closure("fleet-audit", {})


@pytest.mark.parametrize("name", NEEDED)
def test_its_licence_fits(name):
    assert FITTING.search(NEEDED[name]), NEEDED[name]


def test_every_version_is_pinned():
    pinned = {normal(line.partition("==")[0]) for line in PINNED.read_text().splitlines() if "==" in line}
    assert set(NEEDED) - {"fleet-audit"} <= pinned
    stated = [*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["dev"]]
    assert [each for each in stated if "==" not in each] == []


def test_no_rule_of_security_is_put_aside_for_the_product():
    lint = PROJECT["tool"]["ruff"]["lint"]
    assert lint["select"] == ["ALL"]
    assert [rule for rule in lint["ignore"] if re.fullmatch(r"S\d*", rule)] == []
    by_files = {
        pattern: rules for pattern, rules in lint["per-file-ignores"].items() if pattern.startswith(PRODUCT)
    }
    put_aside = {rule for rules in by_files.values() for rule in rules if re.fullmatch(r"S\d*", rule)}
    assert put_aside <= {"S608"}, "names of tables and columns of ours in SQL, and nothing else"


FLAW = {"id": "PYSEC-1", "fix_versions": ["2.0"], "aliases": [], "description": ""}


def test_a_known_advisory_fails_the_check():
    code, text = verdict(
        [{"name": "a", "version": "1.0", "vulns": [FLAW]}, {"name": "b", "version": "1", "vulns": []}]
    )
    assert code == 1
    assert "a 1.0: PYSEC-1, fixed in 2.0" in text


def test_what_was_not_asked_is_not_said_to_be_well():
    code, text = verdict([{"name": "a", "version": "1.0", "skip_reason": "not found"}])
    assert code == 0
    assert "DID NOT RUN" in text


def test_what_was_asked_is_counted():
    known = {"name": "a", "version": "1.0", "vulns": []}
    assert verdict([known]) == (0, "pip-audit: no advisory is known of 1 packages.")
    assert verdict([known, {"name": "b", "skip_reason": "x"}])[1].endswith("of 1 nothing is known here.")
