"""What is asked of a linked account, and what came of it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from events.vocabulary import AccountId, CheckErrorCode
from workers.inventory.kinds import Kind


@dataclass(frozen=True)
class Reason:
    """Why it could not be read, in words for the message of the checks that need it."""

    message: str
    error_code: CheckErrorCode | None = None
    """INSUFFICIENT_PERMISSIONS where the permission, the credentials or the operation itself is missing."""


@dataclass(frozen=True)
class Outcome:
    """How the reading of a kind ended."""

    version: int = 0
    """Of the inventory, with what was read in it."""
    resources: int = 0
    failure: Reason | None = None
    """Why the kind could not be read; the inventory then has what it had."""
    withheld: dict[str, Reason] = field(default_factory=dict)
    """Why some columns are not known, though the rest is."""
    unread: dict[str, int] = field(default_factory=dict)
    """How many resources could not be taken in, by the reason."""


class Ask(NamedTuple):
    """What one check of an audit wants of the account."""

    account: AccountId
    role_arn: str
    kinds: Collection[Kind]
    """What the check needs."""
    of_audit: Collection[Kind]
    """What all checks of its audit need."""
    since: datetime
    """The audit's start: what was read since then need not be read again."""


@dataclass(frozen=True)
class Progress:
    """How far a reading has come that is to be gone on with."""

    resources: Mapping[str, int] = field(default_factory=dict)
    """By resource type, how many were listed."""


@dataclass(frozen=True)
class AccountRead:
    """How the reading of each kind ended."""

    outcomes: Mapping[str, Outcome]
    """By resource type."""


class AccountReader(Protocol):
    """Reads linked accounts into the inventory (`workers/aws_account/linked_account.py`)."""

    def read(self, ask: Ask, is_wanted: Callable[[], bool]) -> AccountRead | Progress | None:
        """Read what a check wants that was not read since its audit began, for some minutes at most.

        Progress: there is more to read, and the next call goes on. None: `is_wanted` says that nobody waits.
        """
        ...
