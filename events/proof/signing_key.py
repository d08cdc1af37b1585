"""The key that signs checkpoints: an Ed25519 key in PEM (PKCS 8), or its 32 bytes in base64."""

import base64
import binascii
import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from events.errors import StoreUnavailable


class NoSigningKey(ValueError):  # noqa: N818 - reads as what it is
    """This is no Ed25519 key."""


def read_signing_key(text: str) -> Ed25519PrivateKey:
    """Read a key; raise NoSigningKey, whose text has nothing of it."""
    try:
        if not text.startswith("-----BEGIN"):
            return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text, validate=True))
        key = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError, binascii.Error, UnsupportedAlgorithm) as error:
        raise NoSigningKey("no key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise NoSigningKey("a key of another kind")
    return key


def pem_of(key: Ed25519PrivateKey) -> str:
    """The key as a PEM file has it, not encrypted."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def key_in_file(path: Path) -> Ed25519PrivateKey:
    """The key of a file, which is made, for its owner's eyes only, if it is not there.

    Of two processes that make one, both get the one that is there in the end. Raise StoreUnavailable.
    """
    try:
        if not path.exists():
            _make(path)
        return read_signing_key(path.read_text().strip())
    except (OSError, UnicodeDecodeError, NoSigningKey) as error:
        raise StoreUnavailable(f"{path.name} has no key that could sign checkpoints: {error}") from error


def _make(path: Path) -> None:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(pem_of(Ed25519PrivateKey.generate()))
            file.flush()
            os.fsync(descriptor)
        try:
            os.link(unfinished, path)
        except FileExistsError:
            return
    finally:
        unfinished.unlink(missing_ok=True)
