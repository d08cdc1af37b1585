"""Lines of a stream that comes in chunks of any size, in bounded memory."""

from collections.abc import Iterable, Iterator

LONGEST_LINE = 1024 * 1024
"""Bytes. A policy document has at most 404,600 characters (AWS's model), and JSON may double some of them."""


def numbered_lines(chunks: Iterable[bytes], longest: int = LONGEST_LINE) -> Iterator[tuple[int, bytes | None]]:
    """Each line without its end, and its number from 1; None instead of one that is longer than `longest`."""
    number = 1
    held: list[bytes] = []
    size = 0
    for chunk in chunks:
        first, *others = chunk.split(b"\n")
        held.append(first)
        size += len(first)
        if size > longest:
            held.clear()
        for following in others:
            yield number, b"".join(held) if size <= longest else None
            number += 1
            held, size = [following], len(following)
    if size:
        yield number, b"".join(held) if size <= longest else None
