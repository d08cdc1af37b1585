"""Whatever is done to the log behind the service's back is found and named, over every database.

A test class derives from this and gives `stores`.
"""

import pytest

from service.stores import Stores
from tests.support.chained_log import OTHER_SIGNER, SIGNER, ChainedLog
from workers.chain.chaining import ChainBroken
from workers.chain.finding import Kind

PARKED = 2**40
"""A position where an event can be put for a moment."""


class TamperingContract:
    @pytest.fixture
    def stores(self) -> Stores:
        raise AssertionError("a test class gives its stores")

    @pytest.fixture
    def at(self, stores: Stores) -> ChainedLog:
        return ChainedLog(stores)

    def test_a_log_that_nobody_touched_is_clean(self, at):
        at.signed(1, 300, 600)

        report = at.verify()

        assert report.is_clean
        assert (report.events, report.valid, report.not_signed, report.not_chained) == (901, 901, 0, 0)
        assert (report.checkpoints, report.valid_checkpoints) == (3, 3)

    def test_events_after_the_last_checkpoint_are_said_to_be(self, at):
        at.signed(10)
        at.append(5)
        at.chaining.step()
        at.append(3)

        report = at.verify()

        assert report.is_clean
        assert (report.events, report.not_signed, report.not_chained) == (15, 5, 3)

    @pytest.mark.parametrize("position", [1, 256, 257, 500])
    def test_a_changed_byte(self, at, position):
        at.signed(300, 200)
        [(state,)] = at.stores.log._recorder._database.query(
            "SELECT state FROM events WHERE position = ?", (position,)
        )

        at.run("UPDATE events SET state = ? WHERE position = ?", bytes([state[0] ^ 1, *state[1:]]), position)

        report = at.verify()
        assert [(each.kind, each.position) for each in report.findings] == [(Kind.CHANGED, position)]
        assert (report.valid, report.valid_checkpoints) == (499, 2)

    @pytest.mark.parametrize(
        ("column", "value"),
        [("version", 9_999), ("topic", "Other.v1"), ("account_id", "111111111111"), ("recorded_at", 1)],
    )
    def test_any_other_column(self, at, column, value):
        at.signed(20)

        at.run(f"UPDATE events SET {column} = ? WHERE position = 7", value)

        assert at.found() == [(Kind.CHANGED, 7)]

    @pytest.mark.parametrize("position", [1, 256, 257])
    def test_a_deleted_row(self, at, position):
        at.signed(300, 200)

        at.run("DELETE FROM events WHERE position = ?", position)

        assert at.found() == [(Kind.REMOVED, position)]

    def test_two_that_were_swapped(self, at):
        at.signed(300, 200)

        at.move(10, PARKED)
        at.move(400, 10)
        at.move(PARKED, 400)

        assert at.found() == [(Kind.REORDERED, 10), (Kind.REORDERED, 400)]

    def test_one_that_was_moved_to_the_end(self, at):
        at.signed(20)
        at.move(5, 21)
        at.move(20, 22)

        assert at.found() == [(Kind.REMOVED, 5), (Kind.TRUNCATED, 20)]

    def test_one_that_was_put_in(self, at):
        at.signed(20)
        at.make_a_gap()
        at.signed(20)

        at.move(at.stores.log.last_position(), 25)

        assert (Kind.INSERTED, 25) in at.found() or (Kind.REORDERED, 25) in at.found()

    def test_a_tail_that_was_cut_off(self, at):
        at.signed(300, 200)

        at.run("DELETE FROM events WHERE position > 450")

        assert at.found() == [(Kind.TRUNCATED, 451)]
        with pytest.raises(ChainBroken, match="ends at position 450"):
            at.seal()

    def test_a_deleted_row_whose_gap_was_closed(self, at):
        at.signed(30)
        at.run("DELETE FROM events WHERE position = 10")
        for position in range(11, 31):
            at.move(position, position - 1)

        moved = [(Kind.REORDERED, position) for position in range(10, 30)]
        assert at.found() == [*moved, (Kind.TRUNCATED, 30)]

    def test_a_chain_that_was_cut_off_as_well_is_found_by_a_checkpoint_from_elsewhere(self, at):
        at.signed(100)
        exported = at.seal()
        at.signed(100)
        latest = at.seal()
        at.run("DELETE FROM events WHERE position > 100")
        at.run_on_chain("DELETE FROM checkpoints WHERE size > 100")
        at.cut_chain(100)

        assert at.found() == []
        assert at.found(exported) == []
        assert at.found(latest) == [(Kind.CHECKPOINT_INVALID, None)]

    def test_signed_anew_with_another_key(self, at):
        at.signed(10, 10)
        at.run("UPDATE events SET recorded_at = 1 WHERE position = 3")
        for table in ("tiles", "places", "checkpoints"):
            at.run_on_chain(f"DELETE FROM {table}")

        at.seal(at.another(OTHER_SIGNER))

        [found] = at.verify().findings
        assert found.kind is Kind.OTHER_KEY
        assert OTHER_SIGNER.key.id.hex() in found.text

    def test_made_anew_with_the_same_key_is_found_by_a_checkpoint_from_elsewhere(self, at):
        at.signed(10)
        exported = at.seal()
        at.run("UPDATE events SET recorded_at = 1 WHERE position = 3")
        for table in ("tiles", "places", "checkpoints"):
            at.run_on_chain(f"DELETE FROM {table}")
        at.seal(at.another())

        assert at.found() == []
        assert at.found(exported) == [(Kind.CHECKPOINT_INVALID, None)]

    def test_a_key_that_was_replaced_rightly(self, at):
        at.signed(10)
        at.append(10)
        at.seal(at.another(OTHER_SIGNER))

        assert at.found(trusted=[SIGNER, OTHER_SIGNER]) == []
        assert at.found(trusted=[SIGNER]) == [(Kind.OTHER_KEY, None)]

    def test_a_hash_in_the_chain(self, at):
        at.signed(300, 200)
        [(hashes,)] = at.stores.chain.query("SELECT hashes FROM tiles WHERE level = 0 AND number = 0")
        at.run_on_chain(
            "UPDATE tiles SET hashes = ? WHERE level = 0 AND number = 0", bytes(32) + bytes(hashes)[32:]
        )

        assert at.found() == [(Kind.CHAIN_CHANGED, 1), (Kind.CHAIN_CHANGED, None)]

    def test_an_upper_tile(self, at):
        at.signed(300)
        at.run_on_chain("UPDATE tiles SET hashes = ? WHERE level = 1", bytes(32))

        assert at.found() == [(Kind.CHAIN_CHANGED, None)]
        at.append(1)
        with pytest.raises(ChainBroken, match="not what was signed"):
            at.seal()

    def test_a_tile_that_is_gone(self, at):
        at.signed(300)
        at.run_on_chain("DELETE FROM places WHERE number = 0")

        assert (Kind.CHAIN_CHANGED, None) in at.found()

    def test_a_checkpoint_that_was_taken_out(self, at):
        at.signed(10, 10, 10)
        at.run_on_chain("DELETE FROM checkpoints WHERE size = 20")

        assert at.found() == [(Kind.CHECKPOINT_INVALID, None)]

    def test_a_checkpoint_that_was_changed(self, at):
        at.signed(10, 10)
        [(_, note), _] = at.chain.notes()
        changed = note.replace("time 2", "time 3").encode()
        at.run_on_chain("UPDATE checkpoints SET note = ? WHERE size = 10", changed)

        found = at.found()
        assert (Kind.CHECKPOINT_INVALID, None) in found

    def test_what_happened_while_the_chain_was_stopped_is_chained_when_it_goes_on(self, at):
        at.signed(10)
        at.append(700)

        at.seal(at.another())

        assert at.verify().is_clean
        assert at.chain.tail().size == 710

    def test_two_that_chain_at_once(self, at):
        other = at.another()
        for chaining in (at.chaining, other, at.chaining, other, other):
            at.append(100)
            at.seal(chaining)

        assert at.verify().is_clean
        assert at.chain.tail().size == 500

    def test_an_event_that_was_changed_at_the_end_stops_the_chain(self, at):
        at.signed(10)
        at.run("UPDATE events SET recorded_at = 1 WHERE position = 10")

        with pytest.raises(ChainBroken, match="position 10"):
            at.another().step()
