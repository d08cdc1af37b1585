"""The disk of the log is full: commands are refused as a whole, and when there is room again all is well."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from events.codec import EventMapper
from events.committer import Committer
from events.errors import LogUnavailable, NotFound, StoreUnavailable
from events.log import EventLog
from events.store.database import SqliteDatabase
from events.store.sqlite import SqliteRecorder
from events.topics import TOPICS, UPCASTERS
from events.unit import Unit
from tests.support.accounts import account_of, change_role, configure, roles_in
from tests.support.small_disk import fill, make_room
from tests.support.submitting import PATIENCE, submit_as_one_group

PAGES_LEFT = 5
MORE_THAN_FITS = 20
LONG = "a" * 7000


@pytest.fixture
def database(tmp_path: Path) -> SqliteDatabase:
    return SqliteDatabase(tmp_path / "events.sqlite")


@pytest.fixture
def log(database: SqliteDatabase) -> Iterator[EventLog]:
    opened = EventLog(EventMapper(TOPICS, UPCASTERS), SqliteRecorder(database))
    yield opened
    opened.close()


@pytest.fixture
def committer(log: EventLog) -> Iterator[Committer]:
    started = Committer(log)
    started.start()
    started.submit(configure("first")).result(PATIENCE)
    yield started
    started.stop()


def change_role_often(unit: Unit) -> None:
    for number in range(MORE_THAN_FITS):
        change_role(f"{LONG}{number}")(unit)


def test_a_command_that_no_longer_fits_is_refused_and_nothing_of_it_is_recorded(database, log, committer):
    fill(database, pages_left=PAGES_LEFT)

    with pytest.raises(LogUnavailable, match="full"):
        committer.submit(change_role_often).result(PATIENCE)

    assert roles_in(log) == ["first"]
    assert log.last_position() == 2


def test_that_it_can_not_be_appended_to_is_known_before(database, log, committer):
    log.require_appendable()
    fill(database)

    with pytest.raises(StoreUnavailable, match="full"):
        log.require_appendable()

    make_room(database)
    log.require_appendable()


def test_nor_one_that_can_only_be_read(database, log, committer):
    with database.transaction() as transaction:
        transaction.execute("PRAGMA query_only = ON")

    with pytest.raises(StoreUnavailable, match="readonly"):
        log.require_appendable()

    assert roles_in(log) == ["first"]


def test_what_still_fits_goes_in(database, log, committer):
    fill(database, pages_left=PAGES_LEFT)
    with pytest.raises(LogUnavailable):
        committer.submit(change_role_often).result(PATIENCE)

    committer.submit(change_role("second")).result(PATIENCE)

    assert roles_in(log) == ["first", "second"]


def test_questions_and_refusals_are_answered_while_the_disk_is_full(database, committer):
    fill(database)

    assert committer.submit(lambda unit: account_of(unit).role_arn).result(PATIENCE).value == "first"
    with pytest.raises(NotFound):
        committer.submit(lambda unit: account_of(unit).require_scheduled_audit("daily")).result(PATIENCE)


def test_a_group_that_does_not_fit_is_refused_as_a_whole(database, log, committer):
    fill(database, pages_left=PAGES_LEFT)

    outcomes = submit_as_one_group(
        committer, *[change_role(f"{LONG}{number}") for number in range(MORE_THAN_FITS)]
    )

    assert {type(outcome.exception()) for outcome in outcomes} == {LogUnavailable}
    assert len({id(outcome.exception()) for outcome in outcomes}) == MORE_THAN_FITS
    assert roles_in(log) == ["first"]


def test_with_room_again_the_log_works_again(database, log, committer):
    fill(database)
    for _ in range(3):
        with pytest.raises(LogUnavailable):
            committer.submit(change_role_often).result(PATIENCE)

    make_room(database)
    committed = committer.submit(change_role_often).result(PATIENCE)

    assert roles_in(log) == ["first", *[f"{LONG}{number}" for number in range(MORE_THAN_FITS)]]
    assert committed.position == log.last_position()
