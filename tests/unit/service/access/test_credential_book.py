import logging
from contextlib import closing
from datetime import timedelta
from os import urandom

import pytest

from events.credential import Role
from events.errors import StoreUnavailable
from events.event import Cause
from events.store.sqlite import open_sqlite_log
from projections.credentials import CredentialList
from service.access.credential_book import BETWEEN_LOOKS, CredentialBook
from service.access.credential_office import CredentialOffice
from service.access.sealing_key import sealer
from service.access.signature_v4 import signing_key
from tests.support.fake_clock import FakeClock
from tests.support.given import ACCOUNT
from tests.support.waiting import until

DAY = "20260101"


class Log:
    """A log that is away, or that holds what can't be read, when told so."""

    def __init__(self, log):
        self._log = log
        self.failure: Exception | None = None

    def stream(self, *arguments, **named):
        if self.failure is not None:
            raise self.failure
        return self._log.stream(*arguments, **named)


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def log(tmp_path):
    with closing(open_sqlite_log(tmp_path / "events.sqlite")) as opened:
        yield Log(opened)


@pytest.fixture
def office(tmp_path, log):
    with CredentialOffice(log._log, (), tmp_path, urandom) as made:
        yield made


@pytest.fixture
def book(tmp_path, log, clock):
    made = CredentialBook(CredentialList(log), lambda: sealer((), tmp_path), "us-east-1", clock, 0.01)
    made.start()
    yield made
    made.stop()


def cause(clock):
    return Cause(ACCOUNT, clock.now(), "a test", "request-1")


@pytest.fixture
def key(office, book, clock):
    made = office.create(Role.READER, "", cause(clock))
    until(lambda: made.access_key_id in book.by_id)
    return made


def test_what_is_new_is_known_within_a_second():
    assert BETWEEN_LOOKS <= 0.5


def test_it_knows_the_key_of_a_day_and_who_holds_it(book, key):
    assert book.signing_key(key.access_key_id, DAY) == signing_key(key.secret, DAY, "us-east-1")
    assert book.active(key.access_key_id).account == ACCOUNT
    assert book.usable() == [key.access_key_id]


def test_an_unknown_id_has_a_key_that_nobody_has(book, key):
    strange = book.signing_key("FAKAOFNOBODY", DAY)

    assert len(strange) == 32
    assert strange != book.signing_key(key.access_key_id, DAY)
    assert book.active("FAKAOFNOBODY") is None


def test_one_that_is_replaced_ends_by_itself(book, office, key, clock):
    made, _ = office.rotate(key.access_key_id, timedelta(hours=1), cause(clock))
    until(lambda: book.active(made.access_key_id))

    assert set(book.usable()) == {key.access_key_id, made.access_key_id}
    clock.advance(timedelta(hours=1))
    assert book.usable() == [made.access_key_id]


def test_a_log_that_is_away_leaves_what_is_known(book, log, key):
    log.failure = StoreUnavailable("the disk is away")

    book._look()

    assert book.active(key.access_key_id)


def test_a_log_that_can_not_be_read_lets_nobody_in(book, log, key, caplog):
    with caplog.at_level(logging.CRITICAL):
        log.failure = ValueError("damaged")
        book._look()

    with pytest.raises(StoreUnavailable):
        book.active(key.access_key_id)
    log.failure = None
    until(lambda: not book._problem)
    assert book.active(key.access_key_id)


def test_nobody_is_let_in_before_the_log_has_been_read(tmp_path, log, clock):
    with pytest.raises(StoreUnavailable):
        CredentialBook(CredentialList(log), lambda: None, "us-east-1", clock).signing_key("FAKA", DAY)


def test_without_its_key_a_secret_is_that_of_nobody(book, key, tmp_path, log, clock, caplog):
    keyless = CredentialBook(CredentialList(log), lambda: None, "us-east-1", clock)
    keyless._look()

    with caplog.at_level(logging.ERROR):
        assert keyless.usable() == []
    assert keyless.signing_key(key.access_key_id, DAY) != book.signing_key(key.access_key_id, DAY)
    assert key.access_key_id in caplog.text
    assert key.secret not in caplog.text
