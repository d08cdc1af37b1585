"""What findings about roles have in common: the role as a related resource, and the list in their prose."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from events.resource import RelatedResource, Resource
from events.vocabulary import ResourceType
from workers.judging.iot_access import IotAccess

MOST_NAMED = 10
"""Of iot:* and the like a reason names so many actions, and counts the others."""


class IotReason(NamedTuple):
    """Something that a role should not allow of AWS IoT."""

    code: str
    prose: str
    actions: Callable[[IotAccess], list[str]]


BROAD_READS_OF_THINGS = IotReason(
    "ALLOWS_BROAD_ACCESS_TO_IOT_THING_ADMIN_READ_ACTIONS",
    "Role allows broad access to IoT thing admin read actions",
    IotAccess.broad_reads_of_things,
)
NON_THING = IotReason(
    "ALLOWS_ACCESS_TO_IOT_NON_THING_ADMIN_ACTIONS",
    "Role allows access to IoT non-thing admin actions",
    IotAccess.others,
)
WRITES_OF_THINGS = IotReason(
    "ALLOWS_ACCESS_TO_IOT_THING_ADMIN_WRITE_ACTIONS",
    "Role allows access to IoT thing admin write actions",
    IotAccess.writes_of_things,
)
BROAD_DATA_PLANE = IotReason(
    "ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS",
    "Role allows broad access to IoT data plane actions",
    IotAccess.broad_data_plane_actions,
)


def related_role(arn: str) -> RelatedResource:
    """Name a role as what a finding is about besides its resource."""
    return RelatedResource(Resource(ResourceType.IAM_ROLE, {"iamRoleArn": arn}))


def sentence(prose: str, names: Sequence[str]) -> str:
    """Complete the prose, in the form of AWS's published findings on IoT policies."""
    named = ", ".join(names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return f"{prose}: [{named}]." if more <= 0 else f"{prose}: [{named} and {more} more]."
