"""The disk is full under a whole service, log, tables and all: it refuses, and goes on when there is room."""

from functools import partial

from tests.support.boto3_story import enable, ended, refusal, start
from tests.support.fleet_audit_process import Client, FleetAuditService
from tests.support.small_disk import let_files_grow
from tests.support.waiting import until

LOGGING = "LOGGING_DISABLED_CHECK"


def create(client: Client, name: str) -> None:
    client.create_scheduled_audit(scheduledAuditName=name, frequency="DAILY", targetCheckNames=[LOGGING])


def is_created(client: Client, name: str) -> bool:
    try:
        create(client, name)
    except client.exceptions.InternalFailureException:
        return False
    return True


def names(client: Client) -> list[str]:
    return [each["scheduledAuditName"] for each in client.list_scheduled_audits()["scheduledAudits"]]


def test_a_service_whose_disk_is_full_refuses_commands_and_goes_on_when_there_is_room(tmp_path):
    with FleetAuditService(tmp_path) as service:
        client = service.client()
        enable(client, LOGGING)
        create(client, "before")
        for number in range(2):
            let_files_grow(service.process.pid, 0)
            for _ in range(3):
                assert refusal(
                    client.create_scheduled_audit,
                    scheduledAuditName=f"meanwhile-{number}",
                    frequency="DAILY",
                    targetCheckNames=[LOGGING],
                )[:2] == ("InternalFailureException", 500)
            assert f"meanwhile-{number}" not in names(client)
            let_files_grow(service.process.pid)
            until(partial(is_created, client, f"after-{number}"))
        assert sorted(names(client)) == ["after-0", "after-1", "before"]
        ended(client, start(client, LOGGING))
