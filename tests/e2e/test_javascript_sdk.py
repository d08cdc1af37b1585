"""The JavaScript SDK under Node, against the live service. `make test-javascript` fetches it and runs this."""

import json
import subprocess
from pathlib import Path

from tests.support.credentialed import Credentials, made
from tests.support.fleet_audit_process import LONGEST_WAIT, FleetAuditService, environment

STORY = Path(__file__).parent / "javascript" / "story.mjs"


def told(service: FleetAuditService, credentials: Credentials) -> dict[str, object]:
    variables = {**credentials.variables, "AWS_ENDPOINT_URL_IOT": service.url, "AWS_REGION": "us-east-1"}
    done = subprocess.run(
        ["node", STORY],
        env=environment(service.home, **variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_WAIT,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def test_a_program_in_javascript_configures_starts_pages_and_is_told_of_errors(tmp_path):
    administrator = made(tmp_path, "--role", "administrator")
    reader = made(tmp_path, "--role", "reader")
    with FleetAuditService(tmp_path) as service:
        assert told(service, administrator) == {
            "enabled": True,
            "names": ["one", "three", "two"],
            "taskType": "ON_DEMAND_AUDIT_TASK",
            "missing": "ResourceNotFoundException",
        }
        assert told(service, reader) == {"refused": "AccessDeniedException", "status": 403}
        stranger = Credentials(administrator.access_key_id, reader.secret)
        assert told(service, stranger) == {"refused": "UnrecognizedClientException", "status": 403}
