"""Secrets, sealed so that the database alone does not give them away: AES-256-GCM.

A key seals only secrets, each under a nonce of its own. The access key id is sealed with the secret (as associated
data), so that one sealed text can't be put in another's place.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from events.credential import SealedSecret

KEY_BYTES = 32
NONCE_BYTES = 12
"""Of GCM. Random nonces may be drawn four billion times before two being the same is worth a thought (NIST SP
800-38D, 8.3)."""

Randomness = Callable[[int], bytes]
"""So many random bytes that nobody can guess, as of `os.urandom`."""


class CannotBeOpened(Exception):  # noqa: N818 - names what is the matter
    """None of the keys has sealed this."""


class Sealer:
    """Seals with the first of its keys, and opens what any of them has sealed."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = tuple(AESGCM(key) for key in keys)

    def seal(self, secret: str, access_key_id: str, random: Randomness) -> SealedSecret:
        """Seal the secret of an access key id."""
        nonce = random(NONCE_BYTES)
        sealed = self._keys[0].encrypt(nonce, secret.encode(), access_key_id.encode())
        return SealedSecret(b64encode(nonce + sealed).decode())

    def open(self, sealed: SealedSecret, access_key_id: str) -> str:
        """Return the secret. Raise CannotBeOpened, also for what was sealed for another id."""
        try:
            raw = b64decode(sealed.text, validate=True)
        except ValueError:
            raise CannotBeOpened from None
        for key in self._keys:
            try:
                return key.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], access_key_id.encode()).decode()
            except (InvalidTag, ValueError):
                continue
        raise CannotBeOpened
