"""Fetches what certificates name by URL, from servers that nobody vouches for.

Every connection, those of redirects included, goes only where rules allow (`checked_connections.py`).
"""

import asyncio
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from time import monotonic

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from workers.revocation.address_rules import AddressRules
from workers.revocation.checked_connections import checked_connector, in_words
from workers.revocation.failure import Unusable

OPENED_BY = "FLEET_AUDIT_CRL_ALLOW"
"""The setting of the address rules."""

LOOK = 0.25
"""Seconds between two looks whether the result is still wanted."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})

Taken = Callable[[str, bytes | Unusable], None]
"""What is done with each answer, by its URL, as soon as it is there, so that few are in memory at a time."""


@dataclass(frozen=True)
class Limits:
    """What a server may cost. Times are seconds."""

    connect: float = 5.0
    silence: float = 5.0
    """How long a server may say nothing."""
    request: float = 20.0
    """How long one document may take, redirects included, however slowly and steadily it comes."""
    bytes: int = 16 * 1024 * 1024
    """Of one document: a revocation list of some 400,000 entries."""
    redirects: int = 5
    at_once: int = 8


@dataclass(frozen=True)
class Fetcher:
    """Fetches documents over HTTP and HTTPS."""

    rules: AddressRules
    limits: Limits = field(default_factory=Limits)
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    resolver: Callable[[], AbstractResolver] = aiohttp.ThreadedResolver
    """What names are resolved by: the system's resolver. It is asked anew for each redirect."""
    observe: Callable[[str, float], None] | None = None
    """Is told of each answer: `fetched`, `unusable`, `too_late` or `failed`, and the seconds it took."""

    def fetch_all(self, urls: Iterable[str], taken: Taken, is_wanted: Callable[[], bool], seconds: float) -> bool:
        """Fetch each URL and hand it to `taken`: its bytes, or why it can't be had.

        Blocks, at most for so many seconds and what a resolver takes. Return False, with some URLs not handed
        over, when `is_wanted` says that nobody waits for them any more.
        """
        return asyncio.run(self._fetch_all(list(urls), taken, is_wanted, seconds))

    async def _fetch_all(
        self, urls: list[str], taken: Taken, is_wanted: Callable[[], bool], seconds: float
    ) -> bool:
        slots = asyncio.Semaphore(self.limits.at_once)
        tasks = {asyncio.create_task(self._answer(url, slots, taken)): url for url in urls}
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        pending = set(tasks)
        wanted = True
        while pending and wanted and loop.time() < end:
            done, pending = await asyncio.wait(pending, timeout=LOOK)
            for task in done:
                task.result()  # raises what is a mistake of ours
            wanted = is_wanted()
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        if wanted:
            for task in pending:
                taken(tasks[task], Unusable("can't be fetched: there was no time left for its server"))
        return wanted

    async def _answer(self, url: str, slots: asyncio.Semaphore, taken: Taken) -> None:
        async with slots:
            began, outcome = monotonic(), "fetched"
            try:
                async with asyncio.timeout(self.limits.request):
                    answer: bytes | Unusable = await self._fetch(url)
            except Unusable as failure:
                outcome, answer = "unusable", failure
            except TimeoutError:
                outcome, answer = "too_late", Unusable("can't be fetched: its server takes too long")
            except (aiohttp.ClientError, OSError, ValueError) as error:
                outcome, answer = "failed", Unusable(f"can't be fetched: {in_words(error, OPENED_BY)}")
            if self.observe is not None:
                self.observe(outcome, monotonic() - began)
            taken(url, answer)

    async def _fetch(self, url: str) -> bytes:
        at = _location(URL(url))
        for _ in range(self.limits.redirects + 1):
            answer = await self._get(at)
            if isinstance(answer, bytes):
                return answer
            at = _location(at.join(answer))
        raise Unusable("can't be fetched: its server redirects too often")

    async def _get(self, url: URL) -> bytes | URL:
        """What is there, or where it is instead."""
        connector = checked_connector(self.rules, url.host or "", self.tls, self.resolver())
        async with (
            aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(connect=self.limits.connect, sock_read=self.limits.silence),
                headers={"Accept-Encoding": "identity", "User-Agent": "fleet-audit"},
                auto_decompress=False,
                trust_env=False,
            ) as session,
            session.get(url, allow_redirects=False) as response,
        ):
            if response.status in REDIRECTS and "Location" in response.headers:
                return URL(response.headers["Location"])
            if response.status != 200:
                raise Unusable(f"can't be fetched: its server answers with status {response.status}")
            if response.headers.get("Content-Encoding", "identity").lower() != "identity":
                raise Unusable("can't be fetched: its server sends it compressed, which was not asked for")
            return await self._body(response)

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > self.limits.bytes:
                raise Unusable(f"can't be fetched: it is larger than {self.limits.bytes:,} bytes")
        return bytes(body)


def _location(url: URL) -> URL:
    if url.scheme not in {"http", "https"} or not url.host:
        raise Unusable("can't be fetched: its URL is not one of HTTP")
    return url
