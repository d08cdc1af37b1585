import pytest
from click.testing import CliRunner

from service.cli.checks import checks
from workers.checks import REGISTRY

AGE = "DEVICE_CERTIFICATE_AGE_CHECK"


def told(*arguments):
    return CliRunner().invoke(checks, arguments, env={"COLUMNS": "100"})


def test_every_check_is_listed_with_its_severity_and_reason_codes():
    output = told().output
    for name, check in REGISTRY.items():
        assert f"{check.severity:<8}  {name}\n" in output
    assert "CERTIFICATE_PAST_AGE_THRESHOLD" in output


@pytest.mark.parametrize("name", [AGE, AGE.lower()])
def test_a_page_says_why_it_matters_and_how_to_fix_it(name):
    output = told(name).output
    assert output.startswith(f"{AGE}\n")
    for heading in ("Severity", "Looks for", "Reason codes", "Why it matters", "How to fix", "Source"):
        assert f"\n{heading}  " in output
    assert "CERT_AGE_THRESHOLD_IN_DAYS: 365 days, from 30 to 3652" in output


def test_no_page_is_wider_than_the_screen():
    for name in REGISTRY:
        assert max(len(line) for line in told(name).output.splitlines()) <= 100


def test_a_check_that_does_not_exist_is_a_wrong_command_line():
    wrong = told("NO_SUCH_CHECK")
    assert wrong.exit_code == 2
    assert "NO_SUCH_CHECK" in wrong.output
