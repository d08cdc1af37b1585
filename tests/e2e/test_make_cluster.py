"""`make cluster`, as a person has it: it says what to type, and Ctrl-C stops all of it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.support.fleet_audit_process import LONGEST_WAIT, environment

ROOT = Path(__file__).parents[2]


def test_it_says_what_to_type_and_stops_all_of_it(tmp_path):
    running = subprocess.Popen(
        [sys.executable, "-m", "tests.support.run_cluster", "--port", "0", "--workers", "1"],
        env=environment(tmp_path, TMPDIR=os.environ.get("TMPDIR", "/tmp"), COLUMNS="200"),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    said = ""
    assert running.stdout is not None
    for line in running.stdout:
        said += line
        if "kill -9" in line:
            break
    assert said.count("/metrics") == 3
    assert "export AWS_ENDPOINT_URL_IOT=http://127.0.0.1:" in said
    running.send_signal(signal.SIGINT)
    rest, _ = running.communicate(timeout=LONGEST_WAIT)
    assert running.returncode == 0
    assert "everything that it kept is gone" in rest
    assert not [
        each for each in Path(os.environ.get("TMPDIR", "/tmp")).glob("fleet-audit-cluster-*") if is_of(each, said)
    ]


def is_of(directory: Path, said: str) -> bool:
    """Whether this is the directory of that cluster."""
    return str(directory) in said
