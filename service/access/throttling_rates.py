"""How often an account may call each operation: requests a second, and as many at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

GENEROUS = "generous"
AWS = "aws"
OFF = "off"
"""What can be set; or a whole number, which is then the rate of every operation."""

THROTTLING = re.compile(rf"{GENEROUS}|{AWS}|{OFF}|[1-9][0-9]{{0,6}}")

TIMES_AWS = 100
"""`generous` is so many times AWS's rate.

A loop of an SDK comes to some hundreds a second, and one process of ours answers some thousands: what runs wild on
one account leaves room for the others.
"""

AWS_RATES: Mapping[str, int] = {
    "UpdateAccountAuditConfiguration": 5,
    "DescribeAccountAuditConfiguration": 5,
    "DeleteAccountAuditConfiguration": 5,
    "ListScheduledAudits": 5,
    "CreateScheduledAudit": 5,
    "DescribeScheduledAudit": 5,
    "UpdateScheduledAudit": 5,
    "DeleteScheduledAudit": 5,
    "StartOnDemandAuditTask": 10,
    "ListAuditTasks": 10,
    "CancelAuditTask": 10,
    "ListAuditFindings": 10,
    "DescribeAuditTask": 25,
    "DescribeAuditFinding": 25,
}
"""Source: AWS General Reference, "AWS IoT Device Defender endpoints and quotas", quotas of the audit APIs."""

OTHERS = 10
"""Of the operations that AWS's page does not name: related resources, tags, and those of ours."""

NEVER = frozenset({"Metrics", "HealthLive", "HealthReady"})
"""What those who watch over a process ask for. It is never throttled, and belongs to no account."""


@dataclass(frozen=True)
class Rates:
    """The rate of each operation."""

    named: Mapping[str, int]
    others: int

    def of(self, operation: str | None) -> int:
        """Requests a second; 0 for what is not throttled, and for a path that no route takes."""
        if operation is None or operation in NEVER:
            return 0
        return self.named.get(operation, self.others)


def rates(throttling: str) -> Rates:
    """The rates that a setting stands for; `throttling` is one that fits `THROTTLING`."""
    if throttling == OFF:
        return Rates({}, 0)
    if throttling == AWS:
        return Rates(AWS_RATES, OTHERS)
    if throttling == GENEROUS:
        return Rates({name: TIMES_AWS * rate for name, rate in AWS_RATES.items()}, TIMES_AWS * OTHERS)
    return Rates({}, int(throttling))
