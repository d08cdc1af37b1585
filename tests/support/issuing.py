"""Credentials, made in a log on which a front end is at work, as `fleet-audit credentials` does from beside it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from os import urandom
from pathlib import Path

from events.credential import Role
from events.event import Cause
from events.store.sqlite import open_sqlite_log
from events.vocabulary import AccountId
from service.access.credential_office import CredentialOffice
from service.access.minting import AccessKey
from service.services import Services
from tests.support.given import ACCOUNT
from tests.support.waiting import until


class Issuer:
    """Makes and ends credentials; each is known to the front end when the call returns."""

    def __init__(self, office: CredentialOffice, of: Services) -> None:
        self._office = office
        self._of = of

    def create(self, role: Role, account: AccountId = ACCOUNT) -> AccessKey:
        made = self._office.create(role, "for a test", self._cause(account))
        until(lambda: self._of.credentials.active(made.access_key_id))
        return made

    def disable(self, key: AccessKey) -> None:
        self._office.disable(key.access_key_id, self._cause(ACCOUNT))
        until(lambda: not self._of.credentials.active(key.access_key_id))

    def rotate(self, key: AccessKey, grace: timedelta) -> AccessKey:
        made, _ = self._office.rotate(key.access_key_id, grace, self._cause(ACCOUNT))
        until(lambda: self._of.credentials.active(made.access_key_id))
        return made

    def _cause(self, account: AccountId) -> Cause:
        return Cause(account, self._of.credentials.now(), "a test", "request-1")


@contextmanager
def issuing(directory: Path, of: Services) -> Iterator[Issuer]:
    """An issuer on the log in `directory`, which the front end of these services has open, too."""
    with (
        closing(open_sqlite_log(directory / "events.sqlite")) as log,
        CredentialOffice(log, (), directory, urandom) as office,
    ):
        yield Issuer(office, of)
