"""What a message says: which piece of work, and which attempt at it. It is worth nothing, and may be lost."""

from collections.abc import Collection
from typing import NamedTuple

from dramatiq import Message

from events.vocabulary import CheckName
from workers.work_item import PLANNING, WorkItem

PLANNING_QUEUE = "planning"
JUDGING_QUEUE = "judging"
COLLECTING_QUEUE = "collecting"
"""The work that waits for servers of others."""

PLAN_CHECK = "plan_check"
COLLECT_AND_PLAN_CHECK = "collect_and_plan_check"
JUDGE_SHARD = "judge_shard"
"""The names of the actors in `workers/actors.py`."""


class Sending(NamedTuple):
    """One sending of a message for a piece of work."""

    item: WorkItem
    attempt: int
    """From 1."""

    @property
    def message_id(self) -> str:
        """The same for the same sending, so that what was sent can be looked for in the queue."""
        return ".".join(map(str, (*self.item, self.attempt)))


def message_for(sending: Sending, collecting_checks: Collection[CheckName]) -> Message[None]:
    """The message of a sending; a check that collects is planned from a queue of its own."""
    account, task_id, check_name, shard = sending.item
    arguments: tuple[str | int, ...] = (account, task_id, check_name)
    if shard != PLANNING:
        queue, actor, arguments = JUDGING_QUEUE, JUDGE_SHARD, (*arguments, shard)
    elif check_name in collecting_checks:
        queue, actor = COLLECTING_QUEUE, COLLECT_AND_PLAN_CHECK
    else:
        queue, actor = PLANNING_QUEUE, PLAN_CHECK
    return Message(
        queue_name=queue,
        actor_name=actor,
        args=arguments,
        kwargs={},
        options={},
        message_id=sending.message_id,
    )
