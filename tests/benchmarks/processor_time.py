"""What processes have used of the processor, as the system tells it: what else runs is left out."""

import os
from collections.abc import Iterator
from pathlib import Path

from tests.support.postgresql_server import PostgresqlServer

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def processor_seconds(process_id: int) -> float:
    """Seconds that a process has used, with those that it started, also those of them that have ended."""
    return sum(map(_ticks, [process_id, *_descendants(process_id)])) / TICKS_A_SECOND


def first_process(server: PostgresqlServer) -> int:
    """The process of the server that has started the others."""
    return int((server._directory / "data" / "postmaster.pid").read_text().split()[0])


def _descendants(process_id: int) -> Iterator[int]:
    """Every process that one has started, and those that these have started."""
    for task in Path(f"/proc/{process_id}/task").glob("*/children"):
        for child in _children(task):
            yield child
            yield from _descendants(child)


def _children(task: Path) -> list[int]:
    try:
        return [int(each) for each in task.read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _ticks(process_id: int) -> int:
    """Of itself, and of children that have ended; nothing of one that ended meanwhile."""
    try:
        stat = Path(f"/proc/{process_id}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(map(int, stat.rpartition(")")[2].split()[11:15]))
