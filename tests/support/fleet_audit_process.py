"""The real `fleet-audit` and the real `aws`, as processes; every wait is bounded."""

import json
import os
import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import boto3
from botocore.config import Config

BIN = Path(sys.executable).parent
READY = re.compile(rb"ready at http://\S+\s.*\n\Z", re.DOTALL)
LONGEST_WAIT = 60.0

AWS = (sys.executable, BIN / "aws")
"""The `aws` command. Its script names its interpreter in a way that can't have a space in it."""

Client = Any


def environment(home: Path, **more: str) -> dict[str, str]:
    """An environment that holds nothing of the developer's own settings."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(home),
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
        **more,
    }


def fleet_audit(
    *arguments: object, home: Path, cwd: Path | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run `fleet-audit` to its end."""
    return subprocess.run(
        [BIN / "fleet-audit", *map(str, arguments)],
        env=environment(home, **variables),
        cwd=cwd or home,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_WAIT,
        stdin=subprocess.DEVNULL,
    )


class FleetAuditService:
    """`fleet-audit serve` on a free port, ready when the block begins and stopped when it ends."""

    def __init__(
        self,
        home: Path,
        variables: Mapping[str, str] = MappingProxyType({}),
        program: Path = BIN / "fleet-audit",
    ) -> None:
        self.home = home
        self.data_directory = home / "data"
        self._errors = (home / "serve.stderr").open("ab")
        self.process = subprocess.Popen(
            [program, "serve", "--port", "0", "--data-dir", self.data_directory],
            env=environment(home, **variables),
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        self.welcome = self._welcome()
        self.url = self.welcome.split("ready at ")[1].split()[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()

    def client(self) -> Client:
        """boto3's client for it, as anybody would make one."""
        return boto3.client(
            "iot",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="any",
            aws_secret_access_key="any",
            config=Config(retries={"total_max_attempts": 1, "mode": "standard"}),
        )

    def aws(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `aws iot ...` against it to its end."""
        return subprocess.run(
            [*AWS, "iot", *arguments, "--endpoint-url", self.url, "--output", "json"],
            env=environment(self.home),
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_WAIT,
        )

    def aws_answer(self, *arguments: str) -> dict[str, Any]:
        """What `aws iot ...` printed, once it has succeeded."""
        done = self.aws(*arguments)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def stop(self, asked_by: signal.Signals = signal.SIGTERM) -> float:
        """Ask it to stop, as `docker stop` or Ctrl-C does; returns the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(asked_by)
        code = self.process.wait(LONGEST_WAIT)
        self._close()
        assert code == 0, self.errors()
        return time.monotonic() - began

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        self.process.wait(LONGEST_WAIT)
        self._close()

    def errors(self) -> str:
        """What it wrote to its standard error."""
        return (self.home / "serve.stderr").read_text()

    def _close(self) -> None:
        self._errors.close()
        if self.process.stdout:
            self.process.stdout.close()

    def _welcome(self) -> str:
        """Wait until it says that it is ready; returns all that it says then."""
        stdout = self.process.stdout
        assert stdout is not None
        said = b""
        deadline = time.monotonic() + LONGEST_WAIT
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            while time.monotonic() < deadline and selector.select(deadline - time.monotonic()):
                piece = os.read(stdout.fileno(), 65_536)
                said += piece
                if READY.search(said):
                    return said.decode()
                if not piece:
                    break
        self.kill()
        raise AssertionError(f"It did not get ready: {said!r} {self.errors()}")
