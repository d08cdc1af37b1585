"""What all requests for a list share: which page, and the token of the one after it."""

from typing import Any, ClassVar

from pydantic import PrivateAttr

from projections.paging import Page, Slice
from service.wire.members import MaxResultsInQuery
from service.wire.next_token import Query
from service.wire.request import Request

DEFAULT_MAX_RESULTS = 25
"""Source: the audit command reference."""


class ListRequest(Request):
    """A request for a list, page by page."""

    order: ClassVar[tuple[type, ...]]
    """The types of the columns by which the list is in order, as its projection has them."""

    next_token: str | None = None
    max_results: MaxResultsInQuery | None = None

    _as_of: int | None = PrivateAttr(default=None)

    def list_as_of(self, position: int) -> None:
        """Ask for the list of a moment that is past: of when the log was at a position."""
        self._as_of = position

    def page(self, account: str) -> Page:
        """Which rows to read; refused when the token is of another query."""
        after = None if self.next_token is None else self._query(account).place(self.next_token)
        return Page(self.max_results or DEFAULT_MAX_RESULTS, after)

    def token_after(self, rows: Slice[Any], account: str) -> str | None:
        """The token of the page after these rows; None when they are the last."""
        return None if rows.next is None else self._query(account).token(rows.next)

    def _query(self, account: str) -> Query:
        operation = type(self).__name__.removesuffix("Request")
        filters = self.model_dump(mode="json", exclude={"next_token", "max_results"})
        return Query(operation, account, filters, self.order, self._as_of)
