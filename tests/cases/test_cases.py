"""Every case of every check: an inventory in, exactly these findings out."""

from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from events.audit_task import CheckOutcome
from tests.support.case_connections import additional_info, named
from tests.support.case_revocations import served
from tests.support.check_cases import (
    CASE_MEMBERS,
    CASES,
    CONNECTION_MEMBERS,
    Case,
    Names,
    fill,
    identifier,
    read_cases,
    run,
)
from workers.checks import REGISTRY
from workers.inventory.store import open_sqlite_inventory

READ_CASES = read_cases()
KINDS = {"compliant", "non-compliant", "boundary", "not applicable", "not judged"}
EXPECTED_MEMBERS = {"examined", "findings", "notJudged", "notices", "failed"}
FINDING_MEMBERS = {"resource", "reason", "says", "additionalInfo", "relatedResources", "connections"}


def name_of(case: Case) -> str:
    return f"{case.path.parent.name}/{case.path.stem}"


@pytest.mark.parametrize("case", READ_CASES, ids=name_of)
def test_a_case_comes_out_as_written(case, tmp_path):
    inventory = open_sqlite_inventory(tmp_path / "inventory.sqlite")
    try:
        names = fill(inventory, case.written["inventory"], case.written["now"])
        documents = served(case.written, names.serial_number_of)
        judgement = run(case, inventory, names, documents)
    finally:
        inventory.close()
    if isinstance(judgement, CheckOutcome):
        assert case.expected == {"failed": judgement.message}
        return

    found = {(key_of(finding.resource.identifier), finding.reason_code): finding for finding in judgement.findings}
    expected = {
        (key_of(identifier(finding["resource"], names)), finding["reason"]): finding
        for finding in case.expected.get("findings", [])
    }
    missing, unexpected = expected.keys() - found.keys(), found.keys() - expected.keys()
    assert {"missing": missing, "unexpected": unexpected} == {"missing": set(), "unexpected": set()}
    for key, finding in expected.items():
        assert finding.get("says", found[key].reason) == found[key].reason
        assert finding.get("additionalInfo", found[key].additional_info) == found[key].additional_info
        if "relatedResources" in finding:
            related = [each.resource.identifier for each in found[key].related_resources]
            assert related == sorted((identifier(each, names) for each in finding["relatedResources"]), key=key_of)
        if "connections" in finding:
            expected_connections = [
                (identifier(each["resource"], names), additional_info(each)) for each in finding["connections"]
            ]
            assert named(found[key].related_resources) == expected_connections
    assert judgement.tally.resources_examined == case.expected["examined"]
    assert judgement.tally.not_judged == case.expected.get("notJudged", {})
    if "notices" in case.expected:
        assert case.check.notices(case.circumstances()) == case.expected["notices"]


def key_of(resource_identifier: Mapping[str, Any]) -> bytes:
    return orjson.dumps(resource_identifier, option=orjson.OPT_SORT_KEYS)


@pytest.mark.parametrize("case", READ_CASES, ids=name_of)
def test_a_case_is_well_formed(case):
    assert case.written.keys() <= CASE_MEMBERS | CONNECTION_MEMBERS
    assert case.expected.keys() <= EXPECTED_MEMBERS
    assert case.kind in KINDS
    assert all(finding.keys() <= FINDING_MEMBERS for finding in case.expected.get("findings", []))
    assert len(case.written["why"]) > 20
    has_findings = bool(case.expected.get("findings"))
    match case.kind:
        case "compliant":
            assert not has_findings
            assert case.expected["examined"] > 0
        case "non-compliant":
            assert has_findings
        case "not applicable":
            assert "failed" in case.expected or case.expected["examined"] == 0
        case "not judged":
            assert case.expected["notJudged"]


@pytest.mark.parametrize("check_name", REGISTRY)
def test_every_check_has_a_case_of_each_kind(check_name):
    kinds = {case.kind for case in READ_CASES if case.check.name == check_name}
    assert kinds >= {"compliant", "non-compliant", "boundary", "not applicable"}


def test_every_folder_of_cases_is_a_check():
    folders = {path.name for path in CASES.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == {name.lower() for name in REGISTRY}


def test_a_short_name_stays_the_same_in_inventory_and_expectation():
    names = Names()
    assert names.record({"certificateId": "c1"})["certificateId"] == names.id_of("c1")
    assert names.id_of("c1") != names.id_of("c2")
