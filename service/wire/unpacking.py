"""A body as its sender had it before it was compressed.

Not by aiohttp, which takes a gzip body that was cut off for a whole one. A signature is over the bytes that were
sent, as SigV4 has it, so those are what admission looks at; this comes after it.
"""

import zlib
from collections.abc import Iterable, Iterator

from aiohttp import hdrs, web

from events.errors import InvalidRequest

PLAIN = "identity"
ENCODINGS = frozenset({"gzip", "deflate", PLAIN})
"""What a body may be encoded with, once."""

PIECE = 256 * 1024
"""Bytes that are unpacked at a time, at most."""

STEP = 4 * 1024
"""Packed bytes that are looked at together. What follows the end of a part is copied each time a part ends, and a
hostile body has an end every 20 bytes."""

_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
"""The format, as zlib wants to be told."""

_ZLIB_METHOD = 8
"""The low half of the first byte of a zlib stream (RFC 1950), which is what `deflate` ought to mean."""


def encoding_of(request: web.Request) -> str:
    """How a request says that its body is encoded: one of ENCODINGS, or what the door does not let in."""
    return request.headers.get(hdrs.CONTENT_ENCODING, PLAIN).lower()


def unpacked(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Yield what a body of one of ENCODINGS stands for, in pieces of PIECE bytes at most; a plain one as it comes.

    gzip may have several parts, one after the other; deflate is with the header of zlib or without. Raise
    InvalidRequest where it is damaged, goes on after its end, or ends before it: what was yielded is worth nothing
    then.
    """
    if encoding == PLAIN:
        yield from pieces
        return
    part: zlib._Decompress | None = None
    for piece in pieces:
        for start in range(0, len(piece), STEP):
            rest = piece[start : start + STEP]
            while rest:
                if part is None or (part.eof and encoding == "gzip"):
                    part = zlib.decompressobj(_format(encoding, rest[0]))
                elif part.eof:
                    raise InvalidRequest(f"The body goes on after the end of its {encoding} encoding.")
                yield from _made_of(part, rest, encoding)
                rest = part.unused_data
    if part is None or not part.eof:
        raise InvalidRequest(f"The body ends before its {encoding} encoding does.")


def _format(encoding: str, first: int) -> int:
    if encoding == "gzip":
        return _GZIP
    return _ZLIB if first & 0xF == _ZLIB_METHOD else _RAW


def _made_of(part: "zlib._Decompress", packed: bytes, encoding: str) -> Iterator[bytes]:
    """Yield what a part makes of some bytes, until it has dealt with all of them or come to its own end."""
    written = b""
    while packed or len(written) == PIECE:  # a piece that is full may have left something inside
        try:
            written = part.decompress(packed, PIECE)
        except zlib.error:
            raise InvalidRequest(f"The body is not {encoding}, as its Content-Encoding says.") from None
        if written:
            yield written
        packed = b"" if part.eof else part.unconsumed_tail
