"""The whole history of a service, from its stream to the standard output."""

import sys
from collections.abc import Mapping
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import click

from service.cli.json_over_http import PATIENCE, said
from service.cli.signing import signed

PIECE = 64 * 1024


def export_over_http(endpoint_url: str, query: Mapping[str, str], how: str) -> None:
    """Copy it piece by piece; raise ClickException with what the service says, or if it breaks off."""
    url = f"{endpoint_url}/fleet-audit/history/export?{urlencode({**query, 'format': how})}"
    if not url.startswith(("http://", "https://")):
        raise click.ClickException(f"{endpoint_url} is not an http:// or https:// address.")
    request = Request(url, headers=signed("GET", url, {}))  # noqa: S310 - looked at above
    try:
        with urlopen(request, timeout=PATIENCE) as stream:  # noqa: S310
            while piece := stream.read(PIECE):
                sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
    except HTTPError as refusal:
        raise click.ClickException(said(refusal)) from refusal
    except (OSError, HTTPException) as error:
        raise click.ClickException(f"Can't read {url}: {error}.") from error
