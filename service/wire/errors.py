"""What every refusal and failure is on the wire, in one table.

Two vocabularies meet here and nowhere else: the domain's refusals, and AWS's errors. What the table does not name
is a fault of ours, and says nothing but that.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from events.errors import (
    AlreadyExists,
    EventTooLarge,
    InvalidRequest,
    LimitExceeded,
    NotFound,
    Refusal,
    StreamConflict,
)
from service.access.host_and_origin import ForeignPage, UnknownHost
from service.access.refusals import (
    AccessDenied,
    IncompleteSignature,
    InvalidSignature,
    MissingAuthenticationToken,
    UnrecognizedClient,
)
from service.access.throttling import Throttled
from service.wire.answer import json_response

logger = logging.getLogger(__name__)

ERROR_TYPE = "x-amzn-ErrorType"

LONGEST_MESSAGE = 1000
"""Characters. A refusal may name what it was asked about, and that may be a megabyte."""


@dataclass(frozen=True)
class ErrorShape:
    """An error as AWS writes it: its name, its HTTP status, and its text where the error brings none."""

    status: int
    name: str
    message: str = ""


INVALID_REQUEST = ErrorShape(400, "InvalidRequestException", "The request could not be read.")
INTERNAL_FAILURE = ErrorShape(500, "InternalFailureException", "An unexpected error has occurred.")

ERRORS: Mapping[type[Exception], ErrorShape] = {
    # What the domain refuses.
    InvalidRequest: INVALID_REQUEST,
    EventTooLarge: INVALID_REQUEST,
    StreamConflict: ErrorShape(
        503, "ServiceUnavailableException", "Others changed the same thing at the same time. Try again."
    ),
    NotFound: ErrorShape(404, "ResourceNotFoundException"),
    AlreadyExists: ErrorShape(409, "ResourceAlreadyExistsException"),
    LimitExceeded: ErrorShape(410, "LimitExceededException"),
    # What the door refuses.
    UnknownHost: ErrorShape(
        403,
        "AccessDeniedException",
        "The service is not known by this host name. FLEET_AUDIT_ALLOWED_HOSTS names those that it has.",
    ),
    ForeignPage: ErrorShape(403, "AccessDeniedException", "Web pages of other sites must not ask."),
    Throttled: ErrorShape(429, "ThrottlingException", "Rate exceeded"),
    # Who is not let in. The names are those of AWS's signing; the status is 403 for all of them.
    MissingAuthenticationToken: ErrorShape(403, "MissingAuthenticationTokenException"),
    IncompleteSignature: ErrorShape(403, "IncompleteSignatureException"),
    InvalidSignature: ErrorShape(403, "InvalidSignatureException"),
    UnrecognizedClient: ErrorShape(403, "UnrecognizedClientException"),
    AccessDenied: ErrorShape(403, "AccessDeniedException"),
    # What never becomes a request of the API. The names are those of AWS's other services.
    web.HTTPBadRequest: INVALID_REQUEST,
    web.RequestPayloadError: INVALID_REQUEST,
    web.HTTPNotFound: ErrorShape(404, "UnknownOperationException", "There is no operation at this path."),
    web.HTTPMethodNotAllowed: ErrorShape(
        405, "MethodNotAllowedException", "The operation at this path has another method."
    ),
    web.HTTPRequestTimeout: ErrorShape(408, "RequestTimeoutException", "The body did not come in time."),
    web.HTTPRequestEntityTooLarge: ErrorShape(
        413, "RequestEntityTooLargeException", "The body must not be larger than 1 MiB."
    ),
    web.HTTPUnsupportedMediaType: ErrorShape(
        415,
        "UnsupportedMediaTypeException",
        "The body must be application/json in UTF-8, compressed if at all with gzip or deflate.",
    ),
    web.HTTPExpectationFailed: ErrorShape(
        417, "ExpectationFailedException", "The only expectation that can be met is 100-continue."
    ),
    web.HTTPServiceUnavailable: ErrorShape(
        503, "ServiceUnavailableException", "There are too many connections. Try again."
    ),
}


def shape_of(error: Exception) -> ErrorShape:
    """Look an error up in the table, by its class or the nearest one above it."""
    return next((ERRORS[kind] for kind in type(error).__mro__ if kind in ERRORS), INTERNAL_FAILURE)


def error_response(error: Exception, request_id: str) -> web.Response:
    """Answer a refusal with its text, and a fault with a fixed one; a fault's detail goes to the log alone."""
    shape = shape_of(error)
    if shape is INTERNAL_FAILURE:
        logger.error("Request %s failed.", request_id, exc_info=error)
    body: dict[str, Any] = {"message": message_of(error, shape)}
    if isinstance(error, AlreadyExists):
        body |= {"resourceId": error.resource_id, "resourceArn": error.resource_arn}
    response = json_response(body, status=shape.status)
    response.headers[ERROR_TYPE] = shape.name
    if isinstance(error, Throttled):
        response.set_status(error.status)
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, web.HTTPMethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(error.allowed_methods))
    return response


def message_of(error: Exception, shape: ErrorShape) -> str:
    """The text of an error, of a bounded length; a fault of ours has none of its own."""
    text = str(error) if isinstance(error, Refusal) and shape is not INTERNAL_FAILURE else shape.message
    return text if len(text) <= LONGEST_MESSAGE else f"{text[:LONGEST_MESSAGE]}..."
