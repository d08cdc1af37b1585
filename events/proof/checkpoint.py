"""Checkpoints: how large the tree was and what its root, signed. In C2SP's format (https://c2sp.org/tlog-checkpoint).

Below origin, size and root come three extension lines of ours: `position` of the last event in the tree, `time` of
the signing, and `previous`, the SHA-256 of the text of the checkpoint before, which the first one has not.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from events.proof.merkle import HASH_BYTES
from events.proof.note import SIGNED_BY, Note, NotSigned, Signer, parse_note

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class NoCheckpoint(ValueError):  # noqa: N818 - reads as what it is
    """This is no checkpoint, or not one of Fleet Audit's."""


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint says."""

    origin: str
    """The name of the log."""
    size: int
    """How many events are in the tree."""
    root: bytes
    position: int | None
    """Of the last of them. None of these three in a checkpoint of another kind of log."""
    time: datetime | None
    previous: bytes | None
    """The digest of the checkpoint before."""

    @property
    def text(self) -> str:
        """What is signed."""
        lines = [self.origin, str(self.size), _encoded(self.root)]
        if self.position is not None:
            lines.append(f"position {self.position}")
        if self.time is not None:
            lines.append(f"time {self.time.isoformat(timespec='milliseconds').replace('+00:00', 'Z')}")
        if self.previous is not None:
            lines.append(f"previous {_encoded(self.previous)}")
        return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class SignedCheckpoint:
    """A checkpoint as it was read, signatures not verified."""

    note: str
    """All of it, as it was signed."""
    signed: Note
    says: Checkpoint

    @property
    def digest(self) -> bytes:
        """What the next one has as `previous`: of the text, so that a witness may add his signature."""
        return sha256(self.signed.text.encode()).digest()


def sign(checkpoint: Checkpoint, signer: Signer) -> SignedCheckpoint:
    """The checkpoint, signed."""
    return read_checkpoint(signer.signed(checkpoint.text))


def read_checkpoint(note: str) -> SignedCheckpoint:
    """Read a checkpoint; raise NoCheckpoint."""
    try:
        signed = parse_note(note)
        origin, size, root, *extensions = signed.text.removesuffix("\n").split("\n")
        said = dict(line.split(" ", 1) for line in extensions if " " in line)
        if not origin or not _SIZE.fullmatch(size) or "" in extensions:
            raise NoCheckpoint("Origin, size or root are not as they have to be.")
        says = Checkpoint(
            origin,
            int(size),
            _decoded(root),
            int(said["position"]) if "position" in said else None,
            datetime.fromisoformat(said["time"]) if "time" in said else None,
            _decoded(said["previous"]) if "previous" in said else None,
        )
    except (NotSigned, ValueError, binascii.Error) as error:
        raise NoCheckpoint(f"This is no checkpoint: {error}") from error
    return SignedCheckpoint(note, signed, says)


def read_checkpoints(text: str) -> Iterator[SignedCheckpoint]:
    """Read one or more checkpoints, one after the other as `fleet-audit checkpoint export --all` writes them.

    Raise NoCheckpoint.
    """
    note: list[str] = []
    for line in text.splitlines(keepends=True):
        if note and note[-1].startswith(SIGNED_BY) and not line.startswith(SIGNED_BY):
            yield read_checkpoint("".join(note))
            note = []
        if note or line.strip():
            note.append(line)
    if note:
        yield read_checkpoint("".join(note))


def _encoded(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def _decoded(text: str) -> bytes:
    digest = base64.b64decode(text, validate=True)
    if len(digest) != HASH_BYTES:
        raise NoCheckpoint("A hash has 32 bytes.")
    return digest
