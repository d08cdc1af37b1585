"""Columns of values as PostgreSQL's arrays in their binary form.

psycopg writes arrays of texts as text, and looks through each value for what is to be quoted. For a batch of
findings that takes longer than everything else that is done with it.
"""

import struct
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format

_HEADER = struct.Struct(">iiIii")
_LENGTH = struct.Struct(">i").pack
_BIGINT = struct.Struct(">iq").pack
_NULL = _LENGTH(-1)
_SIXTEEN = _LENGTH(16)


class Texts(list[str | None]):
    """The values of a column of texts."""


class Bigints(list[int | None]):
    """The values of a column of whole numbers, or of flags."""


class Octets(list[bytes | None]):
    """The values of a column of octets."""


class Uuids(list[UUID]):
    """The values of a column of identifiers."""


class _UuidsDumper(Dumper):
    format = Format.BINARY
    oid = 2951

    def dump(self, obj: Sequence[UUID]) -> bytes:
        return _array(2950, len(obj), [_SIXTEEN + each.bytes for each in obj])


class _TextsDumper(Dumper):
    format = Format.BINARY
    oid = 1009

    def dump(self, obj: Sequence[str | None]) -> bytes:
        return _array(25, len(obj), _measured(None if each is None else each.encode() for each in obj))


class _OctetsDumper(Dumper):
    format = Format.BINARY
    oid = 1001

    def dump(self, obj: Sequence[bytes | None]) -> bytes:
        return _array(17, len(obj), _measured(obj))


class _BigintsDumper(Dumper):
    format = Format.BINARY
    oid = 1016

    def dump(self, obj: Sequence[int | None]) -> bytes:
        return _array(20, len(obj), [_NULL if each is None else _BIGINT(8, each) for each in obj])


COLUMN_TYPES: dict[int, tuple[str, Callable[[Iterable[Any]], list[Any]]]] = {
    17: ("bytea", Octets),
    20: ("bigint", Bigints),
    23: ("bigint", Bigints),
    25: ("text", Texts),
}
"""By the object identifiers of our columns' types: what their values are sent as."""


def register(connection: psycopg.Connection[Any]) -> None:
    """Let a connection take such arrays as parameters."""
    for column, dumper in (
        (Texts, _TextsDumper),
        (Bigints, _BigintsDumper),
        (Octets, _OctetsDumper),
        (Uuids, _UuidsDumper),
    ):
        connection.adapters.register_dumper(column, dumper)


def _array(element: int, length: int, parts: Iterable[bytes]) -> bytes:
    return _HEADER.pack(1, 1, element, length, 1) + b"".join(parts)


def _measured(values: Iterable[bytes | None]) -> Iterable[bytes]:
    for each in values:
        if each is None:
            yield _NULL
        else:
            yield _LENGTH(len(each))
            yield each
