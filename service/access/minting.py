"""New access keys, of the length and the letters of AWS's own, so that every tool takes them."""

from base64 import b32encode, b64encode
from dataclasses import dataclass, field

from service.access.sealing import Randomness

PREFIX = "FAKA"
"""What an access key id begins with: Fleet Audit key, as AWS's begin with AKIA. So the one is never taken for the
other, and who finds one in a file knows whose it is."""


@dataclass(frozen=True, slots=True)
class AccessKey:
    """What a caller signs with."""

    access_key_id: str
    """20 letters and digits, 80 bits of them random."""
    secret: str = field(repr=False)
    """40 characters of base64, 240 random bits."""


def mint(random: Randomness) -> AccessKey:
    """Make an access key that nobody has."""
    return AccessKey(PREFIX + b32encode(random(10)).decode(), b64encode(random(30)).decode())
