"""The past of a service whose log is in PostgreSQL: asked over HTTP, and by the command line beside it."""

import asyncio
import json
from dataclasses import replace

import pytest

from events.vocabulary import TaskId
from service.embedded import embedded
from service.listening import listening, listening_in_a_thread
from service.settings import Settings
from tests.support.api_story import LOGGING, configure, schedule, start
from tests.support.asked_of_api import NAMES, Known, answer, questions
from tests.support.broad_policies import policies
from tests.support.fleet_audit_process import fleet_audit
from tests.support.front_end import caller
from tests.support.running_audit import CLOCK, running_audit
from workers.inventory.importers.import_ndjson import import_ndjson

POLICIES = "IOT_POLICY_OVERLY_PERMISSIVE_CHECK"
PATIENCE = 30
"""Seconds in which what was asked for has to come about."""


@pytest.fixture
def settings(migrated_url, tmp_path):
    return replace(Settings(), database_url=migrated_url, data_directory=tmp_path, port=0)


async def all_is_known(api):
    end_of_log = api.services.past.moment([CLOCK.now().isoformat()]).position
    assert await api.services.progress.passed(end_of_log, PATIENCE)


async def audited(api, known):
    """An audit ends, and what it did is known."""
    task_id = await start(api, LOGGING, POLICIES)
    position = 0
    while (await api.call("DescribeAuditTask", taskId=task_id)).body["taskStatus"] == "IN_PROGRESS":
        position += 1
        assert await api.services.progress.passed(position, PATIENCE)
    await all_is_known(api)
    known.task_ids.append(task_id)
    found = (await api.call("ListAuditFindings", taskId=task_id)).body["findings"]
    known.finding_ids |= {each["findingId"] for each in found}


async def remembered(api, known):
    """What everything answers now."""
    now = CLOCK.now()
    return now, [(each, await answer(api.session, each)) for each in questions(known, now)]


async def live_and_ask_again(services):
    known = Known()
    async with listening(services) as url, caller(url, services) as api:
        await configure(api, LOGGING, POLICIES)
        await schedule(api, NAMES[0])
        then = [await remembered(api, known)]
        for count in (3, 4):
            account = services.settings.account
            import_ndjson(services.inventory, account, policies(count), replace=True, now=CLOCK.now())
            await audited(api, known)
            then.append(await remembered(api, known))
        await api.call("DeleteAccountAuditConfiguration", deleteScheduledAudits=True)
        assert len(known.finding_ids) == 7
        for now, asked in then:
            for question, answered in asked:
                again = await answer(api.session, question, now.isoformat(timespec="milliseconds"))
                assert again == answered, (now, question)


def test_every_question_is_answered_as_it_was(settings):
    with embedded(settings, CLOCK) as services:
        asyncio.run(live_and_ask_again(services))


def lines(done):
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_command_line_knows_who_did_what_and_what_was_then(settings, tmp_path):
    (tmp_path / "policies.ndjson").write_bytes(b"".join(policies(3)))
    database = {"FLEET_AUDIT_DATABASE_URL": settings.database_url}
    with running_audit(settings, POLICIES) as audit, listening_in_a_thread(audit.services) as url:
        imported = fleet_audit("import", "policies.ndjson", home=tmp_path, **database)
        assert imported.returncode == 0, imported.stderr
        audit.begin()
        audit.wait_until_over()

        beside = lines(fleet_audit("history", "--ndjson", "--oldest-first", home=tmp_path, **database))
        asked = ("history", "--ndjson", "--oldest-first", "--endpoint-url", url)
        assert [each["sentence"] for each in lines(fleet_audit(*asked, home=tmp_path))] == [
            each["sentence"] for each in beside
        ]
        assert (beside[0]["actor"], beside[0]["kind"]) == ("fleet-audit import", "Inventory.Imported.v1")
        assert beside[0]["event"]["summary"]["added"] == 3
        assert beside[-1]["sentence"] == f"completed the audit {audit.task_id}"

        def findings_at(position):
            command = ("list-audit-findings", "--task-id", TaskId(audit.task_id))
            done = fleet_audit("at", position, "--endpoint-url", url, "--", *command, home=tmp_path)
            assert done.returncode == 0, done.stderr
            return json.loads(done.stdout)["findings"]

        [started] = [each for each in beside if each["kind"].startswith("AuditTask.Started")]
        assert findings_at(started["position"]) == []
        assert len(findings_at(beside[-1]["position"])) == 3
