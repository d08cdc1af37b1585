import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.boto3_story import enable
from tests.support.certificates import certificate, pem
from tests.support.demo_fleet import (
    AGE,
    CONFLICTING,
    EXACT_CHECKS,
    EXPIRING,
    LOGGING,
    POLICIES,
    SHARED,
    expected,
    verdict,
)
from tests.support.fleet_audit_process import fleet_audit


@pytest.fixture
def audited(tmp_path):
    """Audit in an empty home; returns how that ended."""

    def run(*arguments, **variables):
        return fleet_audit("audit", *arguments, home=tmp_path, **variables)

    return run


@pytest.fixture
def certificates(tmp_path):
    """Two device certificates: one is fresh, and one expires within days."""
    folder = tmp_path / "certificates"
    folder.mkdir()
    now = datetime.now(UTC)
    issued, far, near = (now + timedelta(days=days) for days in (-5, 500, 9))
    (folder / "fresh.pem").write_text(pem(certificate("fresh", not_before=issued, not_after=far)))
    (folder / "expiring.pem").write_text(pem(certificate("expiring", not_before=issued, not_after=near)))
    return folder


def test_findings_are_three(audited, certificates):
    done = audited(certificates)
    assert done.returncode == 3
    assert "Certificate is approaching its expiration" in done.stdout


def test_nothing_found_is_zero(audited, certificates):
    done = audited(certificates / "fresh.pem")
    assert done.returncode == 0
    assert "No findings." in done.stdout


@pytest.mark.parametrize(("fail_on", "code"), [("medium", 3), ("HIGH", 0)])
def test_findings_below_the_threshold_are_shown_and_do_not_fail(audited, certificates, fail_on, code):
    done = audited(certificates, "--fail-on", fail_on)
    assert done.returncode == code
    assert "MEDIUM" in done.stdout


def test_json_is_one_document_and_says_what_the_files_deserve(audited, fleet):
    checks = [word for name in EXACT_CHECKS for word in ("--check", name)]
    blocklist = str(fleet.key_blocklist)
    done = audited(fleet.inventory, *checks, "--output", "json", FLEET_AUDIT_KEY_BLOCKLIST=blocklist)
    assert done.returncode == 3
    report = json.loads(done.stdout)
    assert report["taskStatus"] == "COMPLETED"
    assert set(report["checksLeftOut"]) == {SHARED, CONFLICTING}
    assert report["rejected"] == []
    found = [verdict(finding) for finding in report["findings"]]
    assert sorted(found) == sorted(expected(fleet, datetime.now(UTC)))


def test_checks_without_anything_to_examine_are_left_out_and_named(audited, certificates):
    done = audited(certificates, "--output", "json")
    report = json.loads(done.stdout)
    assert {LOGGING, POLICIES} <= set(report["checksLeftOut"])
    assert {EXPIRING, AGE} <= set(report["auditDetails"])
    assert LOGGING in done.stderr


def test_only_the_checks_that_are_named_are_done(audited, certificates):
    done = audited(certificates, "--check", AGE, "--output", "json")
    assert done.returncode == 0
    assert set(json.loads(done.stdout)["auditDetails"]) == {AGE}


def test_a_check_that_is_named_and_can_not_be_done_is_one(audited, certificates):
    done = audited(certificates, "--check", LOGGING, "--check", EXPIRING, "--output", "json")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["auditDetails"][LOGGING]["errorCode"] == "INSUFFICIENT_PERMISSIONS"
    assert len(report["findings"]) == 1


def test_a_check_that_does_not_exist_is_one_clear_line(audited, certificates):
    done = audited(certificates, "--check", "NO_SUCH_CHECK")
    assert done.returncode == 1
    assert "NO_SUCH_CHECK" in done.stderr


def test_nothing_to_audit_is_one(audited, tmp_path):
    (tmp_path / "note.txt").write_text("no certificate")
    done = audited(tmp_path / "note.txt")
    assert done.returncode == 1
    assert "nothing to audit" in done.stderr
    assert done.stdout == ""


def test_what_was_rejected_is_in_the_document_and_on_the_screen(audited, certificates):
    (certificates / "note.txt").write_text("no certificate")
    done = audited(certificates, "--output", "json")
    [rejected] = json.loads(done.stdout)["rejected"]
    assert rejected["path"] == str(certificates / "note.txt")
    assert rejected["path"] in done.stderr


def test_it_leaves_nothing_behind(audited, certificates, tmp_path):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    audited(certificates, TMPDIR=str(temporary))
    assert list(temporary.iterdir()) == []


def test_at_an_endpoint_it_audits_what_is_there_with_what_is_enabled_there(service, certificates):
    fleet_audit("import", certificates, "--data-dir", service.data_directory, home=service.home)
    refused = fleet_audit("audit", "--endpoint-url", service.url, home=service.home)
    assert refused.returncode == 1
    assert "No check is enabled" in refused.stderr
    enable(service.client(), EXPIRING)
    done = fleet_audit("audit", "--endpoint-url", service.url, "--output", "json", home=service.home)
    assert done.returncode == 3
    report = json.loads(done.stdout)
    assert set(report["auditDetails"]) == {EXPIRING}
    assert service.client().describe_audit_task(taskId=report["taskId"])["taskStatus"] == "COMPLETED"


def test_without_paths_and_endpoint_it_asks_the_service_of_the_settings(service, certificates):
    fleet_audit("import", certificates, "--data-dir", service.data_directory, home=service.home)
    enable(service.client(), AGE)
    port = service.url.rsplit(":", 1)[1]
    done = fleet_audit("audit", home=service.home, FLEET_AUDIT_PORT=port)
    assert done.returncode == 0, done.stderr
    assert AGE in done.stdout


def test_a_service_that_is_not_there_is_one_clear_line(audited):
    done = audited("--endpoint-url", "http://127.0.0.1:1")
    assert done.returncode == 1
    assert "http://127.0.0.1:1" in done.stderr
    assert "Traceback" not in done.stderr


def findings_of(done):
    return json.loads(done.stdout)["findings"]


def test_a_changed_certificate_changes_what_is_found(audited, fleet, tmp_path):
    changed = tmp_path / "changed"
    shutil.copytree(fleet.inventory, changed)
    for pump in (changed / "devices").glob("pump-*.pem"):
        pump.unlink()
    before, after = (
        {verdict(finding) for finding in findings_of(audited(folder, "--check", EXPIRING, "--output", "json"))}
        for folder in (fleet.inventory, changed)
    )
    assert after < before
    assert {(check, code) for check, _, code in before - after} == {
        (EXPIRING, "CERTIFICATE_APPROACHING_EXPIRATION")
    }
