"""NDJSON: one record a line."""

from collections.abc import Iterable, Iterator

import orjson

from events.vocabulary import AccountId
from workers.inventory.importers.inventory_record import InventoryRecord
from workers.inventory.importers.lines import LONGEST_LINE
from workers.inventory.importers.records import read_record
from workers.inventory.importers.rejection import RecordRejected, Rejection, shortened

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_ndjson(
    lines: Iterable[tuple[int, bytes | None]], account: AccountId
) -> Iterator[InventoryRecord | Rejection]:
    """A record, or the reason why there is none, for each line that is not blank."""
    for number, line in lines:
        if line is None:
            yield Rejection(f"longer than {LONGEST_LINE:,} bytes", line=number)
            continue
        text = line.removeprefix(BYTE_ORDER_MARK).strip()
        if text in (b"{", b"["):
            # Each of its lines would be rejected for a reason that does not help.
            yield Rejection(
                "a JSON document over several lines; NDJSON has one record a line, as `jq -c` writes it",
                line=number,
            )
            return
        if text:
            yield _read(number, text, account)


def _read(number: int, text: bytes, account: AccountId) -> InventoryRecord | Rejection:
    try:
        record = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return Rejection(shortened(f"not JSON: {error}"), line=number)
    if not isinstance(record, dict):
        return Rejection("not a JSON object", line=number)
    try:
        return read_record(record, account)
    except RecordRejected as rejected:
        return Rejection(shortened(rejected), line=number)
