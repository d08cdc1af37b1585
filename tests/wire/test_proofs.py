"""Checkpoints and proofs over HTTP: text that anybody can verify."""

import asyncio

import aiohttp
import pytest

from events.proof.checkpoint import read_checkpoint
from events.proof.proof_file import EventProof, read_proof
from tests.support.chained_log import SIGNER

ROLE = "arn:aws:iam::000000000000:role/Audit"
CHECKS = {"LOGGING_DISABLED_CHECK": {"enabled": True}}
PATIENCE = 20.0


async def text_of(api, path):
    async with api.session.get(path) as response:
        assert response.content_type == "text/plain", await response.text()
        return response.status, await response.text()


async def checkpoint(api, size):
    """The latest one, once it is over so many events."""
    async with asyncio.timeout(PATIENCE):
        while True:
            async with api.session.get("/fleet-audit/checkpoint") as response:
                text = await response.text()
                assert response.status in {200, 404}, text
                if response.status == 200 and read_checkpoint(text).says.size >= size:
                    return read_checkpoint(text)
            await asyncio.sleep(0.01)


async def refused(api, path):
    with pytest.raises(aiohttp.ClientResponseError) as error:
        async with api.session.get(path, raise_for_status=True):
            pass
    return error.value.status


async def test_the_latest_checkpoint_and_a_proof_under_it(api):
    await api.call("UpdateAccountAuditConfiguration", roleArn=ROLE, auditCheckConfigurations=CHECKS)
    latest = await checkpoint(api, 1)

    status, text = await text_of(api, "/fleet-audit/events/1/proof")

    proof = read_proof(text)
    assert isinstance(proof, EventProof)
    assert status == 200
    assert latest.signed.signers([SIGNER.key]) == [SIGNER.key]
    assert proof.checkpoint == latest
    assert proof.event().topic.startswith("AuditAccount.")


@pytest.mark.parametrize("position", ["0", "99", "-1", "one", "1" * 30, "%D9%A1"])
async def test_an_event_that_is_not_there(calm_api, position):
    assert await refused(calm_api, f"/fleet-audit/events/{position}/proof") == 404


async def test_before_there_is_a_checkpoint(calm_api):
    assert await refused(calm_api, "/fleet-audit/checkpoint") == 404
