"""Import of local files into a service: they are read here and sent there as NDJSON, in one stream."""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from events.vocabulary import AccountId
from service.cli.record_line import record_line
from service.cli.signing import signed
from service.cli.spooling import PIECE, spooled
from workers.inventory.certificate_facts import tolerated_irregularities
from workers.inventory.importers.file_tree import FoundFile, files_under
from workers.inventory.importers.import_paths import Progress
from workers.inventory.importers.import_report import ImportReport
from workers.inventory.importers.read_file import read_file
from workers.inventory.importers.rejection import Rejection, Rejections

PATH = "/fleet-audit/inventory/import"
LONGEST_SILENCE = 600.0
"""Seconds that the service may take to answer after the last byte: it publishes the import then."""


class HttpImportError(Exception):
    """The service could not be reached, or refused. The text says which, for a person."""


def import_over_http(
    endpoint_url: str, account: AccountId, paths: Sequence[Path], *, replace: bool, progress: Progress
) -> ImportReport:
    """Import the files at and under `paths`; what can't be read here is rejected here, and the rest is sent."""
    rejections = Rejections()
    with tolerated_irregularities():
        target = f"{PATH}?replace={'true' if replace else 'false'}"
        answer = post_ndjson(endpoint_url, target, _pieces(_lines(account, paths, rejections, progress)))
    there = [Rejection(each["reason"], endpoint_url, each.get("line")) for each in answer["rejections"]]
    return ImportReport(
        version=answer["inventoryVersion"],
        added=answer["added"],
        changed=answer["changed"],
        unchanged=answer["unchanged"],
        removed=answer["removed"],
        rejected=rejections.count + answer["rejected"],
        rejections=(*rejections.first, *there),
    )


def _lines(
    account: AccountId, paths: Sequence[Path], rejections: Rejections, progress: Progress
) -> Iterator[bytes]:
    total = sum(found.size for found in files_under(paths) if isinstance(found, FoundFile))
    done = 0

    def advance(size: int) -> None:
        nonlocal done
        done += size
        progress(min(done, total), total)

    advance(0)
    for found in files_under(paths):
        for item in [found] if isinstance(found, Rejection) else read_file(found.path, account, advance):
            if isinstance(item, Rejection):
                rejections.add(item)
            else:
                yield record_line(item)


def _pieces(lines: Iterator[bytes]) -> Iterator[bytes]:
    piece = bytearray()
    for line in lines:
        piece += line
        if len(piece) >= PIECE:
            yield bytes(piece)
            piece.clear()
    if piece:
        yield bytes(piece)


def post_ndjson(endpoint_url: str, target: str, pieces: Iterator[bytes]) -> dict[str, Any]:
    """Send a stream to a path of the service at `endpoint_url`, and return its answer. Raise HttpImportError."""
    parts = urlsplit(endpoint_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise HttpImportError(f"{endpoint_url} is not an http:// or https:// address.")
    connection_type = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = connection_type(parts.hostname, parts.port, timeout=LONGEST_SILENCE)
    try:
        path = parts.path.rstrip("/") + target
        # If it stops reading, it has refused, and its answer says why.
        with spooled(pieces) as (body, digest), suppress(BrokenPipeError, ConnectionResetError):
            url = f"{parts.scheme}://{parts.netloc}{path}"
            headers = signed("POST", url, {"Content-Type": "application/x-ndjson"}, digest)
            connection.request("POST", path, body, headers, encode_chunked=True)
        answer = connection.getresponse()
        body = json.loads(answer.read())
    except (OSError, HTTPException, ValueError) as error:
        raise HttpImportError(f"Can't import into {endpoint_url}: {error}.") from error
    finally:
        connection.close()
    if answer.status != 200:
        raise HttpImportError(f"{endpoint_url} refused the import: {body.get('message', answer.reason)}")
    return dict(body)
