"""Watches an audit of a service: its server-sent events, over as many connections as it takes."""

import time
from collections.abc import Callable, Iterable, Iterator
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import click
import orjson

from service.cli.json_over_http import said
from service.cli.signing import signed

LONGEST_SILENCE = 60.0
"""Seconds. The service says every 15 that it is still there."""

BETWEEN_CONNECTIONS = 0.5
MOST_CONNECTIONS_IN_VAIN = 20
"""Ten seconds in which a service may be started again."""

State = dict[str, Any]


def watch(endpoint_url: str, task_id: str, wait: Callable[[float], None] = time.sleep) -> Iterator[State]:
    """Where an audit stands, whenever that changes; the last one is how it ended.

    A connection that breaks is made again, and nothing is told twice. Raise ClickException when there is no such
    audit, and when the service stays away.
    """
    last_event_id = ""
    in_vain = 0
    while True:
        try:
            for event in _told(endpoint_url, task_id, last_event_id):
                last_event_id, in_vain = event.id, 0
                yield event.state
                if event.kind == "end":
                    return
        except HTTPError as refusal:
            if refusal.code < 500:
                raise click.ClickException(said(refusal)) from refusal
        except (OSError, HTTPException, ValueError) as error:
            if in_vain == MOST_CONNECTIONS_IN_VAIN:
                raise click.ClickException(f"Can't watch the audit at {endpoint_url}: {error}.") from error
        in_vain += 1
        wait(BETWEEN_CONNECTIONS)


class Told(NamedTuple):
    """One event."""

    id: str
    kind: str
    state: State


def _told(endpoint_url: str, task_id: str, last_event_id: str) -> Iterator[Told]:
    headers = {"Accept": "text/event-stream", "Last-Event-ID": last_event_id}
    url = f"{endpoint_url.rstrip('/')}/fleet-audit/tasks/{task_id}/events"
    request = Request(url, headers=signed("GET", url, headers))  # noqa: S310 - boto3 took the same endpoint
    with urlopen(request, timeout=LONGEST_SILENCE) as lines:  # noqa: S310
        yield from events_in(lines)


def events_in(lines: Iterable[bytes]) -> Iterator[Told]:
    """The events of a stream. One that breaks off is none."""
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.decode().rstrip("\r\n").partition(": ")
        if name:
            fields[name] = value
        elif "data" in fields:
            yield Told(fields.get("id", ""), fields.get("event", ""), orjson.loads(fields["data"]))
            fields = {}
