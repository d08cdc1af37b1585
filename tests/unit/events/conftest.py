"""A log in a file of its own, a committer on it that is not started yet, and an application that works."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from events.application import Application
from events.committer import Committer
from events.log import EventLog
from events.store.sqlite import open_sqlite_log
from tests.support.given import CAUSE
from tests.support.made_up_audits import PATIENCE, TASK, configuration
from tests.support.made_up_catalogue import CATALOGUE, OPEN, ROTTING


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.sqlite"


@pytest.fixture
def log(path: Path) -> Iterator[EventLog]:
    opened = open_sqlite_log(path)
    yield opened
    opened.close()


@pytest.fixture
def committer(log: EventLog) -> Iterator[Committer]:
    made = Committer(log)
    yield made
    made.stop()


@pytest.fixture
def application(committer: Committer) -> Application:
    committer.start()
    return Application(committer, CATALOGUE, "us-east-1")


@pytest.fixture
def configured(application: Application) -> Application:
    application.update_account_audit_configuration(configuration(ROTTING, OPEN), CAUSE).result(PATIENCE)
    return application


@pytest.fixture
def auditing(configured: Application) -> Application:
    configured.start_on_demand_audit_task(TASK, [ROTTING, OPEN], CAUSE).result(PATIENCE)
    return configured


@pytest.fixture
def happened(log: EventLog) -> Callable[..., list[str]]:
    """The topics that a stream has, or the whole log."""

    def topics(stream: UUID | None = None) -> list[str]:
        events = [each.event for each in log.after(0)] if stream is None else log.stream(stream)
        return [event.TOPIC.removesuffix(".v1") for event in events]

    return topics
