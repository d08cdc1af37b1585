"""Why a process can't do its work, asked of its parts.

Anybody may ask, so a reason is in fixed words: what names a file or a host goes to the log alone.
"""

import logging
from collections.abc import Callable

from events.errors import StoreUnavailable
from events.follower import Follower
from events.log import EventLog
from events.progress import Progress
from workers.chain.chain_follower import ChainFollower
from workers.crews import Crews
from workers.dispatcher import Dispatcher
from workers.embedded import EmbeddedWorkers

logger = logging.getLogger(__name__)

Question = Callable[[], list[str]]
"""Answers with reasons, in sentences for an operator; with none when all is well. It may block for a while."""


def all_reasons(*questions: Question) -> Question:
    """Ask all of these."""
    return lambda: [reason for question in questions for reason in question()]


def of_follower(follower: Follower, what: str, end_of_log: int) -> Question:
    """Ask a follower, which is behind until it has come to where the log's end was at the start.

    `what` is what it keeps up with the log, in the plural, to begin a sentence with.
    """

    def reasons() -> list[str]:
        if follower.failure is not None:
            return [f"{what} stopped following the log."]
        if follower.position < end_of_log:
            return [f"{what} are still catching up with the log as it was at the start."]
        return []

    return reasons


def of_chain(follower: ChainFollower) -> Question:
    """Ask what chains the log, which nobody waits for: how far it is behind is a metric. It logs what failed."""
    return lambda: ["The log is not chained any more."] if follower.failure else []


def of_read_models(progress: Progress, end_of_log: int) -> Question:
    """Ask how far another process has brought the read models, as far as this one knows."""

    def reasons() -> list[str]:
        if progress.position < end_of_log:
            return ["The read models are still catching up with the log as it was at the start."]
        return []

    return reasons


def of_workers(workers: EmbeddedWorkers | Crews) -> Question:
    """Ask the worker threads."""
    return lambda: [] if workers.is_alive() else ["A worker thread has died."]


def of_queue(dispatcher: Dispatcher) -> Question:
    """Ask the dispatcher, whether it can send work. It has logged why it can't."""
    return lambda: ["The queue can't be reached."] if dispatcher.queue_failure else []


def of_log(log: EventLog) -> Question:
    """Ask the log, whether it can be appended to. Why it can't is logged when it changes, not each time."""
    logged: str | None = None

    def reasons() -> list[str]:
        nonlocal logged
        try:
            log.require_appendable()
        except StoreUnavailable as error:
            if str(error) != logged:
                logged = str(error)
                logger.warning("The log can't be appended to: %s", error)
            return ["The log can't be appended to."]
        if logged is not None:
            logged = None
            logger.warning("The log can be appended to again.")
        return []

    return reasons
