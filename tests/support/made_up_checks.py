"""Checks of made-up things, which say what the things' names ask for."""

from collections.abc import Iterable, Iterator

from events.resource import NonCompliance, Resource
from events.vocabulary import CheckName, ResourceType, Severity
from workers.checks.check import Check, Circumstances, NotJudged
from workers.inventory.kinds import Examines, Kind
from workers.inventory.rows import Row

THINGS = Kind(
    table="things", resource_type="THING", called="things", key="name", columns={"name": "TEXT NOT NULL"}
)
EXAMINES = Examines(THINGS, ("name",))

UNREADABLE = NotJudged("things that can't be read")


class Crash(Exception):  # noqa: N818 - what happens, not what is reported
    """What is wrong inside a check, in words that are nobody's business: /secret/path."""


def thing(name: str) -> NonCompliance:
    """The finding about one thing."""
    resource = Resource(ResourceType.CLIENT_ID, {"clientId": name})
    return NonCompliance(resource, "BAD_NAME", "The name is bad.", {"name": name})


def judge_by_name(rows: Iterable[Row], circumstances: Circumstances) -> Iterator[NonCompliance | NotJudged]:
    """`bad...` is found, `unreadable...` can't be judged, `crash...` is an error in the check."""
    for (name,) in rows:
        if name.startswith("bad"):
            yield thing(name)
        elif name.startswith("unreadable"):
            yield UNREADABLE
        elif name.startswith("crash"):
            raise Crash("/secret/path")


NAMES_CHECK = Check(CheckName("NAMES_CHECK"), Severity.HIGH, EXAMINES, judge_by_name, version=3)
"""Finds things with bad names."""

OTHER_NAMES_CHECK = Check(CheckName("OTHER_NAMES_CHECK"), Severity.LOW, EXAMINES, judge_by_name)
"""Finds the same things."""

NOTICING_CHECK = Check(
    CheckName("NOTICING_CHECK"),
    Severity.LOW,
    EXAMINES,
    judge_by_name,
    notices=lambda circumstances: [f"In {circumstances.region} one half was not examined."],
)
"""Has something to say about itself."""

REGISTRY = {check.name: check for check in (NAMES_CHECK, OTHER_NAMES_CHECK, NOTICING_CHECK)}
