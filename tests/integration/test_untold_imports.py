"""An import whose process died before the history knew of it gets there with the next process."""

import logging
from contextlib import closing
from typing import Any

from events.errors import StoreUnavailable
from events.inventory_import import ImportSource
from projections.history import HistoryFilter
from projections.paging import Page
from service.data_directory import make_data_directory
from service.settings import Settings
from service.telling_imports import imports_told, tell_or_leave
from tests.support.broad_policies import policies
from tests.support.running_audit import CLOCK, running_audit
from tests.support.waiting import until
from workers.inventory.importers.import_ndjson import import_ndjson
from workers.inventory.store import open_sqlite_inventory
from workers.inventory.untold_imports import ImportedBy

BY = ImportedBy("AKIDEXAMPLE", "request-1", ImportSource.HTTP)


def test_a_service_that_starts_tells_what_was_left(tmp_path):
    settings = Settings(data_directory=tmp_path, port=0)
    with closing(open_sqlite_inventory(make_data_directory(tmp_path).inventory)) as inventory:
        import_ndjson(inventory, settings.account, policies(3), replace=True, now=CLOCK.now(), by=BY)
    for _ in range(2):
        with running_audit(settings) as audit:
            history = audit.services.read_models.history

            def told(history=history):
                return history.list(settings.account, HistoryFilter(kind="Inventory."), Page(10)).rows

            until(told)
            [entry] = told()
            assert (entry.actor, entry.request_id) == ("AKIDEXAMPLE", "request-1")
            assert "imported 3 records over HTTP" in entry.sentence


class Away:
    """A teller whose stores come back after some attempts."""

    def __init__(self, attempts: int) -> None:
        self.left = attempts

    def tell(self) -> int:
        self.left -= 1
        if self.left >= 0:
            raise StoreUnavailable("the log is away")
        return 7


def test_an_import_stands_though_the_log_is_away(caplog):
    teller: Any = Away(1)
    with caplog.at_level(logging.WARNING):
        assert (tell_or_leave(teller), tell_or_leave(teller)) == (0, 7)
    assert "gets into the history later: the log is away" in caplog.text


def test_what_could_not_be_told_at_once_keeps_nobody_from_stopping():
    teller: Any = Away(1)
    with imports_told(teller):
        until(lambda: teller.left == 0)
