"""`fleet-audit diff` and `fleet-audit replay`, beside a service and without one; `audit --fail-on-new`."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.certificates import certificate, pem
from tests.support.demo_fleet import EXPIRING, LOGGING
from tests.support.fleet_audit_process import FleetAuditService, fleet_audit


def write(folder: Path, **days: int) -> Path:
    """Certificates by their names, which expire in so many days."""
    folder.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    for name, left in days.items():
        signed = certificate(name, not_before=now - timedelta(days=5), not_after=now + timedelta(days=left))
        (folder / f"{name}.pem").write_text(pem(signed))
    return folder


def beside(*arguments: object, home: Path):
    """Run a command that looks into the data directory itself."""
    return fleet_audit(*arguments, home=home, FLEET_AUDIT_DATA_DIR=str(home / "data"))


def audit(service: FleetAuditService, home: Path, fleet: Path, *arguments: str) -> tuple[str, int]:
    """Make the fleet these files, and audit it; return the audit's id, and the exit code."""
    imported = fleet_audit("import", fleet, "--replace", "--endpoint-url", service.url, home=home)
    assert imported.returncode == 0, imported.stderr
    done = fleet_audit("audit", "--endpoint-url", service.url, "--output", "json", *arguments, home=home)
    return json.loads(done.stdout)["taskId"], done.returncode


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """Two audits: of `gate` and `lift`, then of `gate` and the new `camera`. Returns home, service, and both."""
    home = tmp_path_factory.mktemp("home")
    with FleetAuditService(home) as service:
        service.client().update_account_audit_configuration(
            roleArn="arn:aws:iam::000000000000:role/FleetAudit",
            auditCheckConfigurations={name: {"enabled": True} for name in (EXPIRING, LOGGING)},
        )
        fleet = write(home / "fleet", gate=9, lift=12)
        first, _ = audit(service, home, fleet)
        (fleet / "lift.pem").unlink()
        second, _ = audit(service, home, write(fleet, camera=3))
        yield home, service, first, second


@pytest.mark.parametrize("over_http", [True, False])
def test_new_and_resolved_findings_are_shown_and_new_ones_fail(story, over_http):
    home, service, first, second = story
    where = ("--endpoint-url", service.url) if over_http else ()

    done = beside("diff", first, second, "--fail-on-new", *where, home=home)

    assert done.returncode == 1, done.stderr
    assert f"{EXPIRING}    1         1          1" in done.stdout
    assert "1 new" in done.stdout
    assert "resource added" in done.stdout
    assert "resource removed" in done.stdout
    assert f"{LOGGING}: Not comparable: failed in the earlier audit and failed in the later audit." in done.stdout
    assert beside("diff", first, second, *where, home=home).returncode == 0


def test_lines_of_json_have_every_finding_of_either(story):
    home, _, first, second = story

    done = beside("diff", second, "--json", home=home)

    about, *differences = map(json.loads, done.stdout.splitlines())
    assert (about["kind"], about["sinceTaskId"], about["taskId"]) == ("audits", first, second)
    assert sorted(each["status"] for each in differences) == ["NEW", "RESOLVED", "UNCHANGED"]


def test_a_check_that_is_not_comparable_does_not_pass_for_one_without_new_findings(story):
    home, _, first, second = story
    nothing_new = beside("diff", first, second, "--check", LOGGING, "--fail-on-new", home=home)
    assert nothing_new.returncode == 2
    assert "not every check could be compared" in nothing_new.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("FIRST",), "no completed audit of these checks before"),
        (("0" * 32, "FIRST"), "There is no audit task 0000"),
        (("FIRST", "FIRST"), "another audit"),
        (("1", "2", "3"), "no more"),
    ],
)
def test_what_can_not_be_compared_exits_with_2_and_says_why(story, arguments, complaint):
    home, _, first, _ = story
    done = beside("diff", *(first if each == "FIRST" else each for each in arguments), home=home)
    assert done.returncode == 2
    assert complaint in done.stderr


def test_an_audit_is_judged_again_beside_the_service(story):
    home, _, first, _ = story

    done = beside("replay", first, home=home)
    lines = [json.loads(line) for line in beside("replay", first, "--json", home=home).stdout.splitlines()]

    assert done.returncode == 0, done.stderr
    assert "The same findings." in done.stdout
    assert "Judging again" in done.stderr
    assert [each["kind"] for each in lines] == ["check", "check", "audit"]
    assert {each["checkName"]: each["result"] for each in lines[:2]} == {EXPIRING: "SAME", LOGGING: "NOT_JUDGED"}
    assert lines[-1] == {"kind": "audit", "taskId": first, "result": "SAME"}


@pytest.mark.parametrize("arguments", [("0" * 32,), ("0" * 32, "--data-dir", "elsewhere")])
def test_an_audit_that_is_not_there_exits_with_2(story, arguments):
    done = beside("replay", *arguments, home=story[0])
    assert done.returncode == 2
    assert "has no audit" in done.stderr or "no log in the data directory" in done.stderr


def test_paths_alone_have_no_earlier_audit(story):
    done = fleet_audit("audit", story[0] / "fleet", "--fail-on-new", home=story[0])
    assert done.returncode == 2
    assert "no earlier audit" in done.stderr


def test_both_work_on_a_data_directory_that_nobody_serves(tmp_path):
    with FleetAuditService(tmp_path) as service:
        service.client().update_account_audit_configuration(
            roleArn="arn:aws:iam::000000000000:role/FleetAudit",
            auditCheckConfigurations={EXPIRING: {"enabled": True}},
        )
        fleet = write(tmp_path / "fleet", gate=9, lift=12)
        first, _ = audit(service, tmp_path, fleet)
        second, code = audit(service, tmp_path, write(fleet, lift=400), "--fail-on-new")
        assert code == 0, "what is new in the second audit is nothing"
        third, code = audit(service, tmp_path, write(fleet, lift=5, pump=3), "--since", second)
        assert code == 3
    for path in tmp_path.rglob("read-models.sqlite*"):
        path.unlink()

    done = beside("diff", first, second, "--fail-on-new", home=tmp_path)

    assert done.returncode == 0, done.stderr
    assert "1 resolved" in done.stdout
    assert beside("diff", second, third, "--fail-on-new", home=tmp_path).returncode == 1
    assert beside("replay", third, home=tmp_path).returncode == 0
