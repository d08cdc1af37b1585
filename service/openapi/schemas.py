"""JSON Schemas of the models, all in one go, so that each structure is in the document once."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import core_schema

from service.wire.request import Request

Schema = dict[str, Any]


class ApiJsonSchema(GenerateJsonSchema):
    """What the API writes beside what pydantic knows: an absent member has no default, no answer has a null."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """A member that a request may set to null, to say that it is absent; an answer leaves it out."""
        if self.mode == "serialization":
            return self.generate_inner(schema["schema"])
        return super().nullable_schema(schema)

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """A member that may be absent. That None stands for it then is our own business."""
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - a title would repeat the name
        """No titles: a member has a name."""
        return False


def schemas(
    requests: Iterable[type[Request]], answers: Iterable[type[BaseModel]]
) -> tuple[dict[type[Request], Schema], dict[str, Schema]]:
    """Return each request's schema, and the components: the answers, and what any of these refer to.

    A request's is written out, because its members are dealt out to path, query and body.
    """
    wanted: list[tuple[type[BaseModel], JsonSchemaMode, TypeAdapter[Any]]] = [
        *((each, "validation", TypeAdapter(each)) for each in dict.fromkeys(requests)),
        *((each, "serialization", TypeAdapter(each)) for each in dict.fromkeys(answers)),
    ]
    of_models, shared = TypeAdapter.json_schemas(
        wanted,
        ref_template="#/components/schemas/{model}",
        schema_generator=ApiJsonSchema,
    )
    components: dict[str, Schema] = {name: _untitled(each) for name, each in shared["$defs"].items()}
    written: dict[type[Request], Schema] = {}
    for kind, mode, _ in wanted:
        if issubclass(kind, Request):
            schema = _untitled(of_models[kind, mode])
            written[kind] = components.pop(schema["$ref"].rpartition("/")[2]) if "$ref" in schema else schema
    return written, components


def _untitled(schema: Schema) -> Schema:
    return {name: value for name, value in schema.items() if name != "title"}
