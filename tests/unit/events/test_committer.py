"""A command is decided on the one writing thread, and is in the log or leaves no trace."""

import gc
import threading
import weakref
from concurrent.futures import CancelledError
from uuid import uuid4

import pytest

from events.audit_account import AuditAccount
from events.codec import UnwritableEvent
from events.committer import Committed, Committer, Unit
from events.configuration_change import ConfigurationChange
from events.errors import EventTooLarge, InvalidRequest, LogUnavailable
from events.unit import CAPACITY
from tests.support.accounts import (
    ACCOUNT_STREAM,
    account_of,
    change_role,
    configure,
    decide_too_much,
    decide_what_can_not_be_written,
    refuse_half_way,
    roles_in,
)
from tests.support.given import CAUSE
from tests.support.submitting import PATIENCE


class TestOneCommand:
    @pytest.fixture(autouse=True)
    def started(self, committer: Committer) -> None:
        committer.start()

    def test_its_events_are_in_the_log_when_its_result_is_there(self, committer, log):
        committed = committer.submit(lambda unit: configure()(unit) or "done").result(PATIENCE)

        assert committed == Committed("done", log.last_position())
        assert len(log.stream(ACCOUNT_STREAM)) == 2

    def test_the_next_one_sees_what_it_decided(self, committer):
        committer.submit(configure("first")).result(PATIENCE)
        committer.submit(change_role("second")).result(PATIENCE)

        assert committer.submit(lambda unit: account_of(unit).role_arn).result(PATIENCE).value == "second"

    def test_one_that_wrote_nothing_tells_the_position_of_the_log(self, committer):
        configured = committer.submit(configure()).result(PATIENCE)

        assert committer.submit(configure()).result(PATIENCE).position == configured.position

    def test_a_refusal_is_raised_from_its_future_and_writes_nothing(self, committer, log):
        with pytest.raises(InvalidRequest, match="roleArn is required"):
            committer.submit(
                lambda unit: account_of(unit).update_configuration(ConfigurationChange(), CAUSE)
            ).result(PATIENCE)

        assert log.last_position() == 0

    def test_a_refusal_half_way_leaves_no_trace(self, committer, log):
        committer.submit(configure("kept")).result(PATIENCE)
        with pytest.raises(InvalidRequest, match="No"):
            committer.submit(refuse_half_way).result(PATIENCE)

        assert committer.submit(lambda unit: account_of(unit).role_arn).result(PATIENCE).value == "kept"
        assert roles_in(log)[-1] == "kept"

    def test_a_mistake_in_a_decision_is_raised_from_its_future_too(self, committer):
        with pytest.raises(ZeroDivisionError):
            committer.submit(lambda _: 1 // 0).result(PATIENCE)

        assert committer.submit(lambda _: "alive").result(PATIENCE).value == "alive"

    def test_a_decision_gets_the_same_aggregate_however_often_it_asks(self, committer):
        assert committer.submit(lambda unit: account_of(unit) is account_of(unit)).result(PATIENCE).value

    def test_a_stream_without_events_is_an_aggregate_at_version_0(self, committer):
        assert committer.submit(lambda unit: unit.get(AuditAccount, uuid4()).version).result(PATIENCE).value == 0

    def test_what_it_used_is_not_kept_for_ever(self, committer):
        one = committer.submit(lambda unit: weakref.ref(account_of(unit))).result(PATIENCE).value

        def use_many(unit: Unit) -> None:
            for _ in range(CAPACITY):
                unit.get(AuditAccount, uuid4())

        committer.submit(use_many).result(PATIENCE)
        committer.submit(lambda _: gc.collect()).result(PATIENCE)

        assert one() is None

    def test_one_that_is_too_large_is_refused_and_the_next_one_goes_through(self, committer, log):
        with pytest.raises(EventTooLarge):
            committer.submit(decide_too_much).result(PATIENCE)
        assert log.last_position() == 0

        committer.submit(configure("small")).result(PATIENCE)
        assert roles_in(log)[-1] == "small"

    def test_an_event_that_would_not_read_back_is_refused_and_forgotten(self, committer, log):
        with pytest.raises(UnwritableEvent):
            committer.submit(decide_what_can_not_be_written).result(PATIENCE)

        committer.submit(configure("text")).result(PATIENCE)
        assert roles_in(log)[-1] == "text"


class TestStartAndStop:
    def test_what_was_submitted_before_the_start_is_carried_out(self, committer, log):
        outcome = committer.submit(configure())
        assert not outcome.done()

        committer.start()

        assert outcome.result(PATIENCE).position == log.last_position()

    def test_stopping_finishes_what_was_submitted(self, committer, log):
        committer.start()
        outcomes = [committer.submit(configure(f"role {number}")) for number in range(500)]

        committer.stop()

        assert all(outcome.done() for outcome in outcomes)
        assert roles_in(log)[-1] == "role 499"

    def test_a_command_after_the_stop_is_refused_clearly(self, committer, log):
        committer.start()
        committer.stop()

        with pytest.raises(LogUnavailable, match="stopping"):
            committer.submit(configure())
        assert log.last_position() == 0

    def test_stopping_twice_and_without_a_start_is_harmless(self, committer):
        outcome = committer.submit(configure())

        committer.stop()
        committer.stop()

        assert outcome.done()

    def test_a_command_that_was_cancelled_in_time_is_not_carried_out(self, committer, log):
        cancelled = committer.submit(configure("cancelled"))
        carried_out = committer.submit(configure("carried out"))
        assert cancelled.cancel()

        committer.start()

        carried_out.result(PATIENCE)
        with pytest.raises(CancelledError):
            cancelled.result()
        assert roles_in(log)[-1] == "carried out"

    def test_a_command_that_is_being_carried_out_can_not_be_cancelled(self, committer, log):
        committer.start()
        begun, go_on = threading.Event(), threading.Event()

        def decide(unit: Unit) -> None:
            begun.set()
            go_on.wait(PATIENCE)
            configure()(unit)

        outcome = committer.submit(decide)
        begun.wait(PATIENCE)
        assert not outcome.cancel()
        go_on.set()

        assert outcome.result(PATIENCE).position == log.last_position()

    def test_not_even_a_decision_that_ends_the_thread_leaves_a_caller_waiting(self, committer):
        committer.start()

        def leave(_: Unit) -> None:
            raise SystemExit

        assert committer.submit(leave).exception(PATIENCE) is not None
        assert committer.submit(lambda _: "alive").result(PATIENCE).value == "alive"
