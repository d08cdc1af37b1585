"""Proofs that need nothing but a public key: of one event, and that one checkpoint continues another.

The first is a C2SP tlog-proof (https://c2sp.org/tlog-proof), whose extra data is the event itself; the second has
the form of what a witness is told (https://c2sp.org/tlog-witness, add-checkpoint).
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

from events.proof.checkpoint import NoCheckpoint, SignedCheckpoint, read_checkpoint
from events.proof.leaf import LeafEvent, NoLeaf, read_leaf
from events.proof.merkle import is_consistent, leaf_hash, root_of_inclusion

FORMAT = "c2sp.org/tlog-proof@v1"


class NoProof(ValueError):  # noqa: N818 - reads as what it is
    """This is no proof, or it proves nothing. The text says why."""


@dataclass(frozen=True)
class EventProof:
    """An event, and why it is in the tree of a checkpoint."""

    leaf: bytes
    index: int
    path: Sequence[bytes]
    checkpoint: SignedCheckpoint

    def __str__(self) -> str:
        lines = [FORMAT, f"extra {_encoded(self.leaf)}", f"index {self.index}", *map(_encoded, self.path)]
        return "\n".join(lines) + "\n\n" + self.checkpoint.note

    def event(self) -> LeafEvent:
        """The event, once the proof holds; raise NoProof. Who signed the checkpoint is another question."""
        says = self.checkpoint.says
        if root_of_inclusion(leaf_hash(self.leaf), self.index, says.size, self.path) != says.root:
            raise NoProof("The event is not in the tree of the checkpoint, or not where the proof says.")
        try:
            return read_leaf(self.leaf)
        except NoLeaf as error:
            raise NoProof(str(error)) from error


@dataclass(frozen=True)
class ConsistencyProof:
    """Why the tree of an earlier checkpoint is the beginning of that of a later one."""

    old_size: int
    path: Sequence[bytes]
    checkpoint: SignedCheckpoint

    def __str__(self) -> str:
        return "\n".join([f"old {self.old_size}", *map(_encoded, self.path)]) + "\n\n" + self.checkpoint.note

    def require_continues(self, old: SignedCheckpoint) -> None:
        """Raise NoProof unless the later tree continues the one of this earlier checkpoint."""
        new = self.checkpoint.says
        if old.says.size != self.old_size:
            raise NoProof(f"The proof is about a checkpoint of {self.old_size} events, not of {old.says.size}.")
        if not is_consistent(old.says.size, old.says.root, new.size, new.root, self.path):
            raise NoProof("The later tree does not continue the earlier one.")


def read_proof(text: str) -> EventProof | ConsistencyProof:
    """Read a proof of either kind; raise NoProof."""
    head, separator, note = text.partition("\n\n")
    if not separator:
        raise NoProof("It has to be a proof, an empty line and a checkpoint.")
    try:
        checkpoint = read_checkpoint(note)
        first, *lines = head.split("\n")
        if first.startswith("old "):
            return ConsistencyProof(int(first.removeprefix("old ")), _path(lines), checkpoint)
        if first != FORMAT or not lines[0].startswith("extra ") or not lines[1].startswith("index "):
            raise NoProof(f"It has to begin with {FORMAT}, extra and index, or with old.")
        leaf, index = lines[0].removeprefix("extra "), lines[1].removeprefix("index ")
        return EventProof(base64.b64decode(leaf, validate=True), int(index), _path(lines[2:]), checkpoint)
    except (NoCheckpoint, ValueError, IndexError, binascii.Error) as error:
        raise NoProof(str(error)) from error


def _path(lines: Sequence[str]) -> list[bytes]:
    return [base64.b64decode(line, validate=True) for line in lines]


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()
