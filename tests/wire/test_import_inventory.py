"""POST /fleet-audit/inventory/import on a real socket, over the real inventory."""

import asyncio
import json
import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from service.listening import listening
from service.operations.import_inventory import PATH
from tests.support.certificates import certificate, certificate_id, pem
from tests.support.described_answers import REFEREES
from tests.support.given import ACCOUNT
from tests.support.inventory_records import EVERY_DEVICE, EVERY_POLICY, policy_line
from tests.support.raw_http import PATIENCE, exchange, request
from workers.inventory.store import Inventory

NDJSON = {"Content-Type": "application/x-ndjson"}
DEVICE = certificate("device-1")
DEVICE_LINE = (
    json.dumps({"resourceType": "DEVICE_CERTIFICATE", "status": "ACTIVE", "certificatePem": pem(DEVICE)}).encode()
    + b"\n"
)


class InventoryThatTells:
    """The inventory, and when an import into it begins and is over."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self.untold_imports = inventory.untold_imports
        self.begun, self.over = threading.Event(), threading.Event()

    @contextmanager
    def begin_import(self, *arguments: Any, **named: Any):
        try:
            with self._inventory.begin_import(*arguments, **named) as importing:
                self.begun.set()
                yield importing
        finally:
            self.over.set()


async def happened(event: threading.Event) -> None:
    assert await asyncio.to_thread(event.wait, PATIENCE)


@pytest.fixture
def told(serving):
    return InventoryThatTells(serving.inventory)


@pytest.fixture
async def url(serving, told):
    async with listening(replace(serving, inventory=told)) as url:
        yield url


@pytest.fixture
async def post(url):
    async with aiohttp.ClientSession(url, headers=NDJSON, middlewares=REFEREES) as session:

        async def send(body, path=PATH, **others):
            async with session.post(path, data=body, **others) as response:
                return response.status, await response.json(), response.headers

        yield send


async def test_a_body_goes_into_the_inventory(post, serving):
    status, body, headers = await post(DEVICE_LINE + b"garbage\n" + policy_line(1))
    assert status == 200
    assert headers["x-amzn-RequestId"]
    [rejection] = body.pop("rejections")
    assert rejection["line"] == 2
    assert rejection["reason"].startswith("not JSON")
    assert body == {
        "inventoryVersion": 1,
        "added": 2,
        "changed": 0,
        "unchanged": 0,
        "removed": 0,
        "rejected": 1,
    }
    rows = serving.inventory.rows(ACCOUNT, EVERY_DEVICE, 1, None, None)
    assert list(rows) == [(certificate_id(DEVICE), "ACTIVE")]


async def test_a_stream_larger_than_any_other_body_may_be(post, serving):
    async def stream():
        for first in range(0, 20_000, 500):
            yield b"".join(policy_line(number) for number in range(first, first + 500))

    status, body, _ = await post(stream())
    assert (status, body["added"]) == (200, 20_000)
    assert serving.inventory.count(ACCOUNT, EVERY_POLICY, 1) == 20_000


async def test_replace_makes_the_inventory_exactly_what_is_sent(post):
    await post(policy_line(1) + policy_line(2))
    _, merged, _ = await post(policy_line(3), f"{PATH}?replace=false")
    assert (merged["added"], merged["removed"]) == (1, 0)
    _, replaced, _ = await post(policy_line(3), f"{PATH}?replace=true")
    assert (replaced["unchanged"], replaced["removed"]) == (1, 2)


async def test_nothing_can_replace_nothing(post, serving):
    await post(policy_line(1))
    status, body, headers = await post(b"garbage\n", f"{PATH}?replace=true")
    assert (status, headers["x-amzn-ErrorType"]) == (400, "InvalidRequestException")
    assert "stays as it is. 1: not JSON" in body["message"]
    assert serving.inventory.current_version(ACCOUNT) == 1


@pytest.mark.parametrize("query", ["replace=yes", "replace=", "replace=true&replace=false"])
async def test_replace_is_true_or_false(post, query):
    status, body, headers = await post(policy_line(1), f"{PATH}?{query}")
    assert (status, headers["x-amzn-ErrorType"]) == (400, "InvalidRequestException")
    assert body == {"message": "replace must be true or false."}


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded"])
async def test_a_body_that_any_web_page_could_send_is_refused(url, serving, content_type):
    given = [f"Content-Type: {content_type}"] if content_type else []
    answer = await exchange(url, request("POST", PATH, policy_line(1), *given))
    assert (answer.status, answer.error) == (400, "InvalidRequestException")
    assert "application/x-ndjson" in answer.message
    assert serving.inventory.current_version(ACCOUNT) == 0


async def test_while_a_body_comes_others_are_answered_and_a_second_import_is_refused(url, post, told):
    async def stream():
        yield policy_line(1)
        await happened(told.begun)
        assert (await exchange(url, request("GET", "/health/live"))).status == 200
        second = await exchange(url, request("POST", PATH, policy_line(2), "Content-Type: application/x-ndjson"))
        assert (second.status, second.error) == (410, "LimitExceededException")
        assert "An import is in progress" in second.message
        yield policy_line(3)

    status, body, _ = await post(stream())
    assert (status, body["added"]) == (200, 2)


@pytest.mark.parametrize(
    "head", ["Content-Length: 1000000", "Transfer-Encoding: chunked"], ids=["of a length", "in chunks"]
)
async def test_a_body_that_breaks_off_leaves_the_inventory_as_it_was(url, post, told, serving, head):
    line = policy_line(1)
    sent = b"%x\r\n%b\r\n" % (len(line), line) if "chunked" in head else line
    place = urlsplit(url)
    _, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(request("POST", PATH, b"", head, "Content-Type: application/x-ndjson") + sent)
    await writer.drain()
    await happened(told.begun)
    writer.transport.abort()
    await happened(told.over)
    assert serving.inventory.current_version(ACCOUNT) == 0
    status, body, _ = await post(policy_line(2))
    assert (status, body["inventoryVersion"], body["added"]) == (200, 1, 1)


async def test_the_history_tells_who_imported_what(api):
    async def posted(*lines, **query):
        given = {"data": b"".join(lines), "headers": NDJSON, "params": query}
        async with api.session.post(PATH, **given) as response:
            return response.headers["x-amzn-RequestId"]

    requests = [
        await posted(policy_line(1), policy_line(2), b"garbage\n"),
        await posted(b"nothing\n"),
        await posted(policy_line(1), replace="true"),
        await posted(b"nothing\n", replace="true"),
    ]
    async with api.session.get("/fleet-audit/history", params={"oldestFirst": "true"}) as response:
        told = (await response.json())["history"]
    assert [(each["kind"], each["actor"]) for each in told] == [("Inventory.Imported.v1", "AKIDEXAMPLE")] * 2
    assert [each["requestId"] for each in told] == [requests[0], requests[2]]
    assert [each["sentence"] for each in told] == [
        ("imported 2 records over HTTP, as version 1 of the inventory: 2 added, 1 rejected"),
        (
            "imported 1 record over HTTP, as version 2 of the inventory, replacing what was there before: "
            "1 unchanged, 1 removed"
        ),
    ]
