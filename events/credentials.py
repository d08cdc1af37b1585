"""The commands about credentials. `fleet-audit credentials` gives them."""

from concurrent.futures import Future
from datetime import datetime

from events.committer import Committed, Committer
from events.credential import Credential, CredentialRegister, Role, SealedSecret
from events.event import Cause
from events.identifiers import credential_register_id
from events.unit import Unit


class Credentials:
    """Carries out the commands."""

    def __init__(self, committer: Committer) -> None:
        self._committer = committer

    def create(
        self, access_key_id: str, secret: SealedSecret, role: Role, description: str, cause: Cause
    ) -> Future[Committed[None]]:
        """Add a credential of the cause's account."""
        return self._committer.submit(
            lambda unit: _register(unit).create(access_key_id, secret, role, description, cause)
        )

    def disable(self, access_key_id: str, cause: Cause) -> Future[Committed[None]]:
        """Let a credential in no more. NotFound if there is none of that id."""
        return self._committer.submit(lambda unit: _register(unit).disable(access_key_id, cause))

    def rotate(
        self, access_key_id: str, successor: str, secret: SealedSecret, valid_until: datetime, cause: Cause
    ) -> Future[Committed[Credential]]:
        """Put another in a credential's place, and return what they have in common.

        NotFound if there is none of that id, InvalidRequest if it is disabled or was replaced before.
        """
        return self._committer.submit(
            lambda unit: _register(unit).rotate(access_key_id, successor, secret, valid_until, cause)
        )


def _register(unit: Unit) -> CredentialRegister:
    return unit.get(CredentialRegister, credential_register_id())
