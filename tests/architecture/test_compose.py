"""What compose.yaml promises: valid, nobody is root, nothing is written beside volumes, no secret stands in it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from service.routes import routes
from service.settings import Settings

ROOT = Path(__file__).parents[2]
FILES = ("compose.yaml", "compose.embedded.yaml")
SETTINGS = "".join(path.read_text() for path in (ROOT / "service").rglob("*.py"))


def services(file):
    return yaml.safe_load((ROOT / file).read_text())["services"]


def each_service():
    return [
        pytest.param(service, id=f"{file}: {name}") for file in FILES for name, service in services(file).items()
    ]


@pytest.mark.parametrize("file", FILES)
def test_it_is_valid_by_the_specification(file):
    """By the Compose specification's own schema, which check-jsonschema brings along."""
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", ROOT / file],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("service", each_service())
def test_it_can_do_no_more_than_it_must(service):
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service.get("user") != "root"


@pytest.mark.parametrize("service", each_service())
def test_what_runs_on_says_how_it_is(service):
    assert "healthcheck" in service or service["restart"] == "no"


@pytest.mark.parametrize("service", each_service())
def test_its_settings_are_known(service):
    for name in service.get("environment", {}):
        if name.startswith("FLEET_AUDIT_"):
            assert f'"{name.removesuffix("_FILE")}"' in SETTINGS, name


@pytest.mark.parametrize("service", each_service())
def test_only_this_host_reaches_it(service):
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_secrets_come_from_files():
    for secret in yaml.safe_load((ROOT / "compose.yaml").read_text())["secrets"].values():
        assert set(secret) == {"file"}
    passwords = r"(PASSWORD|_URL|_KEY|SECRET)\w*: (?!/run/secrets/|\$\{\w+:\+/run/secrets/)"
    assert not re.search(passwords, (ROOT / "compose.yaml").read_text())


def test_the_roles_are_there_as_often_as_they_should_be():
    found = services("compose.yaml")
    replicas = {name: service.get("deploy", {}).get("replicas", 1) for name, service in found.items()}
    assert replicas == {
        **dict.fromkeys(("postgres", "redis", "migrate", "proxy"), 1),
        **dict.fromkeys(("api", "coordinator", "worker"), 2),
    }
    assert "noeviction" in str(found["redis"]["command"])
    assert "--appendonly yes" in str(found["redis"]["command"])


def test_the_image_is_not_roots():
    assert re.search(r"^USER (?!0|root)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)


def test_the_image_can_trace():
    assert "/source[otel]" in (ROOT / "Dockerfile").read_text()


def test_one_container_keeps_its_data():
    [service] = services("compose.embedded.yaml").values()
    assert "data:/data" in service["volumes"]
    assert "FLEET_AUDIT_DATA_DIR=/data" in (ROOT / "Dockerfile").read_text()


@pytest.mark.parametrize("file", FILES)
def test_what_is_asked_for_health_is_there(file):
    paths = {route.path for route in routes()}
    for asked in re.findall(r"http://127\.0\.0\.1:[0-9]+(/[a-z/]+)", (ROOT / file).read_text()):
        assert asked in paths


def test_who_needs_none_of_a_secret_is_not_given_it():
    found = services("compose.yaml")
    for secret in ("checkpoint_key", "webhook_secret"):
        assert [name for name, service in found.items() if secret in service.get("secrets", ())] == ["coordinator"]
    assert [
        name for name, service in found.items() if "AWS_SECRET_ACCESS_KEY" in service.get("environment", {})
    ] == [
        "coordinator",
        "worker",
    ]


def test_a_service_has_the_secrets_that_its_variables_name():
    for service in services("compose.yaml").values():
        named = re.findall(r"/run/secrets/(\w+)", str(service.get("environment", {}).values()))
        assert set(named) <= set(service.get("secrets", ()))


def test_the_secrets_are_made_once_and_the_settings_take_them(tmp_path):
    script = tmp_path / ".ci" / "make-secrets"
    script.parent.mkdir()
    shutil.copy(ROOT / ".ci" / "make-secrets", script)
    made = [_made_by(script), _made_by(script)]
    assert made[0] == made[1]
    assert set(made[0]) == set(yaml.safe_load((ROOT / "compose.yaml").read_text())["secrets"])
    variables = services("compose.yaml")["coordinator"]["environment"]
    files = {name: value for name, value in variables.items() if str(value).startswith("/run/secrets/")}
    settings = Settings.from_environ(
        {name: value.replace("/run/secrets", str(tmp_path / "secrets")) for name, value in files.items()}
        | {
            "FLEET_AUDIT_WEBHOOK_URL": "https://alerts.example.com",
            "FLEET_AUDIT_WEBHOOK_SECRET_FILE": str(tmp_path / "secrets" / "webhook_secret"),
        }
    )
    assert settings.checkpoints.key is not None
    assert len(settings.credentials_keys) == 1
    assert settings.webhook is not None


def _made_by(script):
    subprocess.run([script], check=True)
    return {path.name: path.read_bytes() for path in (script.parents[1] / "secrets").iterdir()}
