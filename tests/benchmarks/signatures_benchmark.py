"""What signatures cost: one verification, and how many descriptions a second are left of those without.

Both front ends of the comparison are of the same process and database. A request is signed once, as boto3 does,
and sent again and again. A service can't tell that from as many that were signed one by one: it verifies each.
"""

import asyncio
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from time import process_time

import aiohttp

from events.credential import Role
from service.access.door_settings import Door
from service.access.minting import AccessKey
from service.access.signature_v4 import examine
from service.listening import listening
from service.services import Services
from service.settings import Settings
from tests.benchmarks.load import Load, Measured, measure
from tests.support.front_end import services
from tests.support.issuing import issuing
from tests.support.signing import signed_headers
from workers.checks import REGISTRY

MOST_MICROSECONDS = 40.0
LEAST_OF_THE_RATE_WITHOUT = 0.75

VERIFICATIONS = 20_000
CLIENTS, PIPELINED, SECONDS, ROUNDS = 4, 8, 2.0, 5

BODY = b'{"targetCheckNames": ["LOGGING_DISABLED_CHECK"]}'


def main() -> None:
    """Print what was measured; end with status 1 if it is beyond its limits."""
    with (
        tempfile.TemporaryDirectory() as name,
        services(Path(name), Settings(data_directory=Path(name), door=Door(throttling="off"))) as given,
        issuing(Path(name), given) as issuer,
    ):
        key = issuer.create(Role.ADMINISTRATOR)
        microseconds = min(_microseconds(_verification(given, key)) for _ in range(ROUNDS))
        print(f"one verification      {microseconds:8.1f} us (at most {MOST_MICROSECONDS})")  # noqa: T201
        share = asyncio.run(_share(given, key))
    if microseconds > MOST_MICROSECONDS or share < LEAST_OF_THE_RATE_WITHOUT:
        sys.exit(1)


def _verification(given: Services, key: AccessKey) -> Callable[[], bool]:
    """All that the door does for a POST of boto3's, from the headers to the caller."""
    now, book = given.clock.now(), given.credentials
    stated = {"Content-Type": "application/json", "User-Agent": "Boto3/1.44.5", "Accept-Encoding": "identity"}
    headers = signed_headers(key, now, "POST", "http://127.0.0.1:8080/audit/tasks", BODY, stated)

    def verify() -> bool:
        signed = examine("POST", "/audit/tasks", headers, "us-east-1", now)
        claimed = signed.authorization
        signing_key = book.signing_key(claimed.access_key_id, claimed.date)
        is_signed = signed.is_by(signing_key, sha256(BODY).hexdigest())
        return is_signed and book.active(claimed.access_key_id) is not None

    return verify


def _microseconds(verify: Callable[[], bool]) -> float:
    began = process_time()
    verified = sum(verify() for _ in range(VERIFICATIONS))
    took = process_time() - began
    assert verified == VERIFICATIONS
    return took / VERIFICATIONS * 1e6


async def _share(given: Services, key: AccessKey) -> float:
    is_open = replace(given, settings=replace(given.settings, insecure=True))
    async with listening(is_open) as open_url, listening(given) as url:
        path = await _prepare(open_url)
        signed = signed_headers(key, given.clock.now(), "GET", f"http://localhost{path}")
        lines = "".join(f"{name}: {value}\r\n" for name, value in signed.items() if name != "Host")
        rounds = [(await _ask(open_url, path, lines), await _ask(url, path, lines)) for _ in range(ROUNDS)]
    without, with_ = (statistics.median(each[which].answers_a_second for each in rounds) for which in range(2))
    share = statistics.median(one.answers_a_second / other.answers_a_second for other, one in rounds)
    print(f"without signatures    {without:8.0f} descriptions a second")  # noqa: T201
    print(f"with signatures       {with_:8.0f} descriptions a second")  # noqa: T201
    print(f"                      {share:8.2f} of the rate without (at least {LEAST_OF_THE_RATE_WITHOUT})")  # noqa: T201
    return share


async def _ask(url: str, path: str, headers: str) -> Measured:
    return await measure(Load(url, CLIENTS, SECONDS, [("GET", path, "")], PIPELINED, headers))


async def _prepare(url: str) -> str:
    """Enable every check and start an audit; return its path."""
    async with aiohttp.ClientSession(url) as session:
        checks = {"auditCheckConfigurations": {name: {"enabled": True} for name in REGISTRY}}
        await session.patch(
            "/audit/configuration", json={"roleArn": "arn:aws:iam::000000000000:role/audit", **checks}
        )
        started = await session.post("/audit/tasks", json={"targetCheckNames": list(REGISTRY)})
        return f"/audit/tasks/{(await started.json())['taskId']}"


if __name__ == "__main__":
    main()
