"""The history, page by page: asked of a service, or of the stores themselves."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import click
from pydantic import ValidationError

from projections.paging import Page
from service.cli.environment import settings
from service.cli.json_over_http import ask
from service.cli.starting import start_explained
from service.operations.list_history import ListHistoryRequest, rendered
from service.operations.list_refusals import ListRefusalsRequest, shown
from service.read_models_beside import read_models_beside
from service.refusal_log import RefusalLog
from service.settings import Settings
from service.stores import Stores, stores_beside
from service.wire.listing import ListRequest
from service.wire.violations import describe

PAGE = 250

R = TypeVar("R", bound=ListRequest)

Query = Mapping[str, str]
"""What is wanted, as ListHistory and ListRefusals have it in a query."""

Entries = Callable[[Query], Iterator[Mapping[str, Any]]]


def events_over_http(endpoint_url: str) -> Entries:
    """Ask the service at an address for its history."""
    return _over_http(f"{endpoint_url}/fleet-audit/history", "history")


def refusals_over_http(endpoint_url: str) -> Entries:
    """Ask the service at an address for the commands that it has refused."""
    return _over_http(f"{endpoint_url}/fleet-audit/refusals", "refusals")


def _over_http(url: str, member: str) -> Entries:
    def entries(query: Query) -> Iterator[Mapping[str, Any]]:
        token: dict[str, str] = {}
        while True:
            page = ask("GET", f"{url}?{urlencode({**query, 'maxResults': PAGE, **token})}")
            yield from page[member]
            if "nextToken" not in page:
                return
            token = {"nextToken": page["nextToken"]}

    return entries


@contextmanager
def events_at_hand(data_directory: Path | None) -> Iterator[Entries]:
    """Look into the data directory or the database for the history, beside the service if one runs.

    Each event is whole, as in an export.
    """
    with _stores(data_directory) as (chosen, stores), read_models_beside(chosen, stores) as read_models:

        def entries(query: Query) -> Iterator[Mapping[str, Any]]:
            asked = _read(ListHistoryRequest, query)
            page: Page | None = Page(PAGE)
            while page is not None:
                found = read_models.history.list(
                    chosen.account, asked.wanted(), page, oldest_first=bool(asked.oldest_first)
                )
                yield from ({**rendered(each), "event": each.event} for each in found.rows)
                page = None if found.next is None else Page(PAGE, found.next)

        yield entries


@contextmanager
def refusals_at_hand(data_directory: Path | None) -> Iterator[Entries]:
    """Look there for refused commands."""
    with _stores(data_directory) as (chosen, stores):
        log = RefusalLog(stores.work)

        def entries(query: Query) -> Iterator[Mapping[str, Any]]:
            asked = _read(ListRefusalsRequest, query)
            page: Page | None = Page(PAGE)
            while page is not None:
                found = log.list(chosen.account, *asked.bounds, asked.actor, page)
                yield from map(shown, found.rows)
                page = None if found.next is None else Page(PAGE, found.next)

        yield entries


@contextmanager
def _stores(data_directory: Path | None) -> Iterator[tuple[Settings, Stores]]:
    chosen = settings(data_directory=data_directory)
    with start_explained(chosen), stores_beside(chosen) as stores:
        yield chosen, stores


def _read(kind: type[R], query: Query) -> R:
    try:
        return kind.model_validate(query)
    except ValidationError as violations:
        raise click.ClickException(describe(violations)) from None
