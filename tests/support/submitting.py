"""Commands given at once."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from typing import Any

from events.committer import Committed, Committer, Unit

PATIENCE = 30.0

Outcome = Future[Committed[Any]]


def submit_as_one_group(committer: Committer, *decisions: Callable[[Unit], Any]) -> list[Outcome]:
    """Submit the decisions while the committer is held up by another one, so that they go in one group."""
    is_held, go_on = threading.Event(), threading.Event()

    def hold(_: Unit) -> None:
        is_held.set()
        go_on.wait(PATIENCE)

    committer.submit(hold)
    is_held.wait(PATIENCE)
    outcomes = [committer.submit(decide) for decide in decisions]
    go_on.set()
    wait_for(outcomes, PATIENCE)
    return outcomes


def submit_from_threads(
    committers: Sequence[Committer], decisions: Sequence[Callable[[Unit], Any]]
) -> list[Outcome]:
    """One thread a decision, all at once, spread over the committers."""
    at_once = threading.Barrier(len(decisions))
    outcomes: list[Outcome] = []

    def submit(committer: Committer, decide: Callable[[Unit], Any]) -> None:
        at_once.wait(PATIENCE)
        outcomes.append(committer.submit(decide))

    threads = [
        threading.Thread(target=submit, args=(committers[number % len(committers)], decide))
        for number, decide in enumerate(decisions)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    wait_for(outcomes, PATIENCE)
    return outcomes
