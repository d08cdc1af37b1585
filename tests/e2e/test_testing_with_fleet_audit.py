"""docs/testing-with-fleet-audit.md is true: its tests are run as they stand there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.fleet_audit_process import fleet_audit

PAGE = Path(__file__).parents[2] / "docs" / "testing-with-fleet-audit.md"


def test_the_pages_own_test_passes_as_it_stands_there(tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert len(blocks) == 2
    (tmp_path / "test_page.py").write_text("\n\n".join(blocks))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_page.py"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert "1 passed" in run.stdout, run.stdout + run.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_a_clock_that_everyone_could_move_is_refused(tmp_path, host):
    ran = fleet_audit("serve", "--host", host, "--port", "0", home=tmp_path, FLEET_AUDIT_CLOCK="manual")
    assert ran.returncode == 1
    assert "FLEET_AUDIT_CLOCK_ANYWHERE" in ran.stderr


@pytest.mark.parametrize("role", ["api", "worker", "coordinator"])
def test_a_clock_that_only_one_of_many_processes_would_know_is_refused(tmp_path, role):
    ran = fleet_audit(role, home=tmp_path, FLEET_AUDIT_CLOCK="manual")
    assert ran.returncode == 1
    assert "FLEET_AUDIT_CLOCK=manual is for `fleet-audit serve`" in ran.stderr


def test_a_clock_that_does_not_exist_is_refused_by_name(tmp_path):
    ran = fleet_audit("serve", "--port", "0", home=tmp_path, FLEET_AUDIT_CLOCK="sundial")
    assert ran.returncode == 1
    assert "FLEET_AUDIT_CLOCK must be system or manual" in ran.stderr
