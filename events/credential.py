"""Credentials: who may call the API, on which account, with which role.

All are in one stream. There are few of them, an access key id belongs to nobody else, and whoever wants to know
all of them reads one stream, however long the log is. Secrets are sealed before they get here
(`service/access/sealing.py`).
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from events.errors import InvalidRequest, NotFound
from events.event import Aggregate, Cause, Event
from events.vocabulary import AccountId


class Role(StrEnum):
    """What a caller may do; each may do what those above it may."""

    READER = "READER"
    """Ask: describe and list."""
    OPERATOR = "OPERATOR"
    """Start, cancel and import too."""
    ADMINISTRATOR = "ADMINISTRATOR"
    """Everything."""


@dataclass(frozen=True)
class SealedSecret:
    """A secret that only the holder of the sealing key can read. Even so it shows in no `repr`."""

    text: str = field(repr=False)
    """Base64."""


@dataclass(frozen=True)
class Credential:
    """What is known of one credential."""

    account: AccountId
    role: Role
    description: str
    is_disabled: bool = False
    is_replaced: bool = False
    """Another stands in its place, whether or not its grace is over."""


class CredentialRegister(Aggregate):
    """Decides who gets a credential, and what becomes of it."""

    credentials: dict[str, Credential]
    """By access key id."""

    def begin(self) -> None:
        """Start without any."""
        self.credentials = {}

    def create(self, access_key_id: str, secret: SealedSecret, role: Role, description: str, cause: Cause) -> None:
        """Add a credential of the cause's account."""
        if access_key_id in self.credentials:
            raise InvalidRequest(f"There is a credential {access_key_id} already.")
        self.trigger(
            CredentialCreated,
            cause,
            access_key_id=access_key_id,
            role=role,
            description=description,
            secret=secret,
        )

    def disable(self, access_key_id: str, cause: Cause) -> None:
        """Let a credential in no more, at once. One that is disabled stays so."""
        credential = self._existing(access_key_id)
        if not credential.is_disabled:
            of_its_account = replace(cause, account=credential.account)
            self.trigger(CredentialDisabled, of_its_account, access_key_id=access_key_id)

    def rotate(
        self, access_key_id: str, successor: str, secret: SealedSecret, valid_until: datetime, cause: Cause
    ) -> Credential:
        """Put another in a credential's place, for the same account and role; the old one is let in until then."""
        credential = self._existing(access_key_id)
        if credential.is_disabled or credential.is_replaced:
            raise InvalidRequest(f"The credential {access_key_id} is disabled, or replaced already.")
        of_its_account = replace(cause, account=credential.account)
        self.create(successor, secret, credential.role, credential.description, of_its_account)
        self.trigger(
            CredentialRotated,
            of_its_account,
            access_key_id=access_key_id,
            successor=successor,
            valid_until=valid_until,
        )
        return credential

    def _existing(self, access_key_id: str) -> Credential:
        if access_key_id not in self.credentials:
            raise NotFound(f"There is no credential {access_key_id}.")
        return self.credentials[access_key_id]


class CredentialCreated(Event):
    """Somebody may call the API."""

    TOPIC = "Credential.Created.v1"
    access_key_id: str
    role: Role
    description: str
    secret: SealedSecret

    def apply(self, register: CredentialRegister) -> None:
        register.credentials[self.access_key_id] = Credential(self.account, self.role, self.description)


class CredentialDisabled(Event):
    """A credential is let in no more."""

    TOPIC = "Credential.Disabled.v1"
    access_key_id: str

    def apply(self, register: CredentialRegister) -> None:
        before = register.credentials[self.access_key_id]
        register.credentials[self.access_key_id] = replace(before, is_disabled=True)


class CredentialRotated(Event):
    """Another credential stands in the place of one."""

    TOPIC = "Credential.Rotated.v1"
    access_key_id: str
    successor: str
    """The access key id of the other."""
    valid_until: datetime
    """When the old one is let in no more."""

    def apply(self, register: CredentialRegister) -> None:
        before = register.credentials[self.access_key_id]
        register.credentials[self.access_key_id] = replace(before, is_replaced=True)
