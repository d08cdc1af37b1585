"""An audit is watched from the command line, over connections that break."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import click
import pytest

from events.vocabulary import CheckRunStatus
from service.cli.audits import audit_client
from service.cli.watching import MOST_CONNECTIONS_IN_VAIN, events_in, watch
from service.listening import listening_in_a_thread
from tests.support.api_story import LOGGING
from tests.support.audit_at_work import AuditAtWork
from tests.support.boto3_story import enable, start
from tests.support.front_end import services
from tests.support.tcp_relay import tcp_relay

STREAM = b"""id: 7
event: progress
data: {"taskStatus":"IN_PROGRESS"}

: still in progress

id: 9
event: end
data: {"taskStatus":"COMPLETED"}

id: 10
event: progress
data: {"taskSta"""


def test_the_events_of_a_stream_are_told_apart_from_what_says_nothing_and_what_breaks_off():
    told = list(events_in(STREAM.splitlines(keepends=True)))
    assert [(event.id, event.kind, event.state["taskStatus"]) for event in told] == [
        ("7", "progress", "IN_PROGRESS"),
        ("9", "end", "COMPLETED"),
    ]


@pytest.fixture
def serving(tmp_path) -> Iterator[tuple[str, AuditAtWork, str]]:
    """A service behind a relay, and an audit in progress."""
    with services(tmp_path) as given, listening_in_a_thread(given) as url:
        client = audit_client(url, "us-east-1")
        enable(client, LOGGING)
        task_id = start(client, LOGGING)
        yield url, AuditAtWork(given, task_id), task_id


def test_a_connection_that_breaks_is_made_again_and_nothing_is_told_twice(serving):
    url, audit, task_id = serving
    with tcp_relay(urlsplit(url).port or 0) as relay:
        states = watch(f"http://127.0.0.1:{relay.port}", task_id, wait=lambda _: None)
        first = next(states)
        relay.cut()
        audit.find(LOGGING, examined=5)
        second = next(states)
        relay.cut()
        audit.end(LOGGING, CheckRunStatus.COMPLETED_COMPLIANT)
        last = list(states)[-1]
        assert relay.connections == 3
    assert [state["checks"][LOGGING]["shardsDone"] for state in (first, second)] == [0, 1]
    assert last["taskStatus"] == "COMPLETED"


def test_there_is_nothing_to_watch_of_an_audit_that_is_not_there(serving):
    with pytest.raises(click.ClickException, match="no audit task"):
        next(watch(serving[0], "b" * 32))


def test_a_service_that_stays_away_is_given_up():
    waits: list[float] = []
    with pytest.raises(click.ClickException, match="Can't watch"):
        next(watch("http://127.0.0.1:1", "b" * 32, waits.append))
    assert len(waits) == MOST_CONNECTIONS_IN_VAIN
