"""What the URLs of one collecting answer: from the store while that holds, else from the network."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import orjson

from events.clock import epoch_milliseconds
from workers.revocation.failure import Unusable
from workers.revocation.store import RevocationStore

MOST_URLS_OF_A_CERTIFICATE = 8
MOST_URLS = 1_000
"""In one collecting. A stranger's certificates could name any number."""

LONGEST_URL = 2_048


class NotWanted(Exception):  # noqa: N818 - nothing went wrong
    """The audit is over, or the process is to stop."""


class Fetch(Protocol):
    """Asks the network (`workers/revocation/fetching.py`)."""

    def fetch_all(
        self,
        urls: Iterable[str],
        taken: Callable[[str, bytes | Unusable], None],
        is_wanted: Callable[[], bool],
        seconds: float,
    ) -> bool:
        """Hand over what each URL answers within so many seconds; False when nobody wants it any more."""
        ...


@dataclass(frozen=True)
class Documents:
    """Answers URLs, each with one answer for one audit."""

    store: RevocationStore
    fetch: Fetch
    since: datetime
    """The audit's start. What was asked since then, by another of its checks too, is not asked again."""
    now: datetime
    is_wanted: Callable[[], bool]
    seconds_left: Callable[[], float]
    """For all of the collecting."""

    def gather(self, urls: Iterable[str]) -> None:
        """See to it that the URLs have answers; NotWanted when the audit ends meanwhile."""
        self.require_wanted()
        since, now = epoch_milliseconds(self.since), epoch_milliseconds(self.now)
        stale = [url for url in dict.fromkeys(urls) if not self.store.is_fresh(url, since=since, now=now)]
        seconds = max(0.0, self.seconds_left())
        if stale and not self.fetch.fetch_all(stale[:MOST_URLS], self._keep, self.is_wanted, seconds):
            raise NotWanted

    def _keep(self, url: str, answer: bytes | Unusable) -> None:
        self.store.keep_fetched(url, answer, epoch_milliseconds(self.now))

    def answer(self, url: str) -> bytes:
        """What a URL answered; Unusable when it did not."""
        fetched = self.store.fetched(url)
        if fetched is None:
            raise Unusable(f"can't be fetched: more than {MOST_URLS:,} would have to be")
        if isinstance(fetched.answer, Unusable):
            raise fetched.answer
        return fetched.answer

    def keep_fresh(self, url: str, until: int) -> None:
        """Note that an answer was verified, and holds until then. Epoch milliseconds."""
        self.store.keep_fresh(url, until)

    def keep_for(self, url: str, period: timedelta) -> None:
        """Note that an answer was verified, and holds for so long after it was fetched."""
        fetched = self.store.fetched(url)
        if fetched is not None:
            self.store.keep_fresh(url, fetched.fetched_at + period // timedelta(milliseconds=1))

    def require_wanted(self) -> None:
        """Raise NotWanted when nobody waits for what is being collected."""
        if not self.is_wanted():
            raise NotWanted


def urls_in(column: str) -> list[str]:
    """The URLs of HTTP in a column of the inventory, as far as they are asked."""
    given: list[str] = orjson.loads(column)
    asked = [url for url in given if url[:5].lower() == "http:" or url[:6].lower() == "https:"]
    return [url for url in asked if len(url) <= LONGEST_URL][:MOST_URLS_OF_A_CERTIFICATE]
