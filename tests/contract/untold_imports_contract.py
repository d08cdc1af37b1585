"""What an inventory promises, over any database, of imports that the log is to be told of."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest

from events.committer import Committer
from events.errors import StoreUnavailable
from events.inventory_import import ImportSource, ImportSummary, InventoryImported
from events.inventory_imports import InventoryImports
from events.log import EventLog
from events.store.sqlite import open_sqlite_log
from tests.support.fake_clock import FakeClock
from tests.support.given import ACCOUNT, NOON
from tests.support.inventory_records import device
from workers.inventory.import_teller import ImportTeller
from workers.inventory.kinds import DEVICE_CERTIFICATES
from workers.inventory.untold_imports import ImportedBy

BY = ImportedBy("AKIDEXAMPLE", "request-1", ImportSource.HTTP)


def import_for(inventory, by, *numbers, replace=False, rejected=0):
    with inventory.begin_import(ACCOUNT, replace=replace, now=NOON, by=by) as importing:
        for number in numbers:
            importing.add(DEVICE_CERTIFICATES, device(number))
        importing.rejected = rejected


def summary(version, *counts, replaced=False):
    return ImportSummary(ImportSource.HTTP, NOON, version, replaced, *counts)


class UntoldImportsContract:
    """A subclass gives `inventory`, and `another`: the same inventory as another process would open it."""

    @pytest.fixture
    def log(self, tmp_path) -> Iterator[EventLog]:
        with closing(open_sqlite_log(tmp_path / "log-of-imports.sqlite")) as log:
            yield log

    @pytest.fixture
    def imports(self, log) -> Iterator[InventoryImports]:
        committer = Committer(log)
        committer.start()
        yield InventoryImports(committer)
        committer.stop()

    def told(self, log):
        return [each.event for each in log.after(0) if isinstance(each.event, InventoryImported)]

    def test_an_import_that_somebody_asked_for_waits_to_be_told(self, inventory, another):
        import_for(inventory, BY, 1, 2, rejected=3)
        import_for(inventory, BY, 2, replace=True)
        first, second = another.untold_imports.all()
        assert (first.account, first.by, first.summary) == (ACCOUNT, BY, summary(1, 2, 0, 0, 0, 3))
        assert second.summary == summary(2, 0, 0, 1, 1, 0, replaced=True)

    def test_nothing_is_to_be_told_of_what_nobody_asked_for_or_did_not_happen(self, inventory):
        import_for(inventory, None, 1)
        import_for(inventory, BY, rejected=7)
        with pytest.raises(ZeroDivisionError), inventory.begin_import(ACCOUNT, replace=True, now=NOON, by=BY):
            raise ZeroDivisionError
        assert inventory.untold_imports.all() == []

    def test_it_is_told_with_who_asked_for_it(self, inventory, log, imports):
        import_for(inventory, BY, 1)
        clock = FakeClock()
        position = ImportTeller(inventory.untold_imports, imports, clock).tell()
        [event] = self.told(log)
        assert (event.account, event.actor, event.request_id) == (ACCOUNT, BY.actor, BY.request_id)
        assert (event.timestamp, event.summary) == (clock.now(), summary(1, 1, 0, 0, 0, 0))
        assert position == log.last_position()
        assert inventory.untold_imports.all() == []

    def test_it_is_told_once_however_many_tell(self, inventory, another, log, imports):
        for number in range(5):
            import_for(inventory, BY, number)
        tellers = [ImportTeller(each.untold_imports, imports, FakeClock()) for each in (inventory, another)]
        with ThreadPoolExecutor() as threads:
            list(threads.map(lambda teller: teller.tell(), tellers * 3))
        assert [event.summary.inventory_version for event in self.told(log)] == [1, 2, 3, 4, 5]
        assert tellers[0].tell() == 0

    def test_one_whose_teller_died_before_it_dropped_the_note_is_told_once(self, inventory, log, imports):
        import_for(inventory, BY, 1)
        dropping: Any = DroppingNothing(inventory.untold_imports)
        teller = ImportTeller(dropping, imports, FakeClock())
        with pytest.raises(StoreUnavailable):
            teller.tell()
        assert len(self.told(log)) == len(inventory.untold_imports.all()) == 1
        ImportTeller(inventory.untold_imports, imports, FakeClock()).tell()
        assert (len(self.told(log)), inventory.untold_imports.all()) == (1, [])


class DroppingNothing:
    """The notes of an inventory that goes away once they are read."""

    def __init__(self, untold) -> None:
        self.all = untold.all

    def drop(self, _):
        raise StoreUnavailable("the disk is full")
