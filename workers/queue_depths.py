"""How much work is not done yet, as the dispatcher's table has it: the queues' depths, whatever carries them."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping

from events.store.database import Database
from events.vocabulary import CheckName
from workers.work_item import PLANNING

QUEUES = ("planning", "collecting", "judging")
STATES = ("wanted", "sent")
"""Not given to the workers yet; given to them, and not reported."""

COUNTS = f"""
    SELECT check_name, CASE WHEN shard = {PLANNING} THEN 1 ELSE 0 END, CASE WHEN sent_at IS NULL THEN 0 ELSE 1 END,
           COUNT(*)
    FROM work_items GROUP BY 1, 2, 3
"""  # noqa: S608 - a constant of ours


def queue_depths(
    work: Database, collecting_checks: Collection[CheckName]
) -> Callable[[], Mapping[tuple[str, str], int]]:
    """Return the question how many pieces of work there are, by queue and state; it raises StoreUnavailable."""

    def count() -> Mapping[tuple[str, str], int]:
        depths = Counter({(queue, state): 0 for queue in QUEUES for state in STATES})
        for check_name, is_planning, is_sent, number in work.query(COUNTS):
            planned_in = "collecting" if check_name in collecting_checks else "planning"
            depths[planned_in if is_planning else "judging", STATES[is_sent]] += number
        return depths

    return count
