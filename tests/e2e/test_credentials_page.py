"""The examples of docs/credentials.md, typed and run as they stand there."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.support.credentialed import made
from tests.support.fleet_audit_process import BIN, LONGEST_WAIT, FleetAuditService, environment

PAGE = (Path(__file__).parents[2] / "docs" / "credentials.md").read_text()


def example(language):
    [block] = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return block


def run(program, home, **variables):
    return subprocess.run(
        program,
        env=environment(home, **variables),
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_WAIT,
    )


def test_credentials_are_made_listed_rotated_and_disabled(tmp_path):
    path = f"{BIN}:{environment(tmp_path)['PATH']}"

    done = run(["sh", "-euc", example("sh")], tmp_path, PATH=path)

    assert done.returncode == 0, done.stderr
    reader = json.loads((tmp_path / "reader.json").read_text())
    assert (reader["account"], reader["role"]) == ("123456789012", "READER")
    assert reader["accessKeyId"] in done.stdout
    assert reader["secretAccessKey"] not in done.stdout
    assert done.stdout.rstrip().endswith("is disabled.")


def test_boto3_asks_with_them(tmp_path):
    key = made(tmp_path, "--role", "reader")
    with FleetAuditService(tmp_path) as service:
        asked = [sys.executable, "-c", example("python")]
        done = run(asked, tmp_path, AWS_ENDPOINT_URL_IOT=service.url, **key.variables)
        refused = run(asked, tmp_path, AWS_ENDPOINT_URL_IOT=service.url)

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().startswith("{")
    assert "UnrecognizedClientException" in refused.stderr
