"""The canonical form of a request, over which Signature Version 4 is made.

As for every service but S3: the path is encoded once more than on the wire, `//`, `/./` and `/../` are resolved in
it, and the query is taken as it was sent, sorted by name and then by value. The one who has signed did the same.
"""

from collections.abc import Iterable
from urllib.parse import quote

from multidict import MultiMapping


def canonical_request(
    method: str, target: str, headers: MultiMapping[str], signed_headers: Iterable[str], body_sha256: str
) -> bytes:
    """The canonical form. `target` is the path and query byte for byte as they stood on the wire.

    Bytes that are no UTF-8 stand in the texts as aiohttp has them there: as lone surrogates.
    """
    path, _, query = target.partition("?")
    names = tuple(signed_headers)
    lines = [method, canonical_path(path), canonical_query(query)]
    lines += [f"{name}:{_value(headers, name)}" for name in names]
    lines += ["", ";".join(names), body_sha256]
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def canonical_path(path: str) -> str:
    """The path, resolved and encoded once more."""
    if "//" in path or "/." in path or not path:
        path = _resolved(path)
    return quote(path, safe="/~", errors="surrogateescape")


def canonical_query(query: str) -> str:
    """The pairs of a query, each with its `=`, sorted."""
    if not query:
        return ""
    pairs = [pair.partition("=") for pair in query.split("&")]
    return "&".join(f"{name}={value}" for name, value in sorted((name, value) for name, _, value in pairs))


def _resolved(path: str) -> str:
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            if kept:
                kept.pop()
        elif segment not in ("", "."):
            kept.append(segment)
    last = "/" if path.endswith("/") and kept else ""
    return f"/{'/'.join(kept)}{last}"


def _value(headers: MultiMapping[str], name: str) -> str:
    """Every value that a header has, in the order in which they came, with single blanks."""
    return ",".join(" ".join(value.split()) for value in headers.getall(name, ()))
