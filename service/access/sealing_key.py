"""The key under which secrets are sealed: from a variable, or a file that is made in the data directory."""

import os
from base64 import b64decode, b64encode
from contextlib import suppress
from pathlib import Path

from service.access.sealing import KEY_BYTES, Randomness, Sealer
from service.variables import SettingError, Variables

NAME = "FLEET_AUDIT_CREDENTIALS_KEY"

FILE = "credentials.key"
"""In the data directory."""


class SealingKeyError(Exception):
    """There is no key. The text says what to do, for a person."""


def sealing_keys(given: Variables) -> tuple[bytes, ...]:
    """The keys of `FLEET_AUDIT_CREDENTIALS_KEY`, or of the file that it names with `_FILE` behind it.

    The first one seals. Those after it, behind commas, are older, and still open what they have sealed.
    """
    text = given.secret(NAME)
    return _keys(text, NAME) if text else ()


def sealer(keys: tuple[bytes, ...], directory: Path | None) -> Sealer | None:
    """What opens secrets; None where there is no key, as there is none before the first credential.

    `directory` is the data directory, None where a database is used instead. Raise SealingKeyError for a key file
    that can't be used.
    """
    if keys:
        return Sealer(keys)
    if directory is None or not (directory / FILE).exists():
        return None
    return Sealer(_read(directory / FILE))


def sealer_to_seal(keys: tuple[bytes, ...], directory: Path | None, random: Randomness) -> Sealer:
    """What seals secrets; the data directory's key is made, unless it is there. Raise SealingKeyError."""
    if directory is not None and not keys:
        _make(directory / FILE, random)
    found = sealer(keys, directory)
    if found is None:
        raise SealingKeyError(
            f"With a database, {NAME} or {NAME}_FILE must be given, the same to every process: 32 random bytes in "
            "base64, as `openssl rand -base64 32` prints them. Secrets are sealed under it: keep it apart "
            "from the database, and do not lose it."
        )
    return found


def _make(path: Path, random: Randomness) -> None:
    """Put a new key there at once and whole, for its owner's eyes only. Of two that try, one does."""
    if path.exists():
        return
    draft = path.with_name(f"{path.name}.{random(8).hex()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file:  # noqa: PTH123 - it is open already
            file.write(b64encode(random(KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    except OSError as error:
        raise SealingKeyError(f"The key {path} can't be made: {error.strerror}.") from error


def _read(path: Path) -> tuple[bytes, ...]:
    try:
        return _keys(path.read_text(encoding="ascii"), str(path))
    except (OSError, UnicodeDecodeError, SettingError) as error:
        raise SealingKeyError(f"The key in {path} can't be used: {error}") from error


def _keys(text: str, name: str) -> tuple[bytes, ...]:
    keys = []
    for each in text.split(","):
        try:
            key = b64decode(each.strip(), validate=True)
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            raise SettingError(
                f"{name} must be {KEY_BYTES} random bytes in base64, as `openssl rand -base64 32` prints them."
            )
        keys.append(key)
    return tuple(keys)
