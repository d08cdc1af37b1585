"""Two coordinators that are active at the same time do no harm: the lock spares work and guards nothing."""

from contextlib import ExitStack
from dataclasses import replace
from functools import partial

from events.clock import SystemClock
from events.configuration_change import CheckConfiguration, ConfigurationChange
from events.follower import Follower
from events.identifiers import audit_task_id
from events.store.database import SqliteDatabase
from events.vocabulary import CheckName, TaskId
from projections.read_models import ReadModels
from service.data_directory import make_data_directory
from service.parts import coordination, parts, worker
from service.settings import Settings
from service.stores import sqlite_stores
from tests.support.given import CAUSE
from tests.support.projecting import rows_of
from tests.support.waiting import until
from tests.support.workshop import ENDINGS
from workers.embedded import EmbeddedWorkers

CHECKS = [CheckName("LOGGING_DISABLED_CHECK"), CheckName("DEVICE_CERTIFICATE_EXPIRING_CHECK")]
AUDITS = 20


def test_two_at_once_leave_what_one_would_have(tmp_path):
    settings = replace(Settings(), data_directory=tmp_path / "data", account=CAUSE.account)
    with ExitStack() as opened:
        stores = [
            opened.enter_context(sqlite_stores(make_data_directory(settings.data_directory))) for _ in range(2)
        ]
        first, second = (opened.enter_context(parts(settings, SystemClock(), each)) for each in stores)
        workers = EmbeddedWorkers(worker(first), threads=1)
        workers.start()
        opened.callback(workers.stop)
        active = [
            opened.enter_context(
                coordination(each, workers.queue, most_in_flight=4, queue_is_of_this_process=False)
            )
            for each in (first, second)
        ]
        enable(first.application)
        for number in range(AUDITS):
            application = (first, second)[number % 2].application
            task_id = TaskId(f"{number:032x}")
            started = application.start_on_demand_audit_task(task_id, CHECKS, CAUSE).result(20)
            assert all(each.answering.wait_until(started.position, 20) for each in active)
            until(partial(is_over, stores[0].log, task_id))
        last = stores[0].log.last_position()
        for each in active:
            assert each.health() == []
            assert each.answering.wait_until(last, 20)
        rebuilt = SqliteDatabase(tmp_path / "rebuilt.sqlite")
        opened.callback(rebuilt.close)
        anew = Follower(stores[0].log, ReadModels(rebuilt))
        anew.start()
        opened.callback(anew.stop)
        assert anew.wait_until(last, 20)
        assert rows_of(stores[1].read_models) == rows_of(rebuilt)


def enable(application):
    enabled = ConfigurationChange(
        "arn:aws:iam::000000000000:role/r", dict.fromkeys(CHECKS, CheckConfiguration(True))
    )
    application.update_account_audit_configuration(enabled, CAUSE).result(20)


def is_over(log, task_id):
    """Whether the log has the audit's end."""
    return any(isinstance(event, ENDINGS) for event in log.stream(audit_task_id(CAUSE.account, task_id)))
