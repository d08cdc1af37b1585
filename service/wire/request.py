"""What a request of the Audit API is made of, before any particular one."""

from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from events.errors import Refusal
from service.wire.answered import Answered

MAX_MAP_ENTRIES = 250
"""Of one map in a body. AWS's model has no limit; each wrong entry costs time to report (docs/choices.md)."""

K = TypeVar("K")
V = TypeVar("V")
E = TypeVar("E")


class Structure(BaseModel):
    """A structure of the API. Members have AWS's names on the wire, and ours in Python.

    Types are strict: a number in quotes is not a number. A member that nobody knows is ignored, as AWS does for
    the sake of newer SDKs. A member that is null is absent.
    """

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, alias_generator=to_camel)


class Request(Structure):
    """The members of one request, whether they came in the path, the query or the body.

    The OpenAPI document is made of these classes: of the members, and of what each says of its answer.
    """

    answer: ClassVar[type[Answered] | None] = None
    """What a request that is carried out is answered with. A test wants every request to say so."""
    refusals: ClassVar[tuple[type[Refusal], ...]] = ()
    """What it can be refused for beside what any request can."""


def _without_nulls(given: Any) -> Any:
    if not isinstance(given, dict):
        return given
    if len(given) > MAX_MAP_ENTRIES:
        raise PydanticCustomError("map_size", f"Member must have at most {MAX_MAP_ENTRIES} entries")
    return {name: value for name, value in given.items() if value is not None}


class _NullIsAbsent:
    """What the schema of a map says of its entries beside what pydantic knows."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        written = handler(schema)
        values = {"anyOf": [written["additionalProperties"], {"type": "null"}]}
        return written | {"additionalProperties": values, "maxProperties": MAX_MAP_ENTRIES}


Map = Annotated[dict[K, V], BeforeValidator(_without_nulls), _NullIsAbsent()]
"""A map; an entry whose value is null is absent."""

Enumerated = Annotated[E, Field(strict=False)]
"""One of an enumeration's values. Strict types would want the Python object, which no wire carries."""
