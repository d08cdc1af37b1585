"""Reads the operator's list of weak keys, in the format of Debian's package openssl-blacklist.

A line is the last 20 hex digits of the SHA-1 of `openssl x509 -noout -modulus`'s output, or empty, or a comment
that begins with `#`. Source: openssl-vulnkey(1), and the package's files in /usr/share/openssl-blacklist.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from workers.judging.weak_keys import FingerprintList

FINGERPRINT = re.compile(rb"[0-9a-fA-F]{20}")
LONGEST_LINE = 1_000
"""Bytes, so that a file without line ends is not read as one line."""


class KeyBlocklistError(Exception):
    """A list that can't be used. Its text names the file, and the line if one is at fault."""


def load_key_blocklist(path: Path) -> FingerprintList:
    """Read a file, or every file of a directory, into one list.

    A directory's hidden files and its folders are left out. Raises KeyBlocklistError for what can't be read, for
    a line of another form, and for a list without fingerprints, which would make every key look sound.
    """
    try:
        loaded = FingerprintList(number for file in _files(path) for number in _fingerprints(file))
    except OSError as error:
        raise KeyBlocklistError(f"The key blocklist {error.filename} can't be read: {error.strerror}.") from error
    if not loaded:
        raise KeyBlocklistError(f"The key blocklist {path} holds no fingerprints.")
    return loaded


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith("."))


def _fingerprints(file: Path) -> Iterator[int]:
    with file.open("rb") as lines:
        for number, line in enumerate(iter(lambda: lines.readline(LONGEST_LINE), b""), start=1):
            text = line.strip()
            if FINGERPRINT.fullmatch(text):
                yield int(text, 16)
            elif text and not text.startswith(b"#"):
                raise KeyBlocklistError(
                    f"{file}, line {number}: not a fingerprint of 20 hex digits, as openssl-blacklist lists them."
                )
