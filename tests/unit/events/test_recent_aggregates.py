"""Recently used aggregates are kept, and brought up to date with what others have appended."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from events.audit_account import AuditAccount
from events.audit_account_events import AuditRoleChanged
from events.codec import EventMapper
from events.errors import StoreUnavailable
from events.event import Event
from events.log import EventLog
from events.store.database import SqliteDatabase
from events.store.sqlite import SqliteRecorder
from events.topics import TOPICS, UPCASTERS
from events.unit import LONG, RecentAggregates, Unit
from tests.support.accounts import ACCOUNT_STREAM
from tests.support.given import CAUSE


class WatchedLog(EventLog):
    """Notes which streams are read, from which version on, and can be away."""

    def __init__(self, path: Path) -> None:
        super().__init__(EventMapper(TOPICS, UPCASTERS), SqliteRecorder(SqliteDatabase(path)))
        self.reads: list[tuple[UUID, int]] = []
        self.is_away = False

    def stream(self, stream_id: UUID, after_version: int = 0) -> list[Event]:
        self.reads.append((stream_id, after_version))
        if self.is_away:
            raise StoreUnavailable("away")
        return super().stream(stream_id, after_version)


@pytest.fixture
def log(path: Path) -> Iterator[WatchedLog]:
    opened = WatchedLog(path)
    yield opened
    opened.close()


@pytest.fixture
def aggregates(log: WatchedLog) -> RecentAggregates:
    return RecentAggregates(log, capacity=2)


def append_role(log: EventLog, role_arn: str) -> None:
    unit = Unit(RecentAggregates(log))
    unit.get(AuditAccount, ACCOUNT_STREAM).trigger(AuditRoleChanged, CAUSE, role_arn=role_arn)
    log.append(unit.collect())


def test_an_aggregate_is_read_once_and_kept(log, aggregates):
    first = aggregates.get(AuditAccount, ACCOUNT_STREAM)
    second = aggregates.get(AuditAccount, ACCOUNT_STREAM)

    assert first is second
    assert log.reads == [(ACCOUNT_STREAM, 0)]


def test_in_doubt_only_what_came_since_is_read(log, aggregates):
    append_role(log, "first")
    kept = aggregates.get(AuditAccount, ACCOUNT_STREAM)
    append_role(log, "second")
    log.reads.clear()

    aggregates.doubt()

    assert aggregates.get(AuditAccount, ACCOUNT_STREAM) is kept
    assert aggregates.get(AuditAccount, ACCOUNT_STREAM).role_arn == "second"
    assert log.reads == [(ACCOUNT_STREAM, 1)]


def test_a_forgotten_aggregate_is_what_the_log_says(log, aggregates):
    append_role(log, "written")
    aggregates.get(AuditAccount, ACCOUNT_STREAM).trigger(AuditRoleChanged, CAUSE, role_arn="never written")

    aggregates.forget(ACCOUNT_STREAM)

    assert aggregates.get(AuditAccount, ACCOUNT_STREAM).role_arn == "written"


def test_what_was_not_used_for_longest_is_dropped(log, aggregates):
    first, second, third = uuid4(), uuid4(), uuid4()
    for stream in (first, second, first, third):
        aggregates.get(AuditAccount, stream)
    log.reads.clear()

    aggregates.trim()

    for stream in (first, third, second):
        aggregates.get(AuditAccount, stream)
    assert log.reads == [(second, 0)]


def test_nothing_is_dropped_before_it_is_said(aggregates):
    streams = [uuid4() for _ in range(5)]
    given = [aggregates.get(AuditAccount, stream) for stream in streams]

    assert [aggregates.get(AuditAccount, stream) for stream in streams] == given
    assert all(aggregates.get(AuditAccount, s) is a for s, a in zip(streams, given, strict=True))


def test_an_aggregate_that_could_not_be_brought_up_to_date_is_not_kept(log, aggregates):
    append_role(log, "first")
    aggregates.get(AuditAccount, ACCOUNT_STREAM)
    aggregates.doubt()
    log.is_away = True
    with pytest.raises(StoreUnavailable):
        aggregates.get(AuditAccount, ACCOUNT_STREAM)

    log.is_away = False

    assert aggregates.get(AuditAccount, ACCOUNT_STREAM).role_arn == "first"


def test_a_unit_collects_events_stream_by_stream_in_the_order_of_first_use(aggregates):
    unit = Unit(aggregates)
    first, second = uuid4(), uuid4()
    for stream, role in ((first, "1"), (second, "2"), (first, "3")):
        unit.get(AuditAccount, stream).trigger(AuditRoleChanged, CAUSE, role_arn=role)

    assert [vars(event)["role_arn"] for event in unit.collect()] == ["1", "3", "2"]
    assert unit.collect() == []


def test_a_long_stream_is_not_read_again_from_its_beginning_after_a_conflict(log, aggregates):
    for number in range(LONG):
        append_role(log, f"role {number}")
    decided_in_vain = Unit(aggregates)
    account = decided_in_vain.get(AuditAccount, ACCOUNT_STREAM)
    account.trigger(AuditRoleChanged, CAUSE, role_arn="in vain")
    assert decided_in_vain.collect()
    append_role(log, "of another process")
    log.reads.clear()

    aggregates.forget(ACCOUNT_STREAM)

    again = aggregates.get(AuditAccount, ACCOUNT_STREAM)
    assert (again.role_arn, again.version) == ("of another process", LONG + 1)
    assert log.reads == [(ACCOUNT_STREAM, LONG)]
    assert again.collect_events() == []
