"""The differences between two audits, page by page: asked of a service, or of the stores themselves."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

import click

from events.clock import SystemClock, epoch_milliseconds
from events.errors import Refusal
from projections.paging import Page
from service.cli.json_over_http import ask
from service.cli.starting import start_explained
from service.differences.differences import Differences, Wanted
from service.read_models_beside import read_models_beside
from service.settings import Settings
from service.stores import stores_beside
from workers.checks import REGISTRY

PAGE = 250

Pages = Callable[[Wanted], Iterator[Mapping[str, Any]]]
"""The pages of what is wanted. The first one says what there is of each check."""


def pages_over_http(endpoint_url: str) -> Pages:
    """Ask the service at an address."""

    def pages(wanted: Wanted) -> Iterator[Mapping[str, Any]]:
        url = f"{endpoint_url}/fleet-audit/tasks/{quote(wanted.task_id, safe='')}/diff"
        asked = {"since": wanted.since, "checkName": wanted.check_name, "status": wanted.status}
        query: dict[str, Any] = {name: str(value) for name, value in asked.items() if value is not None}
        query["maxResults"] = PAGE
        while True:
            page = ask("GET", f"{url}?{urlencode(query)}")
            yield page
            if "nextToken" not in page:
                return
            query["nextToken"] = page["nextToken"]

    return pages


@contextmanager
def pages_at_hand(chosen: Settings) -> Iterator[Pages]:
    """Look into the data directory or the database, beside the service if one runs."""
    with (
        start_explained(chosen),
        stores_beside(chosen) as stores,
        read_models_beside(chosen, stores) as read_models,
    ):
        differences = Differences(read_models, stores.inventory, REGISTRY)
        retention = timedelta(days=chosen.retention_days)
        retained_after = epoch_milliseconds(SystemClock().now() - retention)

        def pages(wanted: Wanted) -> Iterator[Mapping[str, Any]]:
            page: Page | None = Page(PAGE)
            while page is not None:
                try:
                    answer, shown = differences.answer(chosen.account, wanted, page, retained_after=retained_after)
                except Refusal as refusal:
                    raise click.ClickException(str(refusal)) from refusal
                yield answer
                page = None if shown.next is None else Page(PAGE, shown.next)

        yield pages
