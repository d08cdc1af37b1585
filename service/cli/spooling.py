"""A body that is made while it is sent, or, where it is to be signed, before."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from tempfile import SpooledTemporaryFile

from service.cli.environment import has_own_credentials

IN_MEMORY = 8 * 1024 * 1024
"""Bytes; what is longer waits on the disk."""

PIECE = 64 * 1024
"""Bytes that are sent at a time."""


@contextmanager
def spooled(pieces: Iterator[bytes]) -> Iterator[tuple[Iterator[bytes], str | None]]:
    """The same pieces, and the SHA-256 of all of them if that has to be known before the first is sent."""
    if not has_own_credentials():
        yield pieces, None
        return
    digest = sha256()
    with SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
        for piece in pieces:
            spool.write(piece)
            digest.update(piece)
        spool.seek(0)
        yield iter(lambda: spool.read(PIECE), b""), digest.hexdigest()
