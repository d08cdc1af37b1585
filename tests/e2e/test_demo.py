"""`make demo`, held against what the API says of the same fleet."""

import json
import re
from datetime import UTC, datetime

import pytest

from service.demo.checks import CHECKS, REVOCATION_CHECKS
from service.demo.fleet import DemoFleet
from tests.support.demo_fleet import expected, expected_of_connections, expected_of_revocation, verdict
from tests.support.fleet_audit_process import fleet_audit

HEALTHY = "A fleet in good order"
FINDING = re.compile(
    r"(CRITICAL|HIGH|MEDIUM|LOW) +(\w+_CHECK) +(device|CA|policy|account|alias|pool|client) (\S+) +(\S.*)"
)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The demo, its fleet kept: what it wrote, and where the fleet is."""
    home = tmp_path_factory.mktemp("home")
    (home / "temporary").mkdir()
    done = fleet_audit("demo", "--write", "fleet", home=home, TMPDIR=str(home / "temporary"))
    assert done.returncode == 0, done.stderr
    troubled, healthy = done.stdout.split(HEALTHY)
    return troubled, healthy, home


def rows(text):
    return [match.groups() for match in map(FINDING.match, text.splitlines()) if match]


def test_its_findings_are_those_that_its_files_deserve(told):
    text, _, home = told
    fleet = DemoFleet(home / "fleet" / "inventory", home / "fleet" / "weak-rsa-keys.txt")
    names = {
        "device": "DEVICE_CERTIFICATE",
        "policy": "IOT_POLICY",
        "account": "ACCOUNT_SETTINGS",
        "alias": "ROLE_ALIAS",
        "pool": "COGNITO_IDENTITY_POOL",
        "client": "CLIENT_ID",
    }
    shown = [
        (check, f"{names[kind]}/{resource.replace(':', '/')}")
        for _, check, kind, resource, _ in rows(text)
        if kind != "CA"
    ]
    verdicts = expected(fleet, datetime.now(UTC)) | expected_of_revocation(fleet) | expected_of_connections(fleet)
    deserved = [each[:2] for each in verdicts if not each[1].startswith("CA_CERTIFICATE/")]
    assert sorted(shown) == sorted(deserved)


def test_its_table_is_what_the_api_answers(told):
    text, _, home = told
    blocklist = str(home / "fleet" / "weak-rsa-keys.txt")
    checks = [word for name in CHECKS for word in ("--check", name)]
    arguments = ("audit", "fleet/inventory", *checks, "--output", "json")
    answered = json.loads(fleet_audit(*arguments, home=home, FLEET_AUDIT_KEY_BLOCKLIST=blocklist).stdout)
    of_api = [(each["severity"], verdict(each)[0]) for each in answered["findings"]]
    assert [(severity, check) for severity, check, *_ in rows(text) if check in CHECKS] == of_api
    for name, detail in answered["auditDetails"].items():
        counts = (detail["totalResourcesCount"], detail["nonCompliantResourcesCount"])
        [line] = [line for line in text.splitlines() if line.startswith(name)]
        assert tuple(int(word.replace(",", "")) for word in line.split()[-2:]) == counts


def test_it_tells_the_story_and_what_to_try_next(told):
    text, healthy, _ = told
    assert "The service listens at http://127.0.0.1:" in text
    assert "start" in text
    assert "Try next" in healthy
    assert "audit fleet/inventory" in healthy


def test_every_check_finds_something_in_one_fleet_and_nothing_in_the_other(told):
    troubled, healthy, _ = told
    assert "17 checks: 0 compliant, 17 non-compliant, 0 failed" in troubled
    assert "17 checks: 17 compliant, 0 non-compliant, 0 failed" in healthy
    assert "No findings." in healthy
    assert "Not judged" not in healthy


def test_its_revocation_lists_are_asked_for_while_it_runs(told):
    text, *_ = told
    for name, non_compliant in zip(REVOCATION_CHECKS, (1, 1, 2), strict=True):
        [line] = [line for line in text.splitlines() if line.startswith(f"{name} ")]
        assert line.split()[-3::2] == ["NON-COMPLIANT", str(non_compliant)]
    assert "issuer CN=Demo Plant CA" in text


def test_it_leaves_nothing_behind(told):
    assert list((told[2] / "temporary").iterdir()) == []


def test_it_overwrites_nothing(told):
    *_, home = told
    done = fleet_audit("demo", "--write", "fleet", home=home)
    assert done.returncode == 1
    assert "not empty" in done.stderr


def test_no_line_is_longer_than_the_screen_is_wide(tmp_path):
    done = fleet_audit("demo", home=tmp_path, COLUMNS="80")
    assert done.returncode == 0, done.stderr
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    assert "\x1b" not in done.stdout
