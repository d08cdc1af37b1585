"""What is published: a wheel that works in an empty environment, far from its sources."""

import os
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

from tests.support.fleet_audit_process import FleetAuditService

ROOT = Path(__file__).parents[2]
INSTALLED_WITHIN = 240

pytestmark = pytest.mark.timeout(INSTALLED_WITHIN + 60)


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=INSTALLED_WITHIN,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):
    """An environment with the wheel and what it needs, and nothing else; its `bin`."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder.parent)
    pip = [sys.executable, "-m", "pip", "--python", folder, "install", "-qq", "--disable-pip-version-check"]
    # Without compiling what is never imported, it takes half the time.
    run(*pip, "--no-compile", "--constraint", ROOT / ".ci" / "constraints.txt", wheel, cwd=folder.parent)
    return folder / "bin"


def test_it_carries_our_packages_their_data_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    folders = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert folders == {"events", "projections", "service", "workers"}
    data = ROOT / "service" / "demo" / "data"
    for path in data.rglob("*"):
        assert not path.is_file() or str(path.relative_to(ROOT)) in names
    assert {f"{folder}/py.typed" for folder in folders} <= set(names)
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_it_serves_far_from_its_sources(environment, tmp_path):
    with FleetAuditService(tmp_path, program=environment / "fleet-audit") as service:
        with urllib.request.urlopen(f"{service.url}/health/ready", timeout=10) as answer:
            assert answer.status == 200
        with urllib.request.urlopen(f"{service.url}/fleet-audit/api", timeout=10) as page:
            assert "StartOnDemandAuditTask" in page.read().decode()
        assert service.client().describe_account_audit_configuration()["auditCheckConfigurations"]


def test_its_commands_are_there(environment, tmp_path):
    assert "DEVICE_CERTIFICATE_EXPIRING_CHECK" in run(environment / "fleet-audit", "checks", cwd=tmp_path)
    assert run(environment / "fleet-audit", "--version", cwd=tmp_path).startswith("fleet-audit, version ")


def test_its_demo_finds_its_data(environment, tmp_path):
    assert "CERTIFICATE_KEY" in run(environment / "fleet-audit", "demo", cwd=tmp_path)


def test_nothing_of_the_development_tools_is_needed(environment):
    installed = {path.name.split("-")[0].lower() for path in environment.parent.rglob("*.dist-info")}
    assert not installed & {"pytest", "mypy", "ruff", "awscli", "hatchling", "build"}
    assert os.path.lexists(environment / "fleet-audit")
