"""Inputs that are nearly right: valid ones with a few things changed, in bytes and in JSON trees."""

import json
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

Bytes = st.SearchStrategy[bytes]

LENGTHS = [b"\x00", b"\x80", b"\x81\xff", b"\x82\xff\xff", b"\x84\x7f\xff\xff\xff", b"\x88" + b"\xff" * 8, b"\xff"]
"""Lengths as DER writes them: none, without an end, too long, and beyond every number."""

TAGS = [
    bytes([tag]) for tag in (0x01, 0x02, 0x03, 0x05, 0x06, 0x0C, 0x13, 0x16, 0x17, 0x18, 0x30, 0x31, 0xA0, 0xA3)
]

STRANGE_TEXTS = [
    "",
    "\0",
    "\ud800",
    "\u202e",
    "'; DROP TABLE x; --",
    "${iot:ClientId}",
    "*" * 40,
    "9" * 400,
    "a" * 5000,
]

STRANGE: list[Any] = [
    *(None, True, False, 0, -1, 2**31, 2**63, 2**64, -(2**63) - 1, 1e308, -0.0, 0.1),
    *([], {}, [[]], [{}], {"": ""}, *STRANGE_TEXTS),
]


def changed_bytes(samples: Sequence[bytes]) -> Bytes:
    """One of the samples with up to six places changed, cut out, written twice, or taken from another sample."""
    places = st.integers(0, 1 << 30)
    changes = st.one_of(
        st.tuples(st.just(_flipped), places, st.integers(1, 255).map(lambda bits: bytes([bits]))),
        st.tuples(
            st.just(_replaced), places, st.sampled_from(LENGTHS) | st.sampled_from(TAGS) | st.binary(max_size=9)
        ),
        st.tuples(st.just(_inserted), places, st.binary(min_size=1, max_size=40)),
        st.tuples(st.just(_inserted), places, st.sampled_from(samples).map(lambda sample: sample[:2000])),
        st.tuples(st.just(_cut_out), places, st.binary(min_size=1, max_size=60)),
        st.tuples(st.just(_repeated), places, st.binary(min_size=1, max_size=60)),
        st.tuples(st.just(_ended), places, st.just(b"")),
    )
    return st.builds(_changed, st.sampled_from(samples), st.lists(changes, min_size=1, max_size=6))


def _changed(sample: bytes, changes: list[tuple[Callable[[bytes, int, bytes], bytes], int, bytes]]) -> bytes:
    for change, place, by in changes:
        sample = change(sample, place % (len(sample) + 1), by)
    return sample


def _flipped(sample: bytes, at: int, by: bytes) -> bytes:
    return sample[:at] + bytes(byte ^ by[0] for byte in sample[at : at + 1]) + sample[at + 1 :]


def _replaced(sample: bytes, at: int, by: bytes) -> bytes:
    return sample[:at] + by + sample[at + len(by) :]


def _inserted(sample: bytes, at: int, by: bytes) -> bytes:
    return sample[:at] + by + sample[at:]


def _cut_out(sample: bytes, at: int, by: bytes) -> bytes:
    return sample[:at] + sample[at + len(by) :]


def _repeated(sample: bytes, at: int, by: bytes) -> bytes:
    return sample[: at + len(by)] + sample[at:]


def _ended(sample: bytes, at: int, _: bytes) -> bytes:
    return sample[:at]


def changed_json(samples: Sequence[Any]) -> Bytes:
    """One of the documents with up to four of its parts changed: another value, none, twice, deeper."""
    values = st.sampled_from(STRANGE) | st.text(max_size=30) | st.integers() | st.floats()
    changes = st.tuples(
        st.integers(0, 1 << 30), st.sampled_from(["value", "gone", "list", "deep", "member"]), values
    )
    whole = st.builds(_changed_document, st.sampled_from(samples), st.lists(changes, min_size=1, max_size=4))
    return whole | changed_bytes([json.dumps(sample).encode() for sample in samples])


def _changed_document(sample: Any, changes: list[tuple[int, str, Any]]) -> bytes:
    root = [json.loads(json.dumps(sample))]
    for number, how, chosen in changes:
        places = list(_places(root))
        holder, key = places[number % len(places)]
        value = deepcopy(chosen)  # or one could be put into itself
        match how:
            case "value":
                holder[key] = value
            case "list":
                holder[key] = [holder[key], value]
            case "deep":
                holder[key] = _deep(holder[key], 1 + number % 300)
            case "member" if isinstance(holder, dict):
                holder[str(value)[:300]] = deepcopy(holder[key])
            case "gone" if isinstance(holder, dict):
                del holder[key]
    return json.dumps(root[0]).encode("utf-8", "surrogatepass")


def _deep(value: Any, levels: int) -> Any:
    for level in range(levels):
        value = [value] if level % 2 else {"a": value}
    return value


def _places(holder: Any) -> list[tuple[Any, Any]]:
    """Every place in a tree where a value stands, as what holds it and under which key."""
    found, waiting = [], [holder]
    while waiting:
        current = waiting.pop()
        keys: Any = range(len(current)) if isinstance(current, list) else list(current)
        for key in keys:
            found.append((current, key))
            if isinstance(current[key], list | dict):
                waiting.append(current[key])
    return found
