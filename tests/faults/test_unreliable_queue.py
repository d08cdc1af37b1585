"""Messages that come twice, in another order or never cost time, and nothing else."""

import random
from pathlib import Path

import pytest

from events.audit_task import AuditTaskCompleted, CheckOutcome
from events.vocabulary import CheckRunStatus, TaskId
from tests.support.fleet_in_memory import FleetInMemory
from tests.support.made_up_checks import REGISTRY
from tests.support.workshop import Send, Workshop, at_work, open_workshop
from workers.messages import Sending
from workers.work_item import PLANNING, WorkItem

CHECKS = ("NAMES_CHECK", "OTHER_NAMES_CHECK")
THINGS = 3_000
BAD = 300
FLEET = FleetInMemory([{"name": f"{'thing' if each % 10 else 'bad'}{each:05}"} for each in range(THINGS)])


def assert_exact(workshop: Workshop, task: TaskId, checks: tuple[str, ...] = CHECKS) -> None:
    outcome = CheckOutcome(CheckRunStatus.COMPLETED_NON_COMPLIANT, THINGS, BAD)
    assert workshop.outcomes(task) == dict.fromkeys(checks, outcome)
    for check in checks:
        findings = workshop.findings(task, check)
        assert len(findings) == len(set(findings)) == BAD


class Disorder:
    """Sends everything up to three times, and what it has sent before now and again, in any order."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._sent: list[Sending] = []

    def __call__(self, send: Send) -> Send:
        def send_somehow(item: Sending) -> None:
            self._sent.append(item)
            again = self._chance.choices(self._sent, k=self._chance.randrange(3))
            messages = [item, *again]
            self._chance.shuffle(messages)
            for message in messages:
                send(message)

        return send_somehow


@pytest.mark.parametrize("threads", [1, 4])
def test_messages_that_come_twice_and_in_another_order_change_nothing(tmp_path: Path, threads: int):
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # noqa: T201 - so that a failure can be had again
    disorder = Disorder(random.Random(seed))
    with (
        open_workshop(tmp_path, FLEET, REGISTRY) as workshop,
        at_work(workshop, tmp_path, threads=threads, through=disorder) as work,
    ):
        task = workshop.start_audit(*CHECKS)
        assert workshop.wait_until_over(task) is AuditTaskCompleted
        work.wait_until_idle(timeout=10)
        assert_exact(workshop, task)


@pytest.mark.parametrize("losing", ["plannings", "shards"])
def test_lost_messages_are_found_out_and_sent_again(tmp_path: Path, losing: str):
    lost: set[WorkItem] = set()

    def lose(send: Send) -> Send:
        def send_or_lose(sending: Sending) -> None:
            if (sending.item.shard == PLANNING) == (losing == "plannings") and sending.item not in lost:
                lost.add(sending.item)
            else:
                send(sending)

        return send_or_lose

    with (
        open_workshop(tmp_path, FLEET, REGISTRY, shard_size=1_000) as workshop,
        at_work(workshop, tmp_path, through=lose),
    ):
        task = workshop.start_audit("NAMES_CHECK")
        assert workshop.wait_until_over(task) is AuditTaskCompleted
        assert len(lost) == (1 if losing == "plannings" else 3)
        assert_exact(workshop, task, ("NAMES_CHECK",))
