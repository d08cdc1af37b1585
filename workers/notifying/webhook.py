"""Posts to the webhook of the service's settings: the same JSON as to SNS, signed."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from workers.notifying.delivery import NotDelivered, Outgoing
from workers.notifying.signature import signed_headers
from workers.revocation.address_rules import PUBLIC_ONLY, AddressRules
from workers.revocation.checked_connections import checked_connector, in_words

OPENED_BY = "FLEET_AUDIT_WEBHOOK_ALLOW"
"""The setting of the address rules."""


@dataclass(frozen=True)
class Webhook:
    """Where messages go, and what signs them. Times are seconds."""

    url: str = field(repr=False)
    """It may have a secret in it, so it is never shown."""
    key: bytes = field(repr=False)
    rules: AddressRules = PUBLIC_ONLY
    connect: float = 5.0
    request: float = 15.0
    """How long the whole may take, however slowly and steadily the answer comes."""
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False, compare=False)
    resolver: Callable[[], AbstractResolver] = field(default=aiohttp.ThreadedResolver, repr=False, compare=False)

    def deliver(self, outgoing: Outgoing) -> str:
        """Post; any status from 200 to 299 means taken. Redirects are not followed. Raise NotDelivered."""
        try:
            status = asyncio.run(self._within_time(outgoing))
        except TimeoutError as error:
            raise NotDelivered("The webhook can't be told: its server takes too long.") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise NotDelivered(f"The webhook can't be told: {in_words(error, OPENED_BY)}.") from error
        if not 200 <= status < 300:
            raise NotDelivered(f"The webhook's server answers with status {status}.")
        return f"status {status}"

    async def _within_time(self, outgoing: Outgoing) -> int:
        async with asyncio.timeout(self.request):
            return await self._post(outgoing)

    async def _post(self, outgoing: Outgoing) -> int:
        """The status is the answer: its body is not waited for."""
        url = URL(self.url)
        body = outgoing.body.encode()
        signed = signed_headers(self.key, outgoing.message_id, outgoing.sent_at, body)
        headers = {"Content-Type": "application/json", "User-Agent": "fleet-audit", **signed}
        async with (
            aiohttp.ClientSession(
                connector=checked_connector(self.rules, url.host or "", self.tls, self.resolver()),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, connect=self.connect),
                trust_env=False,
            ) as session,
            session.post(url, data=body, headers=headers, allow_redirects=False) as response,
        ):
            return response.status


class NoWebhook:
    """Stands for a webhook that was taken out of the settings before it was told everything."""

    def deliver(self, outgoing: Outgoing) -> str:  # noqa: ARG002 - there is nobody
        """Raise NotDelivered."""
        raise NotDelivered("FLEET_AUDIT_WEBHOOK_URL is not set any more.")
