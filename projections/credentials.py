"""The credentials as their events have left them.

It keeps no tables: who asks reads the one stream that has them all. So it is known at the start of a process who
is let in, also while the read models are made anew; and that a credential was disabled, once the log says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from events.credential import CredentialCreated, CredentialDisabled, CredentialRotated, Role, SealedSecret
from events.event import Event
from events.identifiers import credential_register_id
from events.log import EventLog
from events.vocabulary import AccountId


@dataclass(frozen=True, slots=True)
class CredentialView:
    """One credential."""

    access_key_id: str
    account: AccountId
    role: Role
    description: str
    secret: SealedSecret = field(repr=False)
    created_at: datetime
    valid_until: datetime | None = None
    """When it was disabled, or is no longer let in because another has taken its place; None: for ever."""
    successor: str | None = None
    """The access key id of the one that has."""

    def is_active(self, now: datetime) -> bool:
        """Whether it is let in."""
        return self.valid_until is None or now < self.valid_until


class CredentialList:
    """Every credential, read from the log as often as `look` is called."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._version = 0
        self.by_id: dict[str, CredentialView] = {}

    def look(self) -> bool:
        """Read what is new; True if anything is. Raise StoreUnavailable."""
        events = self._log.stream(credential_register_id(), after_version=self._version)
        if not events:
            return False
        self.by_id = _folded(self.by_id, events)
        self._version = events[-1].originator_version
        return True


def _folded(before: dict[str, CredentialView], events: Iterable[Event]) -> dict[str, CredentialView]:
    """The credentials after some events, as another dict: threads may be reading the one before."""
    after = dict(before)
    for event in events:
        if isinstance(event, CredentialCreated):
            after[event.access_key_id] = CredentialView(
                event.access_key_id, event.account, event.role, event.description, event.secret, event.timestamp
            )
        elif isinstance(event, CredentialDisabled):
            one = after[event.access_key_id]
            until = event.timestamp if one.valid_until is None else min(one.valid_until, event.timestamp)
            after[one.access_key_id] = replace(one, valid_until=until)
        elif isinstance(event, CredentialRotated):
            one = after[event.access_key_id]
            after[one.access_key_id] = replace(one, valid_until=event.valid_until, successor=event.successor)
    return after
