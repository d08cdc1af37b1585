"""Credentials that `fleet-audit credentials` has made, and programs that call a service with them."""

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from tests.support.fleet_audit_process import AWS, LONGEST_WAIT, environment, fleet_audit

Client = Any


@dataclass(frozen=True)
class Credentials:
    """What a program signs with."""

    access_key_id: str
    secret: str = field(repr=False)

    @property
    def variables(self) -> dict[str, str]:
        return {"AWS_ACCESS_KEY_ID": self.access_key_id, "AWS_SECRET_ACCESS_KEY": self.secret}

    def client(self, url: str) -> Client:
        return boto3.client(
            "iot",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id=self.access_key_id,
            aws_secret_access_key=self.secret,
            config=Config(retries={"total_max_attempts": 1, "mode": "standard"}),
        )

    def aws(self, url: str, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `aws iot ...` to its end."""
        return subprocess.run(
            [*AWS, "iot", *arguments, "--endpoint-url", url, "--output", "json"],
            env=environment(home, **self.variables),
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_WAIT,
        )


def made(home: Path, *arguments: str, command: str = "create") -> Credentials:
    """Run `fleet-audit credentials create` (or `rotate`) on the data directory of the services in `home`."""
    done = fleet_audit(
        "credentials", command, *arguments, "--output", "json", "--data-dir", home / "data", home=home
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    return Credentials(told["accessKeyId"], told["secretAccessKey"])
