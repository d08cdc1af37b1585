"""An inventory that takes an audit some seconds: thousands of certificates, of which only their times are told."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path


def write_many_certificates(path: Path, count: int) -> Path:
    """Write `count` device certificates as NDJSON; every tenth has expired. An id is a number, in hex."""
    now = datetime.now(UTC)
    expired, valid = ((now + timedelta(days=days)).isoformat() for days in (-1, 1_000))
    with path.open("w") as file:
        for number in range(count):
            record = {
                "resourceType": "DEVICE_CERTIFICATE",
                "certificateId": f"{number:064x}",
                "status": "ACTIVE",
                "creationDate": now.isoformat(),
                "validity": {"notAfter": valid if number % 10 else expired},
            }
            file.write(json.dumps(record) + "\n")
    return path
