"""Commands that go together share a write and nothing else."""

import pytest

from events.codec import MAX_SAVE_BYTES, UnwritableEvent
from events.committer import GROUP, Committer, Unit
from events.errors import EventTooLarge, InvalidRequest
from tests.support.accounts import (
    Decide,
    account_of,
    change_role,
    configure,
    decide_too_much,
    decide_what_can_not_be_written,
    refuse_half_way,
    roles_in,
)
from tests.support.submitting import PATIENCE, submit_as_one_group

LONG_ROLE = "a" * 7000


def change_role_twice(number: int) -> Decide:
    def decide(unit: Unit) -> None:
        change_role(f"{LONG_ROLE}{number}")(unit)
        change_role(f"{LONG_ROLE}{number} again")(unit)

    return decide


class TestAGroup:
    @pytest.fixture(autouse=True)
    def started(self, committer: Committer) -> None:
        committer.start()
        committer.submit(configure("first")).result(PATIENCE)

    def test_a_refusal_in_it_changes_nothing_for_its_neighbours(self, committer, log):
        before, refused, after = submit_as_one_group(
            committer,
            change_role("second"),
            lambda unit: account_of(unit).require_scheduled_audit("x"),
            change_role("third"),
        )

        assert refused.exception() is not None
        assert before.result().position < after.result().position == log.last_position()
        assert roles_in(log)[-1] == "third"

    def test_a_refusal_half_way_in_it_changes_nothing_for_its_neighbours(self, committer, log):
        before, refused, after = submit_as_one_group(
            committer,
            change_role("second"),
            refuse_half_way,
            lambda unit: account_of(unit).role_arn,
        )

        assert before.exception() is None
        assert isinstance(refused.exception(), InvalidRequest)
        assert after.result().value == "second"
        assert roles_in(log)[-1] == "second"

    def test_each_command_is_told_the_position_of_its_own_last_event(self, committer, log):
        outcomes = submit_as_one_group(
            committer, *[change_role(f"role {number}") for number in range(5)], configure("role 4")
        )

        written = {recorded.position: recorded.event for recorded in log.after(0)}
        told = [outcome.result().position for outcome in outcomes]
        assert [written[position].role_arn for position in told] == [
            *(f"role {number}" for number in range(5)),
            "role 4",
        ]

    def test_one_that_is_too_large_is_refused_and_its_neighbours_are_not(self, committer, log):
        before, refused, after = submit_as_one_group(
            committer, change_role("second"), decide_too_much, change_role("third")
        )

        assert isinstance(refused.exception(), EventTooLarge)
        assert before.exception() is None
        assert after.exception() is None
        assert roles_in(log)[-1] == "third"

    def test_commands_that_are_too_large_only_together_all_go_through(self, committer, log):
        outcomes = submit_as_one_group(committer, *[change_role_twice(number) for number in range(GROUP)])

        assert 2 * GROUP * len(LONG_ROLE) > MAX_SAVE_BYTES
        assert [outcome.exception() for outcome in outcomes] == [None] * GROUP
        assert len(roles_in(log)) == 1 + 2 * GROUP

    def test_an_event_that_would_not_read_back_harms_its_own_command_only(self, committer, log):
        before, refused, after = submit_as_one_group(
            committer, change_role("second"), decide_what_can_not_be_written, change_role("third")
        )

        assert before.exception() is None
        assert isinstance(refused.exception(), UnwritableEvent)
        assert after.exception() is None
        assert roles_in(log)[-1] == "third"

    def test_more_commands_than_a_group_holds_are_all_carried_out(self, committer, log):
        outcomes = submit_as_one_group(
            committer, *[change_role(f"role {number}") for number in range(3 * GROUP + 1)]
        )

        assert [outcome.exception() for outcome in outcomes] == [None] * len(outcomes)
        assert roles_in(log)[-1] == f"role {3 * GROUP}"
