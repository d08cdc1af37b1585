"""Asks a service something that no AWS tool knows: JSON there and back."""

from hashlib import sha256
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import click
import orjson

from service.cli.signing import signed

PATIENCE = 600.0
"""Seconds in which the service has to answer. Moving a clock by years takes a while."""


def ask(method: str, url: str, body: dict[str, Any] | None = None) -> Any:
    """Return the answer; raise ClickException with what the service says, or why it can't be asked."""
    if not url.startswith(("http://", "https://")):
        raise click.ClickException(f"{url} is not an http:// or https:// address.")
    data = None if body is None else orjson.dumps(body)
    headers = signed(method, url, {"Content-Type": "application/json"}, sha256(data or b"").hexdigest())
    request = Request(url, data, headers, method=method)  # noqa: S310 - looked at above
    try:
        with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            return orjson.loads(answer.read())
    except HTTPError as refusal:
        raise click.ClickException(said(refusal)) from refusal
    except (OSError, ValueError) as error:
        raise click.ClickException(f"Can't ask {url}: {error}.") from error


def said(refusal: HTTPError) -> str:
    """What a service says of why it refused."""
    try:
        return str(orjson.loads(refusal.read())["message"])
    except (OSError, ValueError, LookupError, TypeError):
        return f"{refusal.url} answered {refusal.code} {refusal.reason}."
