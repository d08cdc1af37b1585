import json

import pytest

from tests.support.certificates import certificate, der, pem
from tests.support.given import ACCOUNT, NOON
from tests.support.inventory_records import EVERY_DEVICE, EVERY_POLICY
from workers.inventory.importers.import_paths import STEPS, import_paths
from workers.inventory.importers.rejection import REJECTIONS_KEPT
from workers.inventory.store import open_sqlite_inventory
from workers.inventory.unpublished_version import NothingToReplaceWith

POLICY = {"resourceType": "IOT_POLICY", "policyName": "A", "policyVersionId": "1", "policyDocument": "{}"}


@pytest.fixture
def inventory(tmp_path):
    opened = open_sqlite_inventory(tmp_path / "inventory.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def fleet(tmp_path):
    directory = tmp_path / "fleet"
    directory.mkdir()
    (directory / "two.pem").write_text(pem(certificate("device-1"), certificate("device-2")))
    (directory / "three.der").write_bytes(der(certificate("device-3")))
    (directory / "policies.ndjson").write_text(f"{json.dumps(POLICY)}\n{{broken\n")
    (directory / "notes.txt").write_text("to whom it may concern")
    return directory


@pytest.fixture
def imported(inventory):
    def run(*paths, replace=False, **others):
        return import_paths(inventory, ACCOUNT, paths, replace=replace, now=NOON, **others)

    return run


def test_what_can_be_read_goes_in_and_the_rest_is_reported(inventory, imported, fleet):
    report = imported(fleet, fleet / "nothing")
    assert (report.version, report.added, report.changed, report.unchanged, report.removed) == (1, 4, 0, 0, 0)
    assert report.rejected == 3
    assert [str(each).removeprefix(f"{fleet}/").split(":")[0] for each in report.rejections] == [
        "notes.txt",
        "policies.ndjson",
        "nothing",
    ]
    assert report.rejections[1].line == 2
    assert inventory.count(ACCOUNT, EVERY_DEVICE, 1) == 3
    assert inventory.count(ACCOUNT, EVERY_POLICY, 1) == 1


def test_again_nothing_changes_and_with_replace_what_is_gone_is_removed(imported, fleet):
    imported(fleet)
    report = imported(fleet)
    assert (report.version, report.added, report.unchanged, report.removed) == (2, 0, 4, 0)
    (fleet / "three.der").unlink()
    report = imported(fleet, replace=True)
    assert (report.added, report.unchanged, report.removed) == (0, 3, 1)


def test_a_status_that_is_told_changes_what_a_file_alone_says(imported, fleet, tmp_path):
    imported(fleet)
    record = {
        "resourceType": "DEVICE_CERTIFICATE",
        "status": "REVOKED",
        "certificatePem": pem(certificate("device-1")),
    }
    told = tmp_path / "told.ndjson"
    told.write_text(json.dumps(record))
    report = imported(told)
    assert (report.added, report.changed, report.unchanged) == (0, 1, 0)


def test_a_mistyped_path_does_not_empty_the_inventory(inventory, imported, fleet, tmp_path):
    imported(fleet)
    with pytest.raises(NothingToReplaceWith, match=r"stays as it is\. .*flete: No such file or directory\."):
        imported(tmp_path / "flete", replace=True)
    assert inventory.current_version(ACCOUNT) == 1
    assert inventory.count(ACCOUNT, EVERY_DEVICE, 1) == 3


def test_an_import_of_nothing_leaves_the_version(imported, fleet, tmp_path):
    imported(fleet)
    report = imported(tmp_path / "flete")
    assert (report.version, report.added, report.rejected) == (1, 0, 1)


def test_the_first_reasons_are_kept_and_all_are_counted(imported, tmp_path):
    broken = tmp_path / "broken.ndjson"
    broken.write_text("{}\n" * (REJECTIONS_KEPT + 5))
    report = imported(broken)
    assert report.rejected == REJECTIONS_KEPT + 5
    assert [each.line for each in report.rejections] == list(range(1, REJECTIONS_KEPT + 1))


def test_progress_begins_at_nothing_and_ends_with_all(imported, fleet):
    told: list[tuple[int, int]] = []
    imported(fleet, progress=lambda done, total: told.append((done, total)))
    total = sum(path.stat().st_size for path in fleet.iterdir())
    assert told[0] == (0, total)
    assert told[-1] == (total, total)
    assert told == sorted(told)


def test_progress_is_not_told_of_every_little_file(imported, tmp_path):
    many = tmp_path / "many"
    many.mkdir()
    for number in range(3 * STEPS):
        (many / str(number)).write_text("x")
    told: list[int] = []
    imported(many, progress=lambda done, _: told.append(done))
    assert len(told) <= STEPS + 2
    assert told[-1] == 3 * STEPS
