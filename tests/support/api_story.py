"""What a caller of the API does before it comes to the point."""

from typing import Any

from tests.support.front_end import Answer, Api

LOGGING = "LOGGING_DISABLED_CHECK"
DEVICE_EXPIRING = "DEVICE_CERTIFICATE_EXPIRING_CHECK"
CA_EXPIRING = "CA_CERTIFICATE_EXPIRING_CHECK"
ROLE = "arn:aws:iam::000000000000:role/audit"


async def configure(api: Api, *checks: str) -> None:
    """Give the account a role and enable checks."""
    done = await api.call(
        "UpdateAccountAuditConfiguration",
        roleArn=ROLE,
        auditCheckConfigurations={name: {"enabled": True} for name in checks},
    )
    assert done.status == 200, done


async def schedule(api: Api, name: str = "nightly", **members: Any) -> Answer:
    """Create a scheduled audit, daily and of the logging check unless told otherwise."""
    asked = {"frequency": "DAILY", "targetCheckNames": [LOGGING], **members}
    return await api.call("CreateScheduledAudit", scheduledAuditName=name, **asked)


async def start(api: Api, *checks: str) -> str:
    """Start an audit of these checks and return its id."""
    started = await api.call("StartOnDemandAuditTask", targetCheckNames=list(checks))
    assert started.status == 200, started
    task_id: str = started.body["taskId"]
    return task_id


def enabled_checks(configuration: dict[str, Any]) -> set[str]:
    """The checks that an account's configuration has enabled."""
    checks = configuration["auditCheckConfigurations"]
    return {name for name, check in checks.items() if check["enabled"]}
