"""What a rebuild and a verification promise over every database. A test class derives from this."""

from datetime import timedelta
from multiprocessing import get_context
from threading import Event, Thread

import pytest

from events.follower import Follower
from events.store.table_shape import shape_of
from projections.comparing import Kind
from projections.due_rows import due_rows
from projections.pruning import ReadModelPruning
from projections.read_models import PROJECTIONS
from projections.verifying import NotOfOnePosition
from service.rebuilding import NAMES, AnotherAtWork
from service.settings import Settings
from tests.support.events import task_id
from tests.support.given import ACCOUNT, NOON
from tests.support.rebuildable import (
    TABLES,
    Rebuildable,
    an_eventful_day,
    archived,
    rebuild_and_die,
    rebuildable,
    say_nothing,
)

RETENTION = timedelta(days=180)
PATIENCE = 60.0

ACTS = ("open", "carry", "settle", "replace", "clear")
"""Of a rebuild, in their order (`events/store/aside.py`)."""


class RebuildingContract:
    """Derived classes give `settings` of tables that are made, and `leftovers`: what a rebuild has left behind."""

    names: tuple[str | None, ...] = (*NAMES, None)
    """What is rebuilt: each by itself, and all."""
    tables = tuple(TABLES)
    """Whose rows are spoiled."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        for argument, values in {"each_name": self.names, "each_table": self.tables}.items():
            if argument in metafunc.fixturenames:
                metafunc.parametrize(argument, values)

    @pytest.fixture
    def day(self):
        return an_eventful_day()

    @pytest.fixture
    def place(self, settings: Settings, day):
        with rebuildable(settings) as opened:
            opened.happens(day.events)
            yield opened

    def test_a_rebuild_makes_the_same_rows_at_the_same_position(self, place: Rebuildable, leftovers, each_name):
        before = place.rows()
        assert all(before.values()), [table for table, rows in before.items() if not rows]

        position = place.rebuild(*([each_name] if each_name else []))

        assert position == place.log.last_position()
        assert place.rows() == before
        assert leftovers() == []

    def test_a_rebuild_puts_right_what_was_wrong(self, place: Rebuildable, each_name):
        before = place.rows()
        wrong = TABLES if each_name is None else next(one for one in PROJECTIONS if one.name == each_name).tables
        with place.database.transaction() as rows:
            for table in wrong:
                rows.execute(f"DELETE FROM {table}")

        place.rebuild(*([each_name] if each_name else []))

        assert place.rows() == before

    def test_the_follower_goes_on_with_what_was_rebuilt(self, place: Rebuildable, day):
        place.rebuild()
        day.events = []
        day.task_completed(task_id(3))
        day.on_demand_audit_released(task_id(3))

        place.happens(day.events)

        assert place.models.audit_tasks.ended_at(ACCOUNT, task_id(3)) is not None
        with place.care() as care:
            assert care.verify(NAMES, say_nothing).first is None

    @pytest.mark.parametrize("name", ["audit_findings", None])
    def test_what_happens_during_a_rebuild_is_neither_lost_nor_repeated(self, place: Rebuildable, day, name):
        """At each step of the rebuild something happens, and a follower follows, as in a service that runs."""
        follower = Follower(place.log, place.models)

        def meanwhile(what: str, done: int, total: int) -> None:
            if place.log.last_position() < 100:
                day.events = []
                day.scheduled_audit_tagged(tags={"done": f"{what} {done}"})
                day.task_started(task_id(10 + place.log.last_position()))
                place.log.append(day.events)

        follower.start()
        with place.care() as care:
            care.rebuild((name,) if name else NAMES, meanwhile)
            assert follower.wait_until(place.log.last_position(), PATIENCE)
            follower.stop()
            assert care.verify(NAMES, say_nothing).first is None

    def test_who_asks_meanwhile_gets_the_same_answer_again_and_again(self, place: Rebuildable):
        expected = place.models.audit_tasks.describe(ACCOUNT, task_id(1))
        answers, stop = [], Event()

        def ask():
            with rebuildable(place.settings) as other:
                other.models.look(place.log.last_position())
                while not stop.is_set():
                    answers.append(other.models.audit_tasks.describe(ACCOUNT, task_id(1)))
                    other.models.look(place.log.last_position())

        thread = Thread(target=ask)
        thread.start()
        try:
            for name in (*NAMES, None, None):
                place.rebuild(*([name] if name else []))
        finally:
            stop.set()
            thread.join(PATIENCE)
        assert len(answers) > 10
        assert all(answer == expected for answer in answers)

    def test_nothing_is_appended_to_the_log(self, place: Rebuildable):
        before = place.log.last_position()
        place.rebuild()
        assert place.log.last_position() == before

    def test_of_two_at_once_the_second_is_refused(self, place: Rebuildable):
        refusals = []

        def meanwhile(*_):
            with place.care() as other:
                for work in (other.rebuild, other.verify):
                    with pytest.raises(AnotherAtWork, match="by another process"):
                        work(NAMES, say_nothing)
                    refusals.append(work)

        with place.care() as care:
            care.verify(NAMES, meanwhile)
        assert refusals

    @pytest.mark.parametrize("last_act", ACTS)
    def test_a_rebuild_that_was_killed_leaves_all_serving_and_the_next_one_works(
        self, place: Rebuildable, leftovers, last_act
    ):
        before = place.rows()
        process = get_context("spawn").Process(target=rebuild_and_die, args=(place.settings, "", last_act))
        process.start()
        process.join(PATIENCE)

        assert process.exitcode is not None
        assert place.rows() == before
        place.follow()
        place.rebuild()
        assert place.rows() == before
        assert leftovers() == []

    def test_rebuilt_rows_are_verified(self, place: Rebuildable, leftovers):
        with place.care() as care:
            verdict = care.verify(NAMES, say_nothing)

        assert verdict.first is None
        assert verdict.position == place.log.last_position()
        assert verdict.rows == sum(len(place.rows()[table]) for table in TABLES)
        assert leftovers() == []

    def test_a_row_that_is_missing_is_named(self, place: Rebuildable, each_table):
        shape = shape_of(each_table, TABLES[each_table])
        row = dict(zip(shape.columns, place.rows()[each_table][0], strict=True))
        key = {column: row[column] for column in shape.key}
        where = " AND ".join(f"{column} = ?" for column in key)
        with place.database.transaction() as rows:
            rows.execute(f"DELETE FROM {each_table} WHERE {where}", tuple(key.values()))

        self.require(place, each_table, Kind.MISSING, key)

    def test_a_row_too_many_is_named(self, place: Rebuildable, each_table):
        shape = shape_of(each_table, TABLES[each_table])
        row = dict(zip(shape.columns, place.rows()[each_table][0], strict=True))
        last = shape.key[-1]
        row[last] = row[last] + 1000 if isinstance(row[last], int) else f"{row[last]}~"
        marks = ", ".join("?" * len(row))
        with place.database.transaction() as rows:
            rows.execute(f"INSERT INTO {each_table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))

        self.require(place, each_table, Kind.EXTRA, {column: row[column] for column in shape.key})

    def test_a_row_that_was_changed_is_named_with_its_column(self, place: Rebuildable, each_table):
        shape = shape_of(each_table, TABLES[each_table])
        row = dict(zip(shape.columns, place.rows()[each_table][0], strict=True))
        changeable = [column for column in shape.columns if column not in shape.key and row[column] is not None]
        if not changeable:
            assert set(shape.columns) == set(shape.key), "a row of nothing but its key can't be changed"
            return
        column = changeable[-1]
        value = row[column] + 1 if isinstance(row[column], int) else f"{row[column]} "
        where = " AND ".join(f"{each} = ?" for each in shape.key)
        key = {each: row[each] for each in shape.key}
        with place.database.transaction() as rows:
            rows.execute(f"UPDATE {each_table} SET {column} = ? WHERE {where}", (value, *key.values()))

        difference = self.require(place, each_table, Kind.CHANGED, key)
        assert (difference.column, difference.serving, difference.rebuilt) == (column, value, row[column])

    def require(self, place: Rebuildable, table: str, kind: Kind, key):
        with place.care() as care:
            verdict = care.verify(NAMES, say_nothing)
        assert verdict.first is not None
        assert verdict.found == {kind: 1}
        assert (verdict.first.table, verdict.first.kind, verdict.first.key) == (table, kind, key)
        return verdict.first

    def test_whether_old_audits_were_pruned_already_makes_no_difference(self, place: Rebuildable, day):
        day.events = []
        day.now = NOON + timedelta(days=100)
        day.task_completed(task_id(3))
        place.happens(day.events)
        place.clock.move_to(NOON + RETENTION + timedelta(days=1))
        with place.care() as care:
            assert care.verify(NAMES, say_nothing).first is None
            for name in NAMES:
                place.rebuild(name)
                assert care.verify(NAMES, say_nothing).first is None

            self.prune(place)
            assert [task for task in (1, 2, 3) if place.models.audit_tasks.describe(ACCOUNT, task_id(task))] == [3]
            before = place.rows()
            assert care.verify(NAMES, say_nothing).first is None
            for wanted in (*([name] for name in NAMES), NAMES):
                place.rebuild(*wanted)
                assert place.rows() == before

    def test_what_is_due_is_what_pruning_removes(self, place: Rebuildable):
        """Of every table, and nothing else."""
        place.clock.move_to(NOON + timedelta(days=500))
        due = due_rows(place.clock.now(), RETENTION)
        kept = {}
        for table in TABLES:
            where = f"WHERE NOT ({due[table].condition})" if table in due else ""
            kept[table] = place.database.query(
                f"SELECT * FROM {table} {where}", (due[table].up_to,) if table in due else ()
            )
        self.prune(place)
        assert {table: sorted(rows, key=repr) for table, rows in kept.items()} == {
            table: rows for table, rows in place.rows().items() if table in TABLES
        }

    def test_an_audit_that_was_archived_is_no_difference(self, place: Rebuildable, day):
        day.events = []
        archived(day, 1)
        place.happens(day.events)
        place.clock.move_to(NOON + RETENTION + timedelta(days=1))
        with place.care() as care:
            assert care.verify(NAMES, say_nothing).first is None

    def prune(self, place: Rebuildable) -> None:
        pruning = ReadModelPruning(place.database, place.clock, RETENTION, lambda *_: None)
        for _ in range(20):
            pruning.step()

    def test_while_one_is_filled_anew_there_is_nothing_to_compare(self, place: Rebuildable):
        with place.database.transaction() as rows:
            rows.execute("UPDATE projections SET position = 1 WHERE name = 'audit_tasks'")
        with place.care() as care, pytest.raises(NotOfOnePosition, match="being filled anew"):
            care.verify(NAMES, say_nothing)

    def test_one_that_is_behind_is_rebuilt_to_where_the_others_are(self, place: Rebuildable):
        before = place.rows()
        with place.database.transaction() as rows:
            rows.execute("DELETE FROM audit_findings")
            rows.execute("UPDATE projections SET position = 0 WHERE name = 'audit_findings'")

        place.rebuild("audit_findings")

        assert place.rows() == before

    def test_all_are_listed(self, place: Rebuildable):
        with place.care() as care:
            listed = care.list()

        assert [each.name for each in listed] == list(NAMES)
        assert {each.position for each in listed} == {place.log.last_position()}
        assert sum(each.rows for each in listed) == sum(map(len, (place.rows()[table] for table in TABLES)))
