"""A whole service on a socket with something in it: a fleet, an audit that has ended, and a schedule."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from service.listening import listening_in_a_thread
from service.services import Services
from service.settings import Settings
from tests.support.broad_policies import policies
from tests.support.running_audit import running_audit

CHECKS = ("IOT_POLICY_OVERLY_PERMISSIVE_CHECK", "LOGGING_DISABLED_CHECK")
SCHEDULE = "nightly"


@dataclass(frozen=True)
class Live:
    """A service that runs."""

    url: str
    services: Services
    there: Mapping[str, Any]
    """What is in it: values of members, by the names that the API has for these."""


@contextmanager
def live_service(directory: Path) -> Iterator[Live]:
    """Run one, open to everybody until somebody makes a credential."""
    settings = Settings(data_directory=directory, port=0)
    with running_audit(settings, *CHECKS) as audit, listening_in_a_thread(audit.services) as url:
        _ask("POST", f"{url}/fleet-audit/inventory/import", data=b"".join(policies(30)), headers=NDJSON)
        audit.begin()
        started = audit.wait_until_over().started_at / 1000
        schedule = {"frequency": "DAILY", "targetCheckNames": list(CHECKS)}
        arn = _ask("POST", f"{url}/audit/scheduledaudits/{SCHEDULE}", json=schedule)["scheduledAuditArn"]
        first = _ask("POST", f"{url}/audit/findings", json={"taskId": audit.task_id, "maxResults": 1})
        finding = first["findings"][0]
        yield Live(
            url,
            audit.services,
            {
                "taskId": audit.task_id,
                "nextToken": first["nextToken"],
                "findingId": finding["findingId"],
                "resourceIdentifier": finding["nonCompliantResource"]["resourceIdentifier"],
                "scheduledAuditName": SCHEDULE,
                "resourceArn": arn,
                "checkName": CHECKS[0],
                "targetCheckNames": list(CHECKS),
                "auditCheckConfigurations": {name: {"enabled": True} for name in CHECKS},
                "startTime": started - 60,
                "endTime": started + 60,
                "frequency": "DAILY",
            },
        )


NDJSON = {"Content-Type": "application/x-ndjson"}


def _ask(method: str, url: str, **asked: Any) -> Any:
    answer = requests.request(method, url, timeout=30, **asked)
    assert answer.status_code == 200, answer.text
    return answer.json()
