"""A siege: faults drawn from a seed befall a cluster at work; then all is put right, and it is looked at.

`make chaos` runs this file: `python -m tests.faults.siege [--seed NUMBER] [--faults NUMBER]`.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random, SystemRandom
from typing import Any

from tests.faults.answers import Answers
from tests.faults.besieged import Besieged, besieged
from tests.faults.caller import Caller
from tests.faults.evidence import Evidence, gather, wait_until_all_is_done
from tests.faults.faults import EXPECTED_OF_THE_SPOILER, FAULTS
from tests.faults.verdict import verdict
from tests.faults.workload import Workload, prepare

ACCEPTED_BETWEEN = 20
LONGEST_BETWEEN = 1.0
"""The next fault comes after so many requests were accepted, or so many seconds."""

LASTING = (1, 2, 3, 8)
"""For how many more faults one lasts that is to be ended. The longest is about eight seconds: a coordinator that
hangs so long has lost its lock."""


@dataclass(frozen=True)
class Planned:
    """One fault of the plan."""

    name: str
    lasts: int
    seed: int
    """For its own choices."""


def plan(seed: int, number: int) -> list[Planned]:
    """So many faults, every kind as often as any other, in an order and with details that the seed decides."""
    chance = Random(seed)
    names: list[str] = []
    while len(names) < number:
        names += chance.sample(list(FAULTS), k=len(FAULTS))
    return [Planned(name, chance.choice(LASTING), chance.getrandbits(32)) for name in names[:number]]


class Siege:
    """Carries a plan out."""

    def __init__(self, cluster: Besieged, say: Callable[[str], None]) -> None:
        self._cluster = cluster
        self._say = say
        self._to_end: dict[int, tuple[int, Callable[[], None]]] = {}
        """By part: at which step what befell it ends, and how."""

    def carry_out(self, planned: Sequence[Planned], answers: Answers) -> None:
        """Begin each, and end it when it has lasted; at the end, put everything right."""
        for step, each in enumerate(planned):
            for part, (until, _) in list(self._to_end.items()):
                if until <= step:
                    self._put_right(part)
            self._begin(each, step)
            answers.wait_for_accepted(ACCEPTED_BETWEEN, LONGEST_BETWEEN)
        for part in list(self._to_end):
            self._put_right(part)
        for place in self._cluster.places:
            place.set_clock(0)
            place.wait_until_ready()

    def _begin(self, planned: Planned, step: int) -> None:
        fault, chance = FAULTS[planned.name], Random(planned.seed)
        part = chance.choice(fault.parts(self._cluster))
        self._put_right(id(part))
        self._say(f"{step + 1:4} {planned.name}{f' ({part.name})' if hasattr(part, 'name') else ''}")
        with suppress(*EXPECTED_OF_THE_SPOILER):
            fault.begin(part, chance)
        end = fault.end
        if end is not None:
            self._to_end[id(part)] = (step + planned.lasts, lambda: end(part))

    def _put_right(self, part: int) -> None:
        """End what has befallen a part, if anything has."""
        _, end = self._to_end.pop(part, (0, None))
        if end is not None:
            end()


@dataclass(frozen=True)
class Report:
    """What a siege was, and what is wrong after it."""

    seed: int
    faults: Counter[str]
    evidence: Evidence
    complaints: list[str]
    seconds: float

    def lines(self) -> list[str]:
        """For a person."""
        return [
            *(f"{number:6} {name}" for name, number in sorted(self.faults.items())),
            *self.evidence.counts(),
            f"{self.seconds:6.0f} seconds",
            *(f"WRONG: {complaint}" for complaint in self.complaints),
        ]


def besiege(home: Path, seed: int, number: int, say: Callable[[str], None]) -> Report:
    """Besiege a cluster whose files are in `home`, and report."""
    began = time.monotonic()
    planned = plan(seed, number)
    answers = Answers()
    with besieged(home) as cluster:
        prepare(Caller("prepare", cluster.urls, answers, Random(seed)))
        workload = Workload(cluster.urls, answers, Random(seed))
        with workload:
            Siege(cluster, say).carry_out(planned, answers)
        say("     all is put right")
        late = wait_until_all_is_done(cluster.database_url)
        cluster.stop()
        evidence = gather(cluster, answers.all())
        complaints = [*workload.failures, *late, *verdict(evidence)]
    return Report(seed, Counter(each.name for each in planned), evidence, complaints, time.monotonic() - began)


def main() -> None:
    asked = argparse.ArgumentParser(prog="make chaos")
    asked.add_argument("--seed", type=int, default=SystemRandom().randrange(2**32))
    asked.add_argument("--faults", type=int, default=210)
    given: Any = asked.parse_args()
    say: Callable[[str], None] = lambda line: print(line, flush=True)  # noqa: E731, T201
    say(f"make chaos SEED={given.seed}")
    home = Path(tempfile.mkdtemp(prefix="fleet-audit-chaos-"))
    report = besiege(home, given.seed, given.faults, say)
    for line in report.lines():
        say(line)
    if report.complaints:
        sys.exit(f"Not everything was as it has to be. What the processes wrote is in {home}")
    shutil.rmtree(home)


if __name__ == "__main__":
    main()
