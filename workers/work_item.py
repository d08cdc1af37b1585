"""One piece of work that the log says is wanted."""

from typing import NamedTuple

from events.vocabulary import AccountId, CheckName, TaskId

PLANNING = -1
"""Stands where a shard's number would stand, for the work of cutting the inventory into shards."""


class CheckRunKey(NamedTuple):
    """One check of one audit."""

    account: AccountId
    task_id: TaskId
    check_name: CheckName


class WorkItem(NamedTuple):
    """The planning of a check, or the judging of one of its shards. Its fields are all that a message carries."""

    account: AccountId
    task_id: TaskId
    check_name: CheckName
    shard: int
    """From 0; or `PLANNING`."""

    @property
    def check_run(self) -> CheckRunKey:
        """The check that owes this work."""
        return CheckRunKey(self.account, self.task_id, self.check_name)
