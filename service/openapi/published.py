"""The document and its page as they are sent: built when they are first asked for, then kept."""

from collections.abc import Callable
from functools import cached_property
from hashlib import blake2b
from typing import Any

import orjson
from aiohttp import ETag, web

from service.openapi.page import content_security_policy, page


class Published:
    """The document, as JSON and as a page to be read, each with the tag of its content."""

    def __init__(self, build: Callable[[], dict[str, Any]]) -> None:
        self._build = build

    @cached_property
    def document(self) -> dict[str, Any]:
        """The document."""
        return self._build()

    @cached_property
    def as_json(self) -> tuple[bytes, ETag]:
        """The document as JSON."""
        return _tagged(orjson.dumps(self.document))

    @cached_property
    def as_page(self) -> tuple[bytes, ETag]:
        """The document as HTML."""
        return _tagged(page(self.document).encode())

    @cached_property
    def policy_of_page(self) -> str:
        """The `Content-Security-Policy` under which the page works."""
        return content_security_policy()


PUBLISHED = web.AppKey("published", Published)


def _tagged(body: bytes) -> tuple[bytes, ETag]:
    return body, ETag(blake2b(body, digest_size=16).hexdigest())
