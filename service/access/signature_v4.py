"""Signature Version 4, verified: pure, and the same work whether or not there is such a key.

The prototype and the traps that it knows come from botocore's signer, which the tests hold it against.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from multidict import MultiMapping

from service.access.authorization import ALGORITHM, TERMINATOR, Authorization, authorization_of
from service.access.canonical_request import canonical_request
from service.access.refusals import IncompleteSignature, InvalidSignature, UnrecognizedClient

SERVICE = "iot"
"""The signing name of AWS IoT. Source: botocore's model."""

LONGEST_SKEW = 300
"""Seconds between the signer's clock and ours. Source: AWS, which allows five minutes."""

MUST_BE_SIGNED = ("x-amz-", "x-fleet-audit-")
"""Headers that begin so change what a request means: one that is there and not signed could be anybody's."""

_TIME = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Signed:
    """A request whose signature says what it must. Whether it is right is the question for who has the key."""

    authorization: Authorization
    time: str
    """When it was signed, YYYYMMDDTHHMMSSZ."""
    body_sha256: str | None
    """What the signer says of the body, 64 hex digits; None: nothing, but the signature is over it anyway."""
    method: str
    target: str
    headers: MultiMapping[str]

    def is_by(self, signing_key: bytes, body_sha256: str) -> bool:
        """Whether this key has signed this request with a body of that digest. It takes the same time if not."""
        claimed = self.authorization
        canonical = canonical_request(self.method, self.target, self.headers, claimed.signed_headers, body_sha256)
        digest = sha256(canonical).hexdigest()
        scope = f"{claimed.date}/{claimed.region}/{claimed.service}/{TERMINATOR}"
        to_sign = f"{ALGORITHM}\n{self.time}\n{scope}\n{digest}"
        return hmac.compare_digest(_hmac(signing_key, to_sign).hex(), claimed.signature)


def examine(method: str, target: str, headers: MultiMapping[str], region: str, now: datetime) -> Signed:
    """Check all that can be checked without a secret. Raise a NotLetIn that says what is wrong.

    `target` is the path and query as they stood on the wire. What is refused here tells nothing of any key.
    """
    claimed = authorization_of(headers, target.partition("?")[2])
    if "X-Amz-Security-Token" in headers:
        raise UnrecognizedClient("The security token included in the request is invalid: there are none here.")
    time = _time(headers, claimed, now)
    if (claimed.region, claimed.service) != (region, SERVICE):
        raise InvalidSignature(f"Credential should be scoped to the region {region} and the service {SERVICE}.")
    _require_signed_headers(headers, claimed)
    return Signed(claimed, time, _body_sha256(headers), method, target, headers)


def signing_key(secret: str, date: str, region: str) -> bytes:
    """The key of a day, a region and our service."""
    key = f"AWS4{secret}".encode()
    for part in (date, region, SERVICE, TERMINATOR):
        key = _hmac(key, part)
    return key


def _time(headers: MultiMapping[str], claimed: Authorization, now: datetime) -> str:
    given = headers.getall("X-Amz-Date", [])
    if len(given) != 1 or not _TIME.fullmatch(given[0]):
        raise IncompleteSignature("Authorization header requires one 'X-Amz-Date' header, YYYYMMDDTHHMMSSZ.")
    time = given[0]
    try:
        seconds = (datetime.fromisoformat(time) - now).total_seconds()
    except ValueError:
        raise IncompleteSignature("The 'X-Amz-Date' header must be a time that there is.") from None
    if time[:8] != claimed.date:
        raise InvalidSignature("Date in Credential scope does not match YYYYMMDD from X-Amz-Date.")
    if abs(seconds) > LONGEST_SKEW:
        wrong = "Signature expired" if seconds < 0 else "Signature not yet current"
        raise InvalidSignature(f"{wrong}: {time} is not within 5 minutes of {now:%Y%m%dT%H%M%SZ}.")
    return time


def _require_signed_headers(headers: MultiMapping[str], claimed: Authorization) -> None:
    names = claimed.signed_headers
    if "host" not in names or "x-amz-date" not in names:
        raise IncompleteSignature("'Host' and 'X-Amz-Date' must be among the SignedHeaders.")
    if not all(name in headers for name in names):
        raise InvalidSignature("A header that is among the SignedHeaders is not there.")
    for name in headers:
        lower = name.lower()
        if lower.startswith(MUST_BE_SIGNED) and lower not in names:
            raise InvalidSignature("There is a header X-Amz-... or X-Fleet-Audit-... that is not signed.")


def _body_sha256(headers: MultiMapping[str]) -> str | None:
    given = headers.getall("X-Amz-Content-SHA256", [])
    if not given:
        return None
    if len(given) > 1 or not _SHA256.fullmatch(given[0]):
        raise IncompleteSignature(
            "X-Amz-Content-SHA256 must be the SHA-256 of the body in hex. A body that is not signed, or signed in "
            "chunks, is not taken here."
        )
    return given[0]


def _hmac(key: bytes, message: str) -> bytes:
    return hmac.digest(key, message.encode("utf-8", "surrogateescape"), "sha256")
