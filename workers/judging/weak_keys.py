"""The operator's list of keys that Debian's broken OpenSSL could make (CVE-2008-0166)."""

from typing import Protocol


class WeakKeys(Protocol):
    """Tells whether a modulus is on the list."""

    def __contains__(self, modulus_fingerprint: object) -> bool:
        """Tell whether the list has this fingerprint (20 lower-case hex digits)."""
        ...
