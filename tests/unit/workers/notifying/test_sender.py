"""What is sent when, how often, and when no more."""

import json
from datetime import timedelta

import pytest

from events.archives import Archives
from events.audit_archive import ArchiveSummary
from events.clock import epoch_milliseconds
from events.errors import LogUnavailable
from events.identifiers import audit_notification_id
from events.vocabulary import AccountId
from tests.support.events import ROLE_ARN
from tests.support.given import ACCOUNT
from tests.support.made_up_catalogue import OPEN
from tests.support.notifying_office import SNS, TOPIC, NotifyingOffice, notifying_office
from workers.notifying.back_off import FIRST_PAUSE, LONGEST_PAUSE, PERSISTENCE, pause_after

SECOND = timedelta(seconds=1)
LONG = timedelta(hours=1)


@pytest.fixture
def office(tmp_path):
    with notifying_office(tmp_path) as opened:
        yield opened


def test_an_end_is_sent_once(office: NotifyingOffice):
    task = office.audit_ends()
    assert office.send() == 1
    [outgoing] = office.receiver.given
    assert (outgoing.target_arn, outgoing.role_arn, outgoing.account) == (TOPIC, ROLE_ARN, ACCOUNT)
    assert outgoing.message_id == str(audit_notification_id(ACCOUNT, task, SNS))
    assert json.loads(outgoing.body)["taskId"] == task
    assert office.send(after=LONG) == 0
    assert office.happened(task) == ["Requested", "Delivered"]
    assert office.attempted.outcomes == {"SNS delivered": 1}
    assert office.pending.counts() == {}


def test_what_is_not_taken_is_sent_again_after_pauses_that_grow(office: NotifyingOffice):
    task = office.audit_ends()
    office.receiver.is_dead()
    assert office.send() == 1
    for attempts in range(1, 9):
        assert office.send(after=pause_after(attempts) - SECOND) == 0
        assert office.send(after=SECOND) == 1
    assert office.pending.counts() == {"SNS": 1}
    tried = office.pending.tried(AccountId(ACCOUNT), [task])[task, "SNS"]
    assert (tried.attempts, tried.failure) == (9, "It is dead.")
    assert tried.due_at == epoch_milliseconds(office.clock.now() + pause_after(9))
    assert office.pending.tried(AccountId("999999999999"), [task]) == {}
    office.receiver.is_well()
    assert office.send(after=LONG) == 1
    assert office.happened(task) == ["Requested", "Delivered"]
    assert len({outgoing.message_id for outgoing in office.receiver.given}) == 1
    assert len({outgoing.body for outgoing in office.receiver.given}) == 1
    assert len({outgoing.sent_at for outgoing in office.receiver.given}) == 10


def test_pauses_double_up_to_the_longest():
    pauses = [pause_after(attempts) for attempts in range(1, 100)]
    assert pauses[0] == FIRST_PAUSE
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
    assert timedelta(hours=6) <= PERSISTENCE


def test_it_is_given_up_after_hours_and_said_so(office: NotifyingOffice, caplog):
    task = office.audit_ends()
    office.receiver.is_dead()
    attempts = 0
    began = office.clock.now()
    while office.happened(task) == ["Requested"]:
        attempts += office.send(after=timedelta(minutes=1))
    assert PERSISTENCE - LONGEST_PAUSE <= office.clock.now() - began <= PERSISTENCE
    assert office.happened(task) == ["Requested", "GivenUp"]
    assert 50 < attempts < 70
    assert office.attempted.outcomes == {"SNS failed": attempts, "SNS given up": 1}
    assert "that is given up: It is dead." in caplog.text
    office.receiver.is_well()
    assert office.send(after=LONG) == 0
    assert office.pending.counts() == {}


def give_up(office: NotifyingOffice) -> None:
    office.receiver.is_dead()
    office.send()
    assert office.send(after=PERSISTENCE) == 1
    office.receiver.is_well()


