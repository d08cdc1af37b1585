"""All checks over one fleet: silent on a good one, and with pinned counts on a mixed one."""

import pytest
import yaml

from events.application import Judgement
from tests.support.case_revocations import served
from tests.support.check_cases import CASES, Case, fill, run
from workers.checks import REGISTRY
from workers.inventory.store import open_sqlite_inventory

NOTHING_WRONG = {"nonCompliant": 0, "findings": 0, "notJudged": 0}


@pytest.mark.parametrize("fleet", ["good_fleet", "mixed_fleet"])
def test_every_check_counts_what_it_should(fleet, tmp_path):
    path = CASES / f"{fleet}.yaml"
    written = yaml.safe_load(path.read_text())
    inventory = open_sqlite_inventory(tmp_path / "inventory.sqlite")
    try:
        names = fill(inventory, written["inventory"], written["now"])
        documents = served(written, names.serial_number_of)
        found = {
            name: counts(Case(path, check, written), inventory, names, documents)
            for name, check in REGISTRY.items()
        }
    finally:
        inventory.close()
    assert found == {name: NOTHING_WRONG | expected for name, expected in written["expect"].items()}


def test_a_fleet_that_is_good_has_something_to_examine():
    written = yaml.safe_load((CASES / "good_fleet.yaml").read_text())
    assert all(
        expected.keys() == {"examined"} and expected["examined"] > 0 for expected in written["expect"].values()
    )


def counts(case, inventory, names, documents):
    judgement = run(case, inventory, names, documents)
    assert isinstance(judgement, Judgement)
    return {
        "examined": judgement.tally.resources_examined,
        "nonCompliant": judgement.tally.non_compliant_resources,
        "findings": len(judgement.findings),
        "notJudged": sum(judgement.tally.not_judged.values()),
    }
