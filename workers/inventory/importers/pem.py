"""PEM blocks in a text, with whatever stands around them. Source: RFC 7468."""

import re
from binascii import Error, a2b_base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workers.inventory.importers.rejection import RecordRejected, Rejection

LONGEST_BLOCK = 16 * 1024 * 1024
"""Bytes of the text of a block: a PKCS#7 block may hold thousands of certificates."""

BEGIN, END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
DASHES = b"-----"
BOUNDARY = re.compile(rb"-----(BEGIN|END) ([A-Z0-9][A-Z0-9 #./-]{0,63})-----")


@dataclass(frozen=True, slots=True)
class PemBlock:
    """What stands between a pair of boundaries."""

    label: str
    """CERTIFICATE, PKCS7, EC PRIVATE KEY, ..."""
    line: int
    """The number of the line that begins it."""
    text: bytes

    def decoded(self) -> bytes:
        """The encoded bytes; raises RecordRejected when the text is not base64."""
        try:
            return a2b_base64(self.text, strict_mode=True)
        except Error as error:
            raise RecordRejected(f"the {self.label} block is not base64 ({error})") from error


def pem_blocks(lines: Iterable[tuple[int, bytes | None]]) -> Iterator[PemBlock | Rejection]:
    """The blocks of a text, line by line; a rejection for each that does not end as it begins."""
    label, begun = b"", 0
    held: list[bytes] = []
    size = 0
    for number, line in lines:
        stripped = DASHES if line is None else line.strip()
        boundary = BOUNDARY.fullmatch(stripped) if stripped.startswith(DASHES) else None
        if boundary is None:
            held.append(stripped)
            size += len(stripped)
            if not label or size > LONGEST_BLOCK:
                held.clear()
            continue
        kind, name = boundary.groups()
        if label and (kind, name) != (b"END", label):
            yield Rejection(f"the {label.decode()} block has no end", line=begun)
        elif label and size > LONGEST_BLOCK:
            yield Rejection(f"the {label.decode()} block is longer than {LONGEST_BLOCK:,} bytes", line=begun)
        elif label:
            yield PemBlock(label.decode(), begun, b"".join(held))
        label, begun = (name, number) if kind == b"BEGIN" else (b"", 0)
        held, size = [], 0
    if label:
        yield Rejection(f"the {label.decode()} block has no end", line=begun)


def one_certificate(text: str) -> bytes:
    """The encoding of the one certificate in a PEM text; raises RecordRejected when there is none, or another."""
    stripped = text.strip()
    if stripped.startswith(BEGIN) and stripped.endswith(END) and stripped.count(END) == 1:
        # Nearly every record has just this, and it takes a third of the time of a look at every line.
        body = "".join(stripped[len(BEGIN) : -len(END)].split())
        return PemBlock("CERTIFICATE", 1, body.encode("utf-8", "replace")).decoded()
    blocks = list(pem_blocks(enumerate(text.encode("utf-8", "replace").split(b"\n"), 1)))
    certificates = [block for block in blocks if isinstance(block, PemBlock) and block.label == "CERTIFICATE"]
    if len(certificates) == 1:
        return certificates[0].decoded()
    flaws = [block.reason for block in blocks if isinstance(block, Rejection)]
    raise RecordRejected(flaws[0] if flaws else f"holds {len(certificates)} certificates, not one")
