"""The settings of checkpoints: who signs them, and under which name."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.proof.note import is_name
from events.proof.signing_key import NoSigningKey, read_signing_key
from events.vocabulary import AccountId
from service.variables import SettingError, Variables


@dataclass(frozen=True)
class CheckpointSettings:
    """Who signs."""

    origin: str
    """The name of the log, which is the name of its key as well."""
    key: Ed25519PrivateKey | None = None
    """None: the key file of the data directory; over a database nothing is signed then."""


def checkpoint_settings(given: Variables, account: AccountId) -> CheckpointSettings:
    """Read them; raise SettingError."""
    origin = given.text("FLEET_AUDIT_CHECKPOINT_ORIGIN", f"fleet-audit/{account}")
    if not is_name(origin):
        raise SettingError(
            "FLEET_AUDIT_CHECKPOINT_ORIGIN must be a name such as audit.example.com/fleet, without blanks and plus"
            f" signs, and is {origin!r}."
        )
    text = given.secret("FLEET_AUDIT_CHECKPOINT_KEY")
    try:
        return CheckpointSettings(origin, read_signing_key(text) if text else None)
    except NoSigningKey as error:
        raise SettingError(
            "FLEET_AUDIT_CHECKPOINT_KEY must be an Ed25519 key in PEM (PKCS 8, not encrypted), or its 32 bytes in"
            " base64."
        ) from error
