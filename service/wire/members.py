"""The members that several requests share, with the limits of AWS's model (botocore, iot 2015-05-28).

Patterns are AWS's, anchored at both ends because AWS matches the whole value, in the spelling of Rust's regular
expressions, which pydantic uses.
"""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from events.vocabulary import CheckName
from service.wire.request import Structure

RoleArn = Annotated[str, Field(min_length=20, max_length=2048)]
TargetArn = Annotated[str, Field(max_length=2048)]
ScheduledAuditName = Annotated[str, Field(min_length=1, max_length=128, pattern="^[a-zA-Z0-9_-]+$")]
DayOfMonth = Annotated[str, Field(pattern="^([1-9]|[12][0-9]|3[01])$|^LAST$")]
AuditTaskId = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-zA-Z0-9\-]+$")]
FindingId = Annotated[str, Field(min_length=1, max_length=128, pattern="^[a-zA-Z0-9_-]+$")]

AuditCheckNames = Annotated[list[CheckName], Field(min_length=1, fail_fast=True)]
"""At least one, where AWS's model says nothing (docs/choices.md). The first one that is wrong is reported."""

MaxResults = Annotated[int, Field(ge=1, le=250)]

_TAG_KEY = r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$"


def _not_reserved(key: str) -> str:
    if key.lower().startswith("aws:"):
        raise PydanticCustomError("reserved", "Member must not begin with aws:, which is reserved")
    return key


TagKey = Annotated[str, Field(min_length=1, max_length=128, pattern=_TAG_KEY), AfterValidator(_not_reserved)]


TagValue = Annotated[str, Field(max_length=256)]


class Tag(Structure):
    """One tag. AWS writes its members with a capital."""

    key: TagKey = Field(alias="Key")
    value: TagValue | None = Field(default=None, alias="Value")


def _each_key_once(tags: list[Tag]) -> list[Tag]:
    if len({tag.key for tag in tags}) < len(tags):
        raise PydanticCustomError("duplicate_keys", "Member must not have two tags of the same Key")
    return tags


TagList = Annotated[list[Tag], Field(fail_fast=True), AfterValidator(_each_key_once)]


def as_mapping(tags: list[Tag] | None) -> dict[str, str]:
    """Tags by key. A tag without a value has an empty one."""
    return {tag.key: tag.value or "" for tag in tags or ()}


def _whole_number(text: object) -> object:
    """Eighteen digits are far beyond every limit and well within an integer of 64 bits."""
    if isinstance(text, str) and text.isascii() and text.removeprefix("-").isdigit() and len(text) <= 18:
        return int(text)
    return text


def _boolean(text: object) -> object:
    """Lower case only, as every SDK writes it."""
    return {"true": True, "false": False}.get(text, text) if isinstance(text, str) else text


MaxResultsInQuery = Annotated[MaxResults, BeforeValidator(_whole_number)]
BooleanInQuery = Annotated[bool, BeforeValidator(_boolean)]
