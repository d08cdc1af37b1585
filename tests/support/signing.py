"""Requests signed by botocore, at any time: what the verification of signatures is held against."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from botocore.auth import SIGV4_TIMESTAMP, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from multidict import CIMultiDict
from requests import PreparedRequest
from requests.auth import AuthBase

from service.access.minting import AccessKey

NO_HEADERS: Mapping[str, str] = MappingProxyType({})

EXAMPLE = AccessKey("FAKAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


class SignedBy(AuthBase):
    """Lets `requests` sign what it sends."""

    def __init__(self, key: AccessKey) -> None:
        self._key = key

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Add the headers. A body is bytes or none."""
        body = request.body or b""
        raw = body.encode() if isinstance(body, str) else body
        assert isinstance(raw, bytes)
        assert request.method
        assert request.url
        headers = {name: text(value) for name, value in request.headers.items()}
        headers.pop("Authorization", None)
        request.headers.update(
            signed_headers(self._key, datetime.now(UTC), request.method, request.url, raw, headers)
        )
        return request


def text(value: str | bytes) -> str:
    """A header's value."""
    return value.decode("latin-1") if isinstance(value, bytes) else value


def signed_headers(
    key: AccessKey,
    now: datetime,
    method: str,
    url: str,
    body: bytes = b"",
    headers: Mapping[str, str] = NO_HEADERS,
    *,
    region: str = "us-east-1",
    service: str = "iot",
) -> CIMultiDict[str]:
    """The headers that boto3 would send, `Host` among them. `url` is taken as it is, byte for byte."""
    request = AWSRequest(method, url, headers=dict(headers), data=body)
    signer: Any = SigV4Auth(Credentials(key.access_key_id, key.secret), service, region)
    request.context["timestamp"] = now.strftime(SIGV4_TIMESTAMP)
    signer._modify_request_before_signing(request)
    to_sign = signer.string_to_sign(request, signer.canonical_request(request))
    signer._inject_signature_to_request(request, signer.signature(to_sign, request))
    made = CIMultiDict(request.headers.items())
    made.setdefault("Host", url.split("/")[2])
    return made
