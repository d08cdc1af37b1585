"""The document of this service: of every route that it has."""

import inspect
from typing import Any

from service.as_of.scopes import OPERATIONS as OF_THE_PAST
from service.openapi.document import Row, document
from service.routes import EXTENSIONS, OPERATIONS, Operation, routes


def service_document(throttling_status: int) -> dict[str, Any]:
    """Return the OpenAPI document; `throttling_status` is that of the settings."""
    rows = [
        *(_row(each, is_of_aws=True) for each in OPERATIONS),
        *(_row(each, is_of_aws=False) for each in EXTENSIONS),
    ]
    return document(rows, routes(), throttling_status)


def _row(operation: Operation, *, is_of_aws: bool) -> Row:
    says = inspect.getdoc(operation.handler) or ""
    return Row(operation.method, operation.path, operation.request, says, is_of_aws, operation.name in OF_THE_PAST)
