"""Makes credentials in a log on which a service may be running, and ends them."""

from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from events.committer import Committer
from events.credential import Credential, Role
from events.credentials import Credentials
from events.event import Cause
from events.log import EventLog
from service.access.minting import AccessKey, mint
from service.access.sealing import Randomness
from service.access.sealing_key import sealer_to_seal

PATIENCE = 30.0
"""Seconds in which the log has to take a command."""


class CredentialOffice:
    """Carries out commands as long as its block lasts. They raise Refusal, StoreUnavailable, SealingKeyError."""

    def __init__(self, log: EventLog, keys: tuple[bytes, ...], directory: Path | None, random: Randomness) -> None:
        """`directory` is where a key is made if none is given; None where secrets go into a database."""
        self._committer = Committer(log)
        self._commands = Credentials(self._committer)
        self._keys = keys
        self._directory = directory
        self._random = random

    def __enter__(self) -> Self:
        self._committer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._committer.stop()

    def create(self, role: Role, description: str, cause: Cause) -> AccessKey:
        """Make a credential of the cause's account."""
        sealer = sealer_to_seal(self._keys, self._directory, self._random)
        made = mint(self._random)
        sealed = sealer.seal(made.secret, made.access_key_id, self._random)
        self._commands.create(made.access_key_id, sealed, role, description, cause).result(PATIENCE)
        return made

    def disable(self, access_key_id: str, cause: Cause) -> None:
        """Let a credential in no more."""
        self._commands.disable(access_key_id, cause).result(PATIENCE)

    def rotate(self, access_key_id: str, grace: timedelta, cause: Cause) -> tuple[AccessKey, Credential]:
        """Make one in another's place, which is let in for `grace` still; return it, and what the other was."""
        sealer = sealer_to_seal(self._keys, self._directory, self._random)
        made = mint(self._random)
        sealed = sealer.seal(made.secret, made.access_key_id, self._random)
        rotated = self._commands.rotate(
            access_key_id, made.access_key_id, sealed, cause.time + grace, cause
        ).result(PATIENCE)
        return made, rotated.value
