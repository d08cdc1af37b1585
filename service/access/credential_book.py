"""What a process knows of credentials: read from the log when it starts, and what is new twice a second."""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from os import urandom

from events.clock import Clock
from events.errors import StoreUnavailable
from projections.credentials import CredentialList, CredentialView
from service.access.minting import mint
from service.access.sealing import CannotBeOpened, Sealer
from service.access.signature_v4 import signing_key

BETWEEN_LOOKS = 0.5
"""Seconds. So a credential that was disabled is let in for no longer than that."""

KEYS_KEPT = 1024
"""Signing keys that are kept, one for each credential and day. To make one again takes 20 microseconds."""

logger = logging.getLogger(__name__)


class CredentialBook:
    """Says which key has to have signed, and who holds it. Start it, ask from any thread, stop it."""

    def __init__(
        self,
        credentials: CredentialList,
        find_sealer: Callable[[], Sealer | None],
        region: str,
        clock: Clock,
        between_looks: float = BETWEEN_LOOKS,
    ) -> None:
        """`find_sealer` finds the key, which may be made only while the process runs.

        `clock` is the one by which callers sign: the computer's, also where audits go by another.
        """
        self._credentials = credentials
        self._find_sealer = find_sealer
        self._sealer: Sealer | None = None
        self._region = region
        self._clock = clock
        self._between_looks = between_looks
        self._problem = "The credentials have not been read yet."
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="credentials", daemon=True)
        stranger = Sealer([urandom(32)])
        self._stranger = stranger
        self._of_stranger = stranger.seal(mint(urandom).secret, "", urandom)
        """A secret that nobody has, sealed as all are: looking for an unknown key takes the same steps."""
        self._forget_keys()

    def start(self) -> None:
        """Read the credentials, and go on reading what is new."""
        self._look()
        self._thread.start()

    def stop(self) -> None:
        """Read no more."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    @property
    def by_id(self) -> Mapping[str, CredentialView]:
        """Every credential there ever was. Raise StoreUnavailable while that is not known."""
        if self._problem:
            raise StoreUnavailable(self._problem)
        return self._credentials.by_id

    def now(self) -> datetime:
        """The time by which signatures are judged."""
        return self._clock.now()

    def active(self, access_key_id: str) -> CredentialView | None:
        """The credential of that id, if it is let in now. Raise StoreUnavailable as `by_id` does."""
        credential = self.by_id.get(access_key_id)
        return credential if credential is not None and credential.is_active(self.now()) else None

    def usable(self) -> list[str]:
        """The ids that are let in now, and whose secrets can be read with the key that is here."""
        return [key for key in self.by_id if self.active(key) is not None and self._secret(key) is not None]

    def signing_key(self, access_key_id: str, date: str) -> bytes:
        """The key of a day that a request of that id must be signed with; of an unknown id one that nobody has."""
        return (self._key_of_known if access_key_id in self.by_id else self._key_of_unknown)(access_key_id, date)

    def _forget_keys(self) -> None:
        self._key_of_known = lru_cache(KEYS_KEPT)(self._known)
        self._key_of_unknown = lru_cache(KEYS_KEPT)(self._unknown)

    def _known(self, access_key_id: str, date: str) -> bytes:
        secret = self._secret(access_key_id)
        return self._unknown(access_key_id, date) if secret is None else signing_key(secret, date, self._region)

    def _unknown(self, _: str, date: str) -> bytes:
        return signing_key(self._stranger.open(self._of_stranger, ""), date, self._region)

    def _secret(self, access_key_id: str) -> str | None:
        if self._sealer is None:
            self._sealer = self._find_sealer()
        try:
            if self._sealer is not None:
                return self._sealer.open(self._credentials.by_id[access_key_id].secret, access_key_id)
        except CannotBeOpened:
            pass
        logger.error("The key is not here under which the secret of %s was sealed.", access_key_id)
        return None

    def _look(self) -> None:
        try:
            if self._credentials.look():
                self._forget_keys()
            self._problem = ""
        except StoreUnavailable as error:
            # What is known stays known: nothing can be done without the log anyway.
            logger.warning("It can't be seen whether credentials have changed: %s", error)
        except Exception:
            logger.critical("The credentials can't be read, so nobody is let in.", exc_info=True)
            self._problem = "The credentials can't be read."

    def _run(self) -> None:
        while not self._stopping.wait(self._between_looks):
            self._look()
