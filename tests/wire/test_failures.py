"""A fault of ours is an InternalFailureException that says nothing more; the log says what it was."""

import pytest

from service.listening import listening
from tests.support.api_story import LOGGING, ROLE, configure, start
from tests.support.front_end import caller, services

FAILURE = {"message": "An unexpected error has occurred."}


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("DescribeAccountAuditConfiguration", {}),
        ("DescribeAuditTask", {"taskId": "t"}),
        ("DescribeScheduledAudit", {"scheduledAuditName": "n"}),
        ("ListScheduledAudits", {}),
        ("ListAuditFindings", {"taskId": "t"}),
        ("ListTagsForResource", {"resourceArn": "arn:aws:iot:us-east-1:000000000000:scheduledaudit/n"}),
    ],
)
async def test_a_read_model_that_can_not_be_read(api, caplog, operation, members):
    api.services.read_models.account_configuration.is_caught_up = False
    api.services.read_models.audit_tasks.is_caught_up = False
    api.services.read_models.scheduled_audits.is_caught_up = False
    api.services.read_models.audit_findings.is_caught_up = False
    answer = await api.call(operation, **members)
    assert (answer.status, answer.error, answer.body) == (500, "InternalFailureException", FAILURE)
    assert answer.headers["x-amzn-RequestId"] in caplog.text
    assert "is being rebuilt" in caplog.text


async def test_a_log_that_takes_no_command(api, caplog):
    await configure(api, LOGGING)
    api.services.application._committer.stop()
    refused = await api.call("StartOnDemandAuditTask", targetCheckNames=[LOGGING])
    assert (refused.status, refused.error, refused.body) == (500, "InternalFailureException", FAILURE)
    assert refused.headers["x-amzn-RequestId"] in caplog.text
    described = await api.call("DescribeAccountAuditConfiguration")
    assert (described.status, described.body["roleArn"]) == (200, ROLE)


async def test_who_asked_and_in_which_request_is_in_every_event(tmp_path):
    with services(tmp_path) as given:
        async with listening(given) as url, caller(url, given) as api:
            await configure(api, LOGGING)
            task_id = await start(api, LOGGING)
        events = [each.event for each in given.application._committer._log.after(0)]
    assert {event.actor for event in events} == {"AKIDEXAMPLE"}
    started = [event for event in events if event.request_id.replace("-", "") == task_id]
    assert [type(event).__name__ for event in started] == ["OnDemandAuditAdmitted", "AuditTaskStarted"]
    assert {event.timestamp for event in events} == {given.clock.now()}
