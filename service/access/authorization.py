"""The `Authorization` header of Signature Version 4, taken apart.

Source: AWS, "Create a signed AWS API request". https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
"""

import re
from dataclasses import dataclass

from multidict import MultiMapping

from service.access.refusals import IncompleteSignature, MissingAuthenticationToken

ALGORITHM = "AWS4-HMAC-SHA256"
TERMINATOR = "aws4_request"

_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} "
    r"Credential=(?P<key>[A-Za-z0-9_]{1,128})/(?P<date>[0-9]{8})/(?P<region>[^/,\s]{1,64})/(?P<service>[^/,\s]{1,64})"
    rf"/{TERMINATOR}, "
    r"SignedHeaders=(?P<headers>[a-z0-9!#$%&'*+.^_`|~;-]{1,4096}), "
    r"Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True)
class Authorization:
    """Who claims to have signed what."""

    access_key_id: str
    date: str
    """YYYYMMDD."""
    region: str
    service: str
    signed_headers: tuple[str, ...]
    """Their names in lower case, sorted, each once."""
    signature: str
    """64 hex digits."""


def authorization_of(headers: MultiMapping[str], query: str) -> Authorization:
    """Read the header. Raise MissingAuthenticationToken or IncompleteSignature, with what is wrong."""
    given = headers.getall("Authorization", [])
    if "X-Amz-Algorithm=" in query or "X-Amz-Signature=" in query:
        raise IncompleteSignature("Presigned URLs are not taken here. Sign in the Authorization header.")
    if not given:
        raise MissingAuthenticationToken(
            f"Missing Authentication Token. Requests are signed with {ALGORITHM} in the Authorization header."
        )
    if len(given) > 1:
        raise IncompleteSignature("There must be one Authorization header.")
    found = _AUTHORIZATION.fullmatch(given[0])
    if found is None:
        raise IncompleteSignature(_why(given[0]))
    names = tuple(found["headers"].split(";"))
    if list(names) != sorted(set(names)):
        raise IncompleteSignature("SignedHeaders must be sorted, and name each header once.")
    return Authorization(found["key"], found["date"], found["region"], found["service"], names, found["signature"])


def _why(given: str) -> str:
    """What is wrong, in words that repeat nothing of what was given."""
    if given.startswith("AWS4-ECDSA-P256-SHA256"):
        return f"Signatures of Version 4a are not taken here. Sign with {ALGORITHM}."
    if not given.startswith(ALGORITHM):
        return f"The Authorization header must be of the algorithm {ALGORITHM}."
    for part in ("Credential", "SignedHeaders", "Signature"):
        if f"{part}=" not in given:
            return f"Authorization header requires '{part}' parameter."
    return (
        "Authorization header must read: "
        f"{ALGORITHM} Credential=KEY/YYYYMMDD/REGION/iot/{TERMINATOR}, SignedHeaders=..., Signature=..."
    )
