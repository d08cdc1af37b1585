"""A column that holds a value as JSON text."""

from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class JsonColumn(Generic[T]):
    """Writes values of one type as JSON, and reads them back as that type, enumerations and dataclasses too."""

    def __init__(self, kind: type[T]) -> None:
        self._encode = msgspec.json.Encoder().encode
        self._decoder = msgspec.json.Decoder(kind)

    def write(self, value: T) -> str:
        """Return the text for the column."""
        return self._encode(value).decode()

    def read(self, text: str) -> T:
        """Return the value that was written."""
        return self._decoder.decode(text)
