"""What of an event is its body, compiled for each event class: every field but its place in the log."""

import dataclasses
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar, get_type_hints

import msgspec

from events.event import Event

PLACE = frozenset({"originator_id", "originator_version"})
"""The fields of every event that are columns of the log."""

E = TypeVar("E", bound=Event)

_Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time without its zone would mean another moment on another machine."""


class Body(Generic[E]):
    """Reads the bodies of one event class, checking the type of every field on the way."""

    def __init__(self, event_class: type[E], fields_class: type[Any]) -> None:
        self.event_class = event_class
        self._fields_class = fields_class
        self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(fields_class)

    def read(self, written: bytes) -> dict[str, Any]:
        """Return the fields of a body in JSON; raise a ValueError if it is not one of this class."""
        fields: dict[str, Any] = vars(self._decoder.decode(written))
        return fields

    def convert(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Return the fields of a body that was parsed already; raise a ValueError as `read` does."""
        converted: dict[str, Any] = vars(msgspec.convert(fields, self._fields_class))
        return converted


def body_of(event_class: type[E]) -> Body[E]:
    """Compile the body of an event class.

    msgspec fills a plain dataclass of the same fields in one pass over the JSON, without a tree of dicts between:
    half the time of parsing first and converting then.
    """
    hints = get_type_hints(event_class)
    fields = [
        (each.name, _Moment if hints[each.name] is datetime else hints[each.name], _same_default(each))
        for each in dataclasses.fields(event_class)
        if each.name not in PLACE
    ]
    return Body(event_class, dataclasses.make_dataclass(event_class.__name__, fields, kw_only=True))


def _same_default(field: "dataclasses.Field[Any]") -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return dataclasses.field(default_factory=field.default_factory)
    return dataclasses.field(default=field.default)
