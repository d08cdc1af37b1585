import json

import pytest

from tests.support.certificates import certificate, der, pem
from tests.support.fleet_audit_process import fleet_audit


@pytest.fixture
def imported(tmp_path):
    """Import paths into the test's own data directory; returns how that ended."""

    def run(*arguments):
        return fleet_audit("import", *arguments, "--data-dir", tmp_path / "data", home=tmp_path)

    return run


@pytest.fixture
def certificates(tmp_path):
    folder = tmp_path / "certificates"
    folder.mkdir()
    (folder / "two.pem").write_text(pem(certificate("device-1"), certificate("device-2")))
    (folder / "three.der").write_bytes(der(certificate("device-3")))
    return folder


def test_everything_in_is_zero(imported, certificates):
    done = imported(certificates)
    assert done.returncode == 0
    assert done.stdout == "3 added, 0 changed, 0 unchanged, 0 removed, 0 rejected.\n"


def test_the_same_again_changes_nothing_and_replace_removes_what_is_gone(imported, certificates):
    imported(certificates)
    assert imported(certificates).stdout.startswith("0 added, 0 changed, 3 unchanged, 0 removed")
    (certificates / "three.der").unlink()
    assert imported(certificates).stdout.startswith("0 added, 0 changed, 2 unchanged, 0 removed")
    assert imported(certificates, "--replace").stdout.startswith("0 added, 0 changed, 2 unchanged, 1 removed")


def test_what_is_rejected_is_named_with_its_place_and_the_rest_goes_in(imported, certificates, tmp_path):
    (certificates / "note.txt").write_text("not a certificate\n")
    records = tmp_path / "policies.ndjson"
    good = {"resourceType": "IOT_POLICY", "policyName": "A", "policyVersionId": "1", "policyDocument": "{}"}
    records.write_text(f"{json.dumps(good)}\n{{broken\n")
    done = imported(certificates, records)
    assert done.returncode == 3
    assert done.stdout == "4 added, 0 changed, 0 unchanged, 0 removed, 2 rejected.\n"
    rejected = [line for line in done.stderr.splitlines() if line.startswith("rejected: ")]
    assert len(rejected) == 2
    assert any(f"{certificates / 'note.txt'}: " in line for line in rejected)
    assert any(f"{records}:2: not JSON" in line for line in rejected)


def test_the_first_twenty_rejections_are_shown_and_the_others_counted(imported, tmp_path):
    records = tmp_path / "broken.ndjson"
    records.write_text('{"resourceType": "NOTHING"}\n' * 1_523)
    done = imported(records)
    rejected = [line for line in done.stderr.splitlines() if line.startswith("rejected: ")]
    assert len(rejected) == 21
    assert rejected[-1] == "rejected: and 1,503 more"


def test_nothing_in_is_one(imported, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    done = imported(empty)
    assert done.returncode == 1
    assert f"{empty}: a directory without files" in done.stderr


def test_nothing_never_replaces_what_is_there(imported, certificates, tmp_path):
    imported(certificates)
    (tmp_path / "empty.pem").write_text("")
    done = imported(tmp_path / "empty.pem", "--replace")
    assert done.returncode == 1
    assert "stays as it is" in done.stderr
    assert imported(certificates).stdout.startswith("0 added, 0 changed, 3 unchanged")


def test_a_path_that_does_not_exist_is_a_wrong_command_line(imported):
    done = imported("nowhere")
    assert done.returncode == 2
    assert "nowhere" in done.stderr


def test_a_data_directory_that_can_not_be_used_is_one_clear_line(certificates, tmp_path):
    (tmp_path / "file").write_text("")
    done = fleet_audit("import", certificates, "--data-dir", tmp_path / "file", home=tmp_path)
    assert done.returncode == 1
    assert str(tmp_path / "file") in done.stderr


def test_the_history_says_that_it_was_the_command_line(imported, certificates, tmp_path):
    imported(certificates)
    imported(certificates, "--replace")
    shown = fleet_audit("history", "--oldest-first", "--data-dir", tmp_path / "data", home=tmp_path)
    first, second = shown.stdout.splitlines()[1:]
    assert "fleet-audit import" in first
    assert "imported 3 records from files, as version 1 of the inventory: 3 added" in first
    assert "replacing what was there before: 3 unchanged" in second


def test_over_http_it_is_the_same_import(service, fleet, certificates):
    def run(*arguments):
        return fleet_audit("import", *arguments, "--endpoint-url", service.url, home=service.home)

    everything = run(fleet.inventory)
    assert everything.returncode == 0, everything.stderr
    added = everything.stdout.split(" added")[0]
    again = fleet_audit("import", fleet.inventory, "--data-dir", service.data_directory, home=service.home)
    assert again.stdout == f"0 added, 0 changed, {added} unchanged, 0 removed, 0 rejected.\n"
    (certificates / "note.txt").write_text("not a certificate\n")
    replaced = run(certificates, "--replace")
    assert replaced.returncode == 3
    assert replaced.stdout == f"3 added, 0 changed, 0 unchanged, {added} removed, 1 rejected.\n"
    assert f"{certificates / 'note.txt'}: " in replaced.stderr


def test_what_a_service_refuses_is_one_clear_line(service, tmp_path):
    (tmp_path / "empty.pem").write_text("")
    arguments = ("import", tmp_path / "empty.pem", "--replace", "--endpoint-url", service.url)
    done = fleet_audit(*arguments, home=service.home)
    assert done.returncode == 1
    assert "refused the import" in done.stderr
    assert "stays as it is" in done.stderr


def test_a_service_that_is_not_there_is_one_clear_line(certificates, tmp_path):
    done = fleet_audit("import", certificates, "--endpoint-url", "http://127.0.0.1:1", home=tmp_path)
    assert done.returncode == 1
    assert "http://127.0.0.1:1" in done.stderr
