"""What a second process does to a log: it appends to a stream that others append to as well."""

from dataclasses import replace
from multiprocessing.synchronize import Barrier
from pathlib import Path

from events.audit_account_events import AuditRoleChanged
from events.errors import StreamConflict
from events.event import Event
from events.log import EventLog
from events.store.sqlite import open_sqlite_log
from tests.support.example_events import STREAM, example

PATIENCE = 60.0


def role_changed(version: int, role_arn: str) -> Event:
    return replace(example(AuditRoleChanged, version, role_arn=role_arn), originator_id=STREAM)


def append_to_the_same_stream(path: Path, name: str, appends: int, at_once: Barrier) -> None:
    """Open the log and append so many events, two a save, each after whatever is the last one then."""
    at_once.wait(PATIENCE)
    log = open_sqlite_log(path)
    for number in range(appends):
        append_next(log, f"{name} {number}")
    log.close()


def append_next(log: EventLog, role_arn: str) -> None:
    """Append to the stream, again and again if others are faster."""
    while True:
        last = len(log.stream(STREAM))
        try:
            log.append([role_changed(last + 1, role_arn), role_changed(last + 2, role_arn)])
        except StreamConflict:
            continue
        return
