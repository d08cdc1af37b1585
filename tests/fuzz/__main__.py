"""Fuzz every target for as long as one likes: `make fuzz`, or with `SEED=number ARGS='--seconds 3600'`.

What is too much for a target is made as small as it can be and kept in `crashers/`, where the tests find it.
"""

import argparse
import sys
import time
from hashlib import sha256
from random import Random, SystemRandom

import click
from hypothesis import HealthCheck, find, settings
from hypothesis.errors import NoSuchExample

from tests.fuzz.samples import CRASHERS
from tests.fuzz.targets import Target, targets
from tests.fuzz.watching import MOST_MEMORY, peak_memory, watched

INPUTS_A_ROUND = 500

ROUND = settings(
    max_examples=INPUTS_A_ROUND, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)


def crasher(target: Target, seed: int) -> bytes | None:
    """The smallest of a round's inputs that is too much for a target."""
    read = watched(target)

    def is_too_much(given: bytes) -> bool:
        try:
            read(given)
        except Exception:  # noqa: BLE001 - whatever it is, it should not have come
            return True
        return False

    try:
        return find(target.inputs, is_too_much, settings=ROUND, random=Random(seed))
    except NoSuchExample:
        return None


def main() -> int:
    """Fuzz; 1 if something was found."""
    asked = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    asked.add_argument("--seconds", type=float, default=60, help="how long (60)")
    asked.add_argument("--seed", type=int, default=SystemRandom().randrange(1 << 32), help="the same inputs again")
    given = asked.parse_args()
    click.echo(f"Fuzzing for {given.seconds:g} s, seed {given.seed}.")
    until = time.monotonic() + given.seconds
    inputs = found = 0
    seed = given.seed
    with targets() as every:
        while time.monotonic() < until and not found:
            before = peak_memory()
            for name, target in every.items():
                if time.monotonic() >= until:
                    break
                inputs += INPUTS_A_ROUND
                crashing = crasher(target, seed)
                if crashing is not None:
                    found += 1
                    kept = CRASHERS / f"{name}.{sha256(crashing).hexdigest()[:16]}"
                    kept.write_bytes(crashing)
                    click.echo(f"{name}: {len(crashing):,} bytes are too much, with seed {seed}. It is in {kept}.")
            if peak_memory() - before > MOST_MEMORY:
                found += 1
                click.echo(f"The process grew by more than {MOST_MEMORY:,} bytes with seed {seed}.")
            seed += 1
    click.echo(f"{inputs:,} inputs of {len(every)} targets, {found} of them too much.")
    return min(found, 1)


if __name__ == "__main__":
    sys.exit(main())