def test_one_that_was_given_up_is_sent_after_all_for_as_long_again(office: NotifyingOffice):
    task = office.audit_ends()
    give_up(office)
    assert office.retry(task)
    office.receiver.is_dead()
    assert office.send() == 1
    office.receiver.is_well()
    assert office.send(after=PERSISTENCE - LONGEST_PAUSE) == 1
    assert office.happened(task) == ["Requested", "GivenUp", "Retried", "Delivered"]
    assert len({outgoing.message_id for outgoing in office.receiver.given}) == 1


def test_a_clock_that_leaps_over_all_of_it_leaves_it_one_attempt(office: NotifyingOffice):
    task = office.audit_ends()
    assert office.send(after=timedelta(days=365)) == 1
    assert office.happened(task) == ["Requested", "Delivered"]


def test_killed_between_publish_and_record_it_is_sent_again_with_the_same_identity(office: NotifyingOffice):
    task = office.audit_ends()
    office.receiver.meanwhile = office.committer.stop  # as a process that ends here, what follows is not recorded
    with pytest.raises(LogUnavailable):
        office.send()
    office.receiver.meanwhile = lambda: None
    assert office.happened(task) == ["Requested"]
    office.start()
    assert office.send() == 0  # not at once: it might be what the process died of
    assert office.send(after=FIRST_PAUSE) == 1
    assert office.happened(task) == ["Requested", "Delivered"]
    first, second = office.receiver.given
    assert (first.message_id, first.body) == (second.message_id, second.body)


def test_a_table_that_is_made_again_sends_nothing_again_and_forgets_no_one(office: NotifyingOffice):
    delivered, given_up = office.audit_ends(1), office.audit_ends(2)
    office.follow()
    office.receiver.meanwhile = lambda: (
        office.receiver.is_dead()
        if office.receiver.given[-1].body.find(given_up) > 0
        else office.receiver.is_well()
    )
    office.send()
    office.send(after=PERSISTENCE)
    assert office.happened(delivered)[-1] == "Delivered"
    assert office.happened(given_up)[-1] == "GivenUp"
    waiting = office.audit_ends(3)
    before = len(office.receiver.given)
    office.start(work="another.sqlite")
    office.receiver.meanwhile = office.receiver.is_well
    office.send()
    assert [outgoing.body.find(waiting) > 0 for outgoing in office.receiver.given[before:]] == [True]
    assert office.send(after=LONG) == 0
    assert office.retry(given_up)
    assert office.send() == 1


def test_given_up_is_counted_from_the_log_and_not_from_a_table_made_again(office: NotifyingOffice):
    task = office.audit_ends()
    office.receiver.is_dead()
    office.send(after=PERSISTENCE - SECOND)
    office.start(work="another.sqlite")
    office.send()
    assert office.happened(task) == ["Requested", "GivenUp"]


def test_a_mistake_in_sending_is_a_failure_and_not_the_end_of_the_thread(office: NotifyingOffice, caplog):
    office.audit_ends()
    office.receiver.failure = ZeroDivisionError("division by zero")
    assert office.send() == 1
    assert "mistake of ours" in caplog.text
    office.receiver.is_well()
    assert office.send(after=LONG) == 1


def test_what_is_delivered_is_not_sent_again_while_nobody_follows_the_log(office: NotifyingOffice):
    office.audit_ends()
    office.follow()
    office.sender.send_due()
    office.clock.advance(LONG)
    office.sender.send_due()
    assert len(office.receiver.given) == 1


def test_each_of_many_goes_in_the_order_of_their_ends(office: NotifyingOffice):
    tasks = []
    for number in (3, 1, 2):
        tasks.append(office.audit_ends(number))
        office.clock.advance(SECOND)
    assert office.send() == 3
    assert [json.loads(outgoing.body)["taskId"] for outgoing in office.receiver.given] == tasks


def test_of_an_audit_that_is_in_the_archive_nothing_is_sent(office: NotifyingOffice):
    task = office.audit_ends()
    summary = ArchiveSummary("1.ndjson.gz", "ab" * 32, 3, 1, 3, {OPEN: 1})
    Archives(office.committer).record_audit_archive(task, summary, office.cause()).result()
    assert office.send() == 0
    assert office.pending.counts() == {}
