"""A process that is killed in the middle of an audit and started again finishes it: each finding exactly once."""

import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from events.audit_task import AuditTaskCompleted, CheckOutcome
from events.vocabulary import CheckRunStatus
from tests.faults.auditing_process import CHECKS, TASK, fleet
from tests.support.made_up_checks import REGISTRY
from tests.support.workshop import open_workshop
from workers.outbox import MOST_ATTEMPTS

ROOT = Path(__file__).parents[2]
KILLS = MOST_ATTEMPTS - 1
"""One more, and a piece of work that was in hand at every kill would rightly be given up."""


@contextmanager
def process(*arguments: object) -> Iterator["subprocess.Popen[str]"]:
    """An auditing process, killed at the end of the block at the latest."""
    command = [sys.executable, "-m", "tests.faults.auditing_process", *(str(each) for each in arguments)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        try:
            yield child
        finally:
            child.kill()


def kill_after(child: "subprocess.Popen[str]", events: int) -> bool:
    """Kill the process when it has appended so many events; False if the audit is over before that."""
    assert child.stdout is not None
    first = None
    for line in child.stdout:
        if line.strip() == "over":
            return False
        first = int(line) if first is None else first
        if int(line) >= first + events:
            child.send_signal(signal.SIGKILL)
            return True
    pytest.fail("The process ended by itself.")


@pytest.mark.parametrize(
    ("things", "bad", "shard_size", "threads"),
    [
        pytest.param(6_000, 10, 100, 2, id="many small shards"),
        pytest.param(9_000, 1, 2_250, 2, id="shards whose findings take several saves"),
        pytest.param(3_000, 10, 100, 1, id="one thread"),
    ],
)
def test_a_killed_process_finishes_its_audit_after_the_next_start(
    tmp_path: Path, things: int, bad: int, shard_size: int, threads: int
):
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # noqa: T201 - so that a failure can be had again
    chance = random.Random(seed)
    arguments = (tmp_path, things, bad, shard_size, threads)
    kills = 0
    for _ in range(KILLS):
        with process(*arguments) as child:
            kills += kill_after(child, events=chance.randrange(1, 20))
    assert kills > 1
    with process(*arguments) as child:
        assert child.stdout is not None
        assert child.stdout.read().split()[-1] == "over"

    with open_workshop(tmp_path, fleet(things, bad), REGISTRY, shard_size) as workshop:
        assert workshop.wait_until_over(TASK, timeout=0) is AuditTaskCompleted
        found = -(-things // bad)
        outcome = CheckOutcome(CheckRunStatus.COMPLETED_NON_COMPLIANT, things, found)
        assert workshop.outcomes(TASK) == dict.fromkeys(CHECKS, outcome)
        for check in CHECKS:
            findings = workshop.findings(TASK, check)
            assert len(findings) == len(set(findings)) == found
