"""Refused commands are kept in a ring, and a store that is away keeps nobody from being answered."""

from contextlib import closing
from datetime import timedelta

import pytest

from events.event import Cause
from events.store.database import SqliteDatabase
from events.vocabulary import AccountId
from projections.paging import Page
from service.refusal_log import KEPT, WAITING, RefusalLog
from tests.support.given import ACCOUNT, NOON

ALWAYS = 2**62


@pytest.fixture
def database(tmp_path):
    with closing(SqliteDatabase(tmp_path / "work.sqlite", durable=False)) as opened:
        yield opened


def note(log, number, account=ACCOUNT):
    cause = Cause(account, NOON + timedelta(seconds=number), "AKIDEXAMPLE", f"request-{number}")
    log.note("CancelAuditTask", "InvalidRequestException", "No\0.", cause)


def kept(log, account=ACCOUNT, limit=2 * KEPT):
    return [each.request_id for each in log.list(account, 0, ALWAYS, None, Page(limit)).rows]


def test_the_last_are_kept_of_each_account(database):
    log = RefusalLog(database)
    note(log, 0, AccountId("111111111111"))
    log.write()
    for number in range(KEPT + 5):
        note(log, number)
        if number % WAITING == WAITING - 1:
            log.write()
    assert kept(log) == [f"request-{number}" for number in reversed(range(5, KEPT + 5))]
    assert kept(log, AccountId("111111111111")) == ["request-0"]


def test_what_comes_faster_than_it_is_written_is_dropped(database):
    log = RefusalLog(database)
    for number in range(WAITING + 1):
        note(log, number)
    assert kept(log)[-1] == "request-1"


def test_what_is_noted_is_written_at_the_end(database):
    with RefusalLog(database).written_soon() as log:
        note(log, 1)
    assert kept(RefusalLog(database)) == ["request-1"]


def test_a_store_that_is_away_loses_them_and_no_more(database, caplog):
    log = RefusalLog(database)
    note(log, 1)
    database.close()
    log.write()
    assert "1 refusals could not be noted" in caplog.text
