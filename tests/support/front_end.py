"""The front end on a real socket, over the real log and read models in one directory. Nobody does the audits."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import orjson
from botocore.serialize import create_serializer

from events.application import Application
from events.committer import Committer
from events.follower import Follower
from events.log import EventLog
from events.store.database import SqliteDatabase
from events.store.sqlite import open_sqlite_log
from events.store.stored_rows import sqlite_rows
from projections.read_models import ReadModels
from service.access_parts import credential_book
from service.as_of.past import Past
from service.observing.metrics import Metrics
from service.observing.watched import Watched
from service.observing.work import WorkObserver
from service.presence_parts import presence_parts
from service.refusal_log import RefusalLog
from service.services import Services
from service.settings import Settings
from tests.support.chained_log import SIGNER
from tests.support.described_answers import REFEREES
from tests.support.fake_clock import FakeClock
from tests.support.iot_model import operation, require_answer
from workers.chain.chain_follower import ChainFollower
from workers.chain.chaining import Chaining
from workers.chain.proving import Proving
from workers.chain.store import Chain
from workers.checks import REGISTRY, catalogue
from workers.inventory.store import open_sqlite_inventory
from workers.notifying.pending import PendingNotifications
from workers.presence.intake import PresenceIntake

SIGNATURE = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/iot/aws4_request, Signature=00"


@contextmanager
def services(
    directory: Path,
    settings: Settings | None = None,
    health: Callable[[], list[str]] = list,
    notes: Callable[[], dict[str, object]] = dict,
) -> Iterator[Services]:
    """What the front end works with, and a clock that stands still."""
    settings = settings or Settings()
    with ExitStack() as opened:
        work = SqliteDatabase(directory / "work.sqlite", durable=False)
        opened.callback(work.close)
        log = open_sqlite_log(directory / "events.sqlite")
        opened.callback(log.close)
        inventory = open_sqlite_inventory(directory / "inventory.sqlite")
        opened.callback(inventory.close)
        database = SqliteDatabase(directory / "read-models.sqlite", durable=False)
        opened.callback(database.close)
        metrics = Metrics()
        committer = Committer(log, WorkObserver(metrics))
        committer.start()
        opened.callback(committer.stop)
        read_models = ReadModels(database)
        follower = Follower(log, read_models)
        follower.start()
        opened.callback(follower.stop)
        checks = catalogue()
        clock = FakeClock()
        yield Services(
            application=Application(committer, checks, settings.region),
            read_models=read_models,
            refusals=RefusalLog(work),
            past=Past(log, read_models, clock, timedelta(days=settings.retention_days)),
            progress=follower.progress,
            inventory=inventory,
            presence=_presence(directory, log, clock, opened),
            pending=PendingNotifications(work),
            credentials=opened.enter_context(credential_book(settings, log, clock)),
            proving=_proving(directory, clock, opened),
            registry=REGISTRY,
            catalogue=checks,
            clock=clock,
            settings=replace(settings, port=0),
            watched=Watched(metrics, health, notes=notes),
        )


def _proving(directory: Path, clock: FakeClock, opened: ExitStack) -> Proving:
    """The chain, signed twenty times a second."""
    database = SqliteDatabase(directory / "chain.sqlite", durable=False)
    opened.callback(database.close)
    rows = sqlite_rows(directory / "events.sqlite")
    opened.callback(rows.close)
    follower = ChainFollower(
        Chaining(rows, database, SIGNER, clock, seconds_a_checkpoint=0.0), seconds_between_looks=0.05
    )
    follower.start()
    opened.callback(follower.stop)
    return Proving(rows, Chain(database.query))


def _presence(directory: Path, log: EventLog, clock: FakeClock, opened: ExitStack) -> PresenceIntake:
    database = SqliteDatabase(directory / "presence.sqlite", durable=False)
    opened.callback(database.close)
    presence = presence_parts(database, clock, log.last_position)
    follower = Follower(log, presence.collection)
    follower.start()
    opened.callback(follower.stop)
    return presence.intake


@dataclass(frozen=True)
class Answer:
    """What came back. It has been held against AWS's model already."""

    status: int
    headers: Mapping[str, str]
    body: Any
    """The JSON as it stood on the wire."""
    parsed: Mapping[str, Any] = field(repr=False)
    """What boto3 would return, or raise."""

    @property
    def error(self) -> str:
        """The name of the error."""
        return self.headers["x-amzn-ErrorType"]

    @property
    def message(self) -> str:
        """What the error says."""
        message: str = self.body["message"]
        return message


@dataclass(frozen=True)
class Api:
    """Calls operations as boto3 does, with requests that botocore's own serializer has made."""

    session: aiohttp.ClientSession
    services: Services

    async def call(self, name: str, **members: Any) -> Answer:
        """Call an operation and hold what comes back against AWS's model."""
        model = operation(name)
        asked = create_serializer(model.service_model.protocol).serialize_to_request(members, model)
        return await self.send(
            name, asked["method"], asked["url_path"], asked["body"], asked["headers"], asked["query_string"]
        )

    async def send(
        self,
        name: str,
        method: str,
        path: str,
        body: bytes | str = b"",
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send any request to an operation and hold what comes back against AWS's model."""
        asked = self.session.request(method, path, data=body or None, headers=headers, params=query)
        async with asked as response:
            raw = await response.read()
            parsed = require_answer(name, response.status, response.headers, raw)
            return Answer(response.status, response.headers, orjson.loads(raw), parsed)


@asynccontextmanager
async def caller(url: str, given: Services) -> AsyncIterator[Api]:
    """Somebody who calls a front end that is at work."""
    async with aiohttp.ClientSession(url, headers={"Authorization": SIGNATURE}, middlewares=REFEREES) as session:
        yield Api(session, given)
