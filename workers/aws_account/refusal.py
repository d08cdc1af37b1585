"""Why something of an account could not be read, in words for the message of the checks that need it."""

from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - a name of botocore's
    HTTPClientError,
    NoCredentialsError,
)
from botocore.parsers import ResponseParserError

from events.vocabulary import CheckErrorCode
from workers.aws_account.outcome import Reason

NOT_PERMITTED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "ForbiddenException",
        "NotAuthorizedException",
        "UnauthorizedException",
        "UnauthorizedOperation",
    }
)
CREDENTIALS_REFUSED = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
THROTTLED = frozenset(
    {
        "LimitExceededException",
        "RequestLimitExceeded",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
    }
)
NOT_IMPLEMENTED = frozenset(
    {
        "InvalidAction",
        "NotImplemented",
        "NotImplementedException",
        "UnknownOperation",
        "UnknownOperationException",
        "UnsupportedOperation",
    }
)
GONE = frozenset({"NoSuchEntity", "NoSuchEntityException", "NotConfiguredException", "ResourceNotFoundException"})
"""Also what was never there: logging options that nobody has set."""

LONGEST_QUOTE = 300
"""Characters of what somebody else wrote."""


class Unreadable(Exception):  # noqa: N818 - reads as a state of the account
    """Something of the account can't be read now."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.message)
        self.reason = reason


class Gone(Exception):  # noqa: N818 - reads as a state of the resource
    """A resource was deleted after it was listed."""


def not_permitted(message: str) -> Unreadable:
    """The permission or the source is missing."""
    return Unreadable(Reason(message, CheckErrorCode.INSUFFICIENT_PERMISSIONS))


def unintelligible(called: str, what: str) -> Unreadable:
    """An answer is not what the operation answers."""
    return Unreadable(Reason(f"The endpoint's answer to {called} can't be understood: {what}."))


def explained(called: str, error: ClientError | BotoCoreError | ResponseParserError) -> Exception:
    """What an operation was answered with, or why it was not: Gone, or Unreadable with the action's name."""
    if isinstance(error, ClientError):
        return _refused(called, error.response)
    quoted = quote(error)
    if isinstance(error, ResponseParserError):
        return not_permitted(
            f"The endpoint did not answer {called} as AWS does; it seems not to implement the operation."
        )
    if isinstance(error, NoCredentialsError):
        return not_permitted(f"There are no AWS credentials to call {called} with.")
    if isinstance(error, (HTTPClientError, ConnectionError)):
        return Unreadable(Reason(f"The endpoint could not be reached for {called}: {quoted}"))
    return not_permitted(f"boto3 could not call {called}: {quoted}")


def _refused(called: str, response: Any) -> Exception:
    code = str(response.get("Error", {}).get("Code", ""))
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    said = quote(response.get("Error", {}).get("Message", ""))
    if code in GONE:
        return Gone(code)
    if code in THROTTLED or status == 429:
        return Unreadable(
            Reason(f"The account went on throttling {called} ({code}), however slowly it was called.")
        )
    if code in CREDENTIALS_REFUSED:
        return not_permitted(f"The AWS credentials were refused at {called} ({code}): {said}")
    if code in NOT_PERMITTED or status in (401, 403):
        return not_permitted(f"The permission {called} is missing ({code}): {said}")
    if code in NOT_IMPLEMENTED or status in (404, 405, 501) or (code.isdigit() and status == 500):
        # Without a code of AWS's, botocore puts the status there: so does moto answer what it does not have.
        return not_permitted(f"The endpoint does not implement {called} (it answered HTTP {status}).")
    return Unreadable(Reason(f"The account answered {called} with {code}: {said}"))


def quote(text: object) -> str:
    """Words of somebody else in one line of bearable length, ending in a full stop."""
    line = " ".join(str(text).split())
    if len(line) > LONGEST_QUOTE:
        line = f"{line[:LONGEST_QUOTE]}..."
    return line if line.endswith(".") else f"{line}."
