"""A file of whatever format, told by its contents and not by its name."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

from events.vocabulary import AccountId
from workers.inventory.importers.certificate_files import read_der, read_pem
from workers.inventory.importers.file_tree import CHUNK, chunks_of, printable, reason_of
from workers.inventory.importers.inventory_record import InventoryRecord
from workers.inventory.importers.lines import numbered_lines
from workers.inventory.importers.ndjson import BYTE_ORDER_MARK, read_ndjson
from workers.inventory.importers.rejection import Rejection

LONGEST_DER_FILE = 16 * 1024 * 1024
"""Bytes: a DER file is read as a whole. A PKCS#7 structure of this size holds some ten thousand certificates."""

SEQUENCE, LONG_LENGTH = b"\x30", b"\x80"
"""How DER begins. No text in ASCII has a second byte like this."""

PEM_BOUNDARY = b"-----BEGIN "


def read_file(
    path: Path, account: AccountId, on_bytes: Callable[[int], None]
) -> Iterator[InventoryRecord | Rejection]:
    """The records of a file, and a rejection with its path for each part that is none.

    `on_bytes` is told how many bytes were read, again and again.
    """
    try:
        chunks = _counted(chunks_of(path), on_bytes)
        head = next(chunks, b"")
        for item in _read(head, chain([head], chunks), account):
            yield replace(item, path=printable(path)) if isinstance(item, Rejection) else item
    except OSError as error:
        yield Rejection(reason_of(error), path=printable(path))


def _read(head: bytes, chunks: Iterable[bytes], account: AccountId) -> Iterator[InventoryRecord | Rejection]:
    begins = head.removeprefix(BYTE_ORDER_MARK).lstrip()[:1]
    if begins in (b"{", b"["):
        return read_ndjson(numbered_lines(chunks), account)
    if head[:1] == SEQUENCE and head[1:2] >= LONG_LENGTH:
        return _read_der(chunks)
    if PEM_BOUNDARY in head:
        return read_pem(numbered_lines(chunks))
    if not begins:
        return iter([Rejection("empty")])
    return iter([Rejection(f"neither PEM (within its first {CHUNK:,} bytes), DER, PKCS#7 nor NDJSON")])


def _read_der(chunks: Iterable[bytes]) -> Iterator[InventoryRecord | Rejection]:
    der = bytearray()
    for chunk in chunks:
        der += chunk
        if len(der) > LONGEST_DER_FILE:
            return iter([Rejection(f"a DER file longer than {LONGEST_DER_FILE:,} bytes")])
    return read_der(bytes(der))


def _counted(chunks: Iterable[bytes], on_bytes: Callable[[int], None]) -> Iterator[bytes]:
    for chunk in chunks:
        on_bytes(len(chunk))
        yield chunk
