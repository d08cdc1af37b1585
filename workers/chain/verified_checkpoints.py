"""Reads checkpoints and finds out whether each is signed by somebody trusted, and continues the one before."""

import heapq
from collections.abc import Iterable, Iterator, Sequence

from events.proof.checkpoint import NoCheckpoint, SignedCheckpoint, read_checkpoint
from events.proof.note import NotSigned, VerifierKey
from workers.chain.finding import Findings, Kind
from workers.chain.store import Chain


class VerifiedCheckpoints:
    """Hands on those whose signature is right; tells of the others."""

    def __init__(self, trusted: Sequence[VerifierKey], findings: Findings) -> None:
        self._trusted = trusted
        self._findings = findings
        self.read = 0
        self.valid = 0
        """So far, as signatures go; a root that does not fit takes one away."""
        self.first: SignedCheckpoint | None = None
        self.last: SignedCheckpoint | None = None
        """Of those that the chain has."""

    def both(self, chain: Chain | None, elsewhere: Iterable[SignedCheckpoint]) -> Iterator[SignedCheckpoint]:
        """Those of the chain and those that were kept elsewhere, by their sizes."""
        kept = sorted(elsewhere, key=lambda each: each.says.size)
        of_chain = () if chain is None else self._of_chain(chain)
        return heapq.merge(
            of_chain, (each for each in kept if self._is_valid(each)), key=lambda each: each.says.size
        )

    def invalid(self, text: str) -> None:
        """One that was handed on is wrong."""
        self.valid -= 1
        self._findings.add(Kind.CHECKPOINT_INVALID, text)

    def _of_chain(self, chain: Chain) -> Iterator[SignedCheckpoint]:
        """Those that there are when it begins: the chain may grow while it is read."""
        after, last = -1, chain.last_signed()
        while found := [(size, note) for size, note in chain.notes(after) if size <= last]:
            for size, note in found:
                after = size
                read = self._read(size, note)
                if read is not None:
                    yield read

    def _read(self, size: int, note: str) -> SignedCheckpoint | None:
        try:
            read = read_checkpoint(note)
        except NoCheckpoint:
            self.read += 1
            self._findings.add(Kind.CHECKPOINT_INVALID, f"the one over {size} events can't be read")
            return None
        before, self.last = self.last, read
        self.first = self.first or read
        is_valid = self._is_valid(read)
        wrong = _wrong(size, read, before)
        if wrong and is_valid:
            self.invalid(wrong)
        return read if is_valid and not wrong else None

    def _is_valid(self, checkpoint: SignedCheckpoint) -> bool:
        self.read += 1
        name = f"the checkpoint over {checkpoint.says.size} events"
        try:
            signers = checkpoint.signed.signers(self._trusted)
        except NotSigned as error:
            self._findings.add(Kind.CHECKPOINT_INVALID, f"{name}: {error}")
            return False
        if not signers:
            by = ", ".join(f"{each.name} ({each.id.hex()})" for each in checkpoint.signed.signatures)
            self._findings.add(Kind.OTHER_KEY, f"{name} is signed by {by}, whose key was not given")
            return False
        if all(signer.name != checkpoint.says.origin for signer in signers):
            self._findings.add(Kind.CHECKPOINT_INVALID, f"{name} is of another log: {checkpoint.says.origin}")
            return False
        self.valid += 1
        return True


def _wrong(size: int, read: SignedCheckpoint, before: SignedCheckpoint | None) -> str | None:
    if read.says.size != size:
        return f"the one that is kept for {size} events is over {read.says.size}"
    expected = None if before is None else before.digest
    if read.says.previous == expected:
        return None
    if before is None:
        return f"those before the one over {size} events are gone"
    return f"the one over {size} events does not continue the one over {before.says.size}: one in between is gone"
