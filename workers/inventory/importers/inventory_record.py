"""What is made of a record, or of a file."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from workers.inventory.kinds import Kind


class InventoryRecord(NamedTuple):
    """One resource, ready for the store."""

    kind: Kind
    values: Mapping[str, Any]
    """A value for each of the kind's columns."""
    der: bytes | None = None
    """The certificate that the values are facts of, if the record brought it."""
