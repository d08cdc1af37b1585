"""Signed notes as C2SP specifies them (https://c2sp.org/signed-note), with Ed25519 keys: text, and who signed."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
"""The type of signature, and so of key."""

SIGNED_BY = "— "
"""How the line of a signature begins."""

MOST_SIGNATURES = 64
"""In one note. The specification asks for 16 at least."""

ID_BYTES = 4


class NotSigned(ValueError):  # noqa: N818 - reads as what it is
    """This is no signed note, no key of one, or none of the keys that are trusted has signed it."""


@dataclass(frozen=True)
class VerifierKey:
    """A public key and the name of whoever signs with it."""

    name: str
    public: bytes
    """32 bytes."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a key as `sumdb/note` and others write it, NAME+ID+KEY; raise NotSigned."""
        try:
            name, key_id, encoded = text.strip().split("+", 2)
            kind_and_key = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error) as error:
            raise NotSigned("It has to be NAME+ID+KEY, as `fleet-audit checkpoint key` prints it.") from error
        key = cls(name, kind_and_key[1:])
        if kind_and_key[:1] != ED25519 or len(key.public) != 32:
            raise NotSigned("It is no Ed25519 key of a signed note.")
        if not is_name(name) or key.id.hex() != key_id:
            raise NotSigned("Its name, its id and the key do not belong together.")
        return key

    @property
    def id(self) -> bytes:
        """Four bytes that tell keys apart; they prove nothing."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:ID_BYTES]

    def __str__(self) -> str:
        encoded = base64.b64encode(ED25519 + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{encoded}"

    def has_signed(self, text: str, signature: bytes) -> bool:
        """Whether that is its signature under the text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """A private key and the name under which it signs."""

    name: str
    private: Ed25519PrivateKey

    @property
    def key(self) -> VerifierKey:
        """What others need to verify."""
        return VerifierKey(self.name, self.private.public_key().public_bytes_raw())

    def signed(self, text: str) -> str:
        """The text, which ends in a newline, as a note with its signature."""
        signature = base64.b64encode(self.key.id + self.private.sign(text.encode())).decode()
        return f"{text}\n{SIGNED_BY}{self.name} {signature}\n"


@dataclass(frozen=True)
class Signature:
    """A line under a note, not verified."""

    name: str
    id: bytes
    signature: bytes

    def is_by(self, key: VerifierKey) -> bool:
        """Whether it says to be made with a key."""
        return self.name == key.name and self.id == key.id


@dataclass(frozen=True)
class Note:
    """A text and the signatures under it, not verified."""

    text: str
    signatures: tuple[Signature, ...]

    def signers(self, trusted: Iterable[VerifierKey]) -> list[VerifierKey]:
        """The keys among these that have signed it. Raise NotSigned if a signature of one is wrong."""
        found = []
        for key in trusted:
            for each in self.signatures:
                if each.is_by(key):
                    if not key.has_signed(self.text, each.signature):
                        raise NotSigned(f"The signature of {key.name} ({key.id.hex()}) is wrong.")
                    found.append(key)
        return found


def parse_note(note: str) -> Note:
    """Read a note; raise NotSigned."""
    text, separator, below = note.rpartition("\n\n")
    lines = below.split("\n")
    if not separator or lines.pop() or not 0 < len(lines) <= MOST_SIGNATURES:
        raise NotSigned("It has to be text, an empty line, and lines of signatures.")
    if any(ord(character) < 0x20 and character != "\n" for character in note):
        raise NotSigned("It has a control character.")
    return Note(text + "\n", tuple(_signature(line) for line in lines))


def is_name(name: str) -> bool:
    """Whether a key may have such a name."""
    return bool(name) and "+" not in name and not any(each.isspace() or ord(each) < 0x20 for each in name)


def _signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(SIGNED_BY).partition(" ")
    try:
        decoded = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise NotSigned("A signature is not base64.") from error
    if not line.startswith(SIGNED_BY) or not is_name(name) or len(decoded) <= ID_BYTES:
        raise NotSigned("A line below the text is no signature.")
    return Signature(name, decoded[:ID_BYTES], decoded[ID_BYTES:])
