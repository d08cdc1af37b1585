"""What it takes to read one kind of an account's resources."""

from collections.abc import Iterator
from enum import Enum, auto
from typing import Any, NamedTuple, Protocol

from workers.aws_account.calls import Calls
from workers.inventory.kinds import Kind

Entry = dict[str, Any]
"""What a listing says of a resource. It has to fit into JSON."""

Detail = dict[str, Any]
"""What only the resource's own description says. It has to fit into JSON."""

WITHHELD = "withheld"
"""The member of a detail that says why some columns could not be read: `{column: reason}`."""


class Listed(NamedTuple):
    """Some resources, by the key under which their details are kept, and where the listing goes on."""

    entries: dict[str, Entry]
    next: str | None


class Details(Enum):
    """How long what a resource's description says stays true."""

    FLEETING = auto()
    """It has to be asked for in every reading."""
    KEPT = auto()
    """For ever: the key tells whether it is known."""
    IN_INVENTORY = auto()
    """For ever, and the inventory itself keeps it: a certificate under its id."""


class Reading(Protocol):
    """Reads one kind. Methods raise Unreadable; whoever calls them keeps what they return."""

    kind: Kind
    details: Details

    def listed(self, calls: Calls, marker: str | None) -> Iterator[Listed]:
        """What there is, piece by piece, from `marker` on."""
        ...

    def detail(self, calls: Calls, entry: Entry) -> Detail:
        """One resource's description, asked for in a thread of the crew. Raise Gone when it was deleted."""
        ...

    def records(self, entry: Entry, detail: Detail) -> list[dict[str, Any]]:
        """The resource as records of the import, the fullest first: the first that can be read counts."""
        ...
