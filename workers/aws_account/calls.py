"""Calls of an account's operations: several at once, page by page, and only those that read."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Lock
from typing import Any, NamedTuple, TypeVar

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from botocore.parsers import ResponseParserError

from workers.aws_account.access import CALLS_AT_ONCE, Client, OpenClients
from workers.aws_account.operations import OPERATIONS, action
from workers.aws_account.refusal import explained, unintelligible
from workers.aws_account.watch import SECONDS_BETWEEN_LOOKS, NotWanted, Watch

Answer = dict[str, Any]
T = TypeVar("T")
R = TypeVar("R")

MOST_PAGES = 100_000
"""Of one listing. AWS's pages have up to 250 certificates."""

MOST_EMPTY_PAGES = 100
"""One after the other. A page may be empty and have a token all the same, but a listing has to get on."""


class Listing(NamedTuple):
    """An operation that lists, and the names of what it takes and gives."""

    service: str
    operation: str
    members: str
    token: str = "marker"  # noqa: S105 - the name of a parameter
    next_token: str = "nextMarker"  # noqa: S105
    page_size: tuple[str, int] = ("pageSize", 250)


class Page(NamedTuple):
    """A piece of a listing."""

    members: list[Any]
    next: str | None
    """What asks for the following page; None after the last."""


class Calls:
    """Calls into one account, during one step of its reading. Any number of threads may call."""

    def __init__(self, open_account: Callable[[], OpenClients], crew: ThreadPoolExecutor, watch: Watch) -> None:
        self.watch = watch
        self.count = 0
        self.is_over = False
        self._open_account = open_account
        self._open: OpenClients | None = None
        self._crew = crew
        self._clients: dict[str, Client] = {}
        self._opening = Lock()

    def call(self, service: str, operation: str, **parameters: Any) -> Answer:
        """Call an operation that reads. Raise Unreadable with its name, or Gone when the resource is."""
        if operation not in OPERATIONS[service]:
            raise ValueError(f"{action(service, operation)} is not one that may be called.")
        called = action(service, operation)
        try:
            client = self._client(service)
            answer: Answer = getattr(client, xform_name(operation))(**parameters)
        except ParamValidationError as error:
            raise unintelligible(
                called, "what it is to be asked for was named in another answer, and can't be"
            ) from (error)
        except (ClientError, BotoCoreError, ResponseParserError) as error:
            raise explained(called, error) from error
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            # botocore takes it for granted that AWS answers in the form of its model.
            raise unintelligible(called, "it is not in the form of AWS's model") from error
        return answer

    def pages(self, listing: Listing, marker: str | None = None, **parameters: Any) -> Iterator[Page]:
        """The pages of a listing, from `marker` on. One that never ends, or goes in circles, is Unreadable."""
        called = action(listing.service, listing.operation)
        seen: set[str] = set()
        empty = 0
        for _ in range(MOST_PAGES):
            self.watch.look()
            at = {} if marker is None else {listing.token: marker}
            size, number = listing.page_size
            answer = self._watched(listing, {size: number, **at, **parameters})
            members = member(answer, listing.members, list, called)
            marker = member(answer, listing.next_token, str, called) if answer.get(listing.next_token) else None
            yield Page(members, marker)
            if marker is None:
                return
            empty = 0 if members else empty + 1
            if marker in seen or empty > MOST_EMPTY_PAGES:
                break
            seen.add(marker)
        raise unintelligible(called, "its pages never end")

    def each(self, work: Callable[[T], R], items: Iterable[T]) -> Iterator[tuple[T, R]]:
        """Do `work` for every item, several at once, and hand out each with what came of it, as it is done.

        The first exception ends it, and so does the watch.
        """
        doing: dict[Future[R], T] = {self._crew.submit(work, item): item for item in items}
        try:
            while doing:
                done, _ = wait(doing, timeout=SECONDS_BETWEEN_LOOKS, return_when=FIRST_COMPLETED)
                for each in done:
                    yield doing.pop(each), each.result()
                self.watch.look()
        finally:
            for each in doing:
                each.cancel()

    def _watched(self, listing: Listing, parameters: Answer) -> Answer:
        """Call in a thread of the crew, so that the one that watches is never stuck in a call."""
        if not self.watch.is_of_this_thread():
            return self.call(listing.service, listing.operation, **parameters)
        [(_, answer)] = self.each(
            lambda given: self.call(listing.service, listing.operation, **given), [parameters]
        )
        return answer

    def _client(self, service: str) -> Client:
        with self._opening:
            self.count += 1
            if self._open is None:
                self._open = self._open_account()
            if service not in self._clients:
                client = self._open(service)
                client.meta.events.register("before-send", self._require_that_it_is_not_over)
                self._clients[service] = client
            return self._clients[service]

    def _require_that_it_is_not_over(self, **_: Any) -> None:
        """Before every attempt of a call: what nobody waits for any more is not tried again."""
        if self.is_over:
            raise NotWanted


@contextmanager
def calling(open_account: Callable[[], OpenClients], watch: Watch) -> Iterator[Calls]:
    """Calls during the block. At its end nobody waits for calls that are out: they end by themselves."""
    crew = ThreadPoolExecutor(CALLS_AT_ONCE, thread_name_prefix="aws-account")
    calls = Calls(open_account, crew, watch)
    try:
        yield calls
    finally:
        calls.is_over = True
        crew.shutdown(wait=False, cancel_futures=True)


def member(answer: Any, name: str, kind: type[T], called: str) -> T:
    """A member that an answer must have. Raise Unreadable when it does not, or when it is something else."""
    value = answer.get(name) if isinstance(answer, dict) else None
    if isinstance(value, kind) and "\0" not in str(value):
        return value
    raise unintelligible(called, f"{name} is missing, or not what it should be")


def in_pieces(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The items, so many at a time."""
    return (items[first : first + size] for first in range(0, len(items), size))
