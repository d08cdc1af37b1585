"""An answer of the API, as JSON."""

from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web


def json_response(body: Mapping[str, Any], status: int = 200) -> web.Response:
    """Return an answer. Members that are None are left out: the API's answers know no null."""
    return web.Response(body=orjson.dumps(present(body)), status=status, content_type="application/json")


def present(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that have a value."""
    return {name: value for name, value in members.items() if value is not None}
