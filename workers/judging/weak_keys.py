"""The operator's list of keys that Debian's broken OpenSSL could make (CVE-2008-0166)."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property
from hashlib import sha256
from itertools import groupby
from typing import Protocol

LOW_BITS = 16
"""A fingerprint has 80 bits: 64 that machine words can hold and sort, and these."""


class WeakKeys(Protocol):
    """Tells whether a modulus is on the list."""

    def __contains__(self, modulus_fingerprint: object) -> bool:
        """Tell whether the list has this fingerprint (20 lower-case hex digits)."""
        ...

    @property
    def digest(self) -> str:
        """The SHA-256 of what is on the list, in hex digits, whatever its order was."""
        ...


class FingerprintList:
    """Fingerprints in ten bytes each: a set of texts would take ten times as much for Debian's lists.

    Implements WeakKeys.
    """

    def __init__(self, fingerprints: Iterable[int]) -> None:
        """Sort the fingerprints, each a number of 80 bits."""
        ordered = sorted(fingerprints)
        self._high = array("Q", (number >> LOW_BITS for number in ordered))
        self._low = array("H", (number & (1 << LOW_BITS) - 1 for number in ordered))

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the fingerprints, ten bytes each, in their order and each once."""
        digest = sha256()
        for (high, low), _ in groupby(zip(self._high, self._low, strict=True)):
            digest.update((high << LOW_BITS | low).to_bytes(10, "big"))
        return digest.hexdigest()

    def __len__(self) -> int:
        """Count the fingerprints, repeated ones too."""
        return len(self._high)

    def __contains__(self, modulus_fingerprint: object) -> bool:
        """Tell whether the list has this fingerprint (20 hex digits)."""
        number = int(str(modulus_fingerprint), 16)
        high, low = number >> LOW_BITS, number & (1 << LOW_BITS) - 1
        position = bisect_left(self._high, high)
        while position < len(self._high) and self._high[position] == high:
            if self._low[position] == low:
                return True
            position += 1
        return False
