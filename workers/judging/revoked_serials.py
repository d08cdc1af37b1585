"""The serial numbers on a revocation list, in as many bytes each as they have.

A list may hold hundreds of thousands, and a set of numbers would take ten times as much.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

LONGEST_SERIAL_NUMBER = 64
"""Bytes. RFC 5280 allows 20; so many are borne, since every number takes as much as the longest."""


NUMBERS_A_STRETCH = 16


def serial_number_hex(number: int) -> str:
    """The hex digits of a serial number's DER contents without leading zeros, as `normalized` has them."""
    return normalized(number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True).hex())


def normalized(serial_number: str) -> str:
    """One spelling for one serial number, however many zeros lead it."""
    return serial_number.lower().lstrip("0") or "0"


@dataclass(frozen=True)
class RevokedSerials:
    """Which serial numbers a list has."""

    width: int
    """Bytes a number."""
    packed: bytes
    """The numbers in ascending order, each in `width` bytes."""

    @classmethod
    def of(cls, serial_numbers: Iterable[str]) -> "RevokedSerials":
        """Pack normalized serial numbers; ValueError for one longer than LONGEST_SERIAL_NUMBER."""
        numbers = [int(number, 16) for number in serial_numbers]
        width = (max(numbers, default=0).bit_length() + 7) // 8 or 1
        if width > LONGEST_SERIAL_NUMBER:
            raise ValueError(f"a serial number of {width} bytes")
        return cls(width, b"".join(sorted({number.to_bytes(width, "big") for number in numbers})))

    def __len__(self) -> int:
        """How many there are."""
        return len(self.packed) // self.width

    def __contains__(self, serial_number: object) -> bool:
        """Tell whether the list has this serial number, given in hex digits."""
        try:
            wanted = int(str(serial_number), 16).to_bytes(self.width, "big")
        except OverflowError:
            return False
        stretch = NUMBERS_A_STRETCH * self.width
        end = bisect_right(self._first_of_stretches, wanted) * stretch
        at = self.packed.find(wanted, end - stretch, end) if end else -1
        while at >= 0 and at % self.width:  # found are the end of one number and the beginning of the next
            at = self.packed.find(wanted, at + 1, end)
        return at >= 0

    @cached_property
    def _first_of_stretches(self) -> list[bytes]:
        """The first number of each stretch: few enough to take little memory, and `bisect` is fast among them."""
        begins = range(0, len(self.packed), NUMBERS_A_STRETCH * self.width)
        return [self.packed[begin : begin + self.width] for begin in begins]
