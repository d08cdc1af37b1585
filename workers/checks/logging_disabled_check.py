"""LOGGING_DISABLED_CHECK: an account in which AWS IoT writes no logs.

Looks for:      logging to CloudWatch that is off, in both of its generations.
Reason codes:   LOGGING_DISABLED
Why it matters: logs show failed authentications and what a device did with a key that it should not have.
                Without them there is nothing to look into after the event, nor anything that would raise an
                alarm before.
How to fix:     enable logging with SetV2LoggingOptions, at a level that suits you; ERROR costs least.
Our choice:     logging is on when the logLevel of GetLoggingOptions, or the defaultLogLevel of
                GetV2LoggingOptions without disableAllLogs, is there and is not DISABLED. The role that writes
                the logs and the levels of single thing groups are not looked at. The prose is ours. The account
                itself is the one resource examined; without its logging options in the inventory the check
                FAILS, with INSUFFICIENT_PERMISSIONS.
Source:         AWS IoT Device Defender developer guide, "Logging disabled"; the AWS IoT API's LogLevel.
"""

from collections.abc import Iterable, Iterator

from events.resource import NonCompliance, Resource
from events.vocabulary import CheckName, ResourceType, Severity
from workers.checks.check import Check, Circumstances
from workers.inventory.kinds import LOGGING_OPTIONS, Examines
from workers.inventory.rows import Row

OFF = (None, "DISABLED")


def judge(logging_options: Iterable[Row], circumstances: Circumstances) -> Iterator[NonCompliance]:
    """Yield a non-compliance for the account's logging options when neither generation of logging is on."""
    for log_level, default_log_level, disable_all_logs in logging_options:
        is_on = log_level not in OFF or (default_log_level not in OFF and not disable_all_logs)
        if not is_on:
            yield NonCompliance(
                Resource(ResourceType.ACCOUNT_SETTINGS, {"account": circumstances.account}),
                "LOGGING_DISABLED",
                "AWS IoT logging is disabled.",
            )


CHECK = Check(
    name=CheckName("LOGGING_DISABLED_CHECK"),
    severity=Severity.LOW,
    examines=Examines(LOGGING_OPTIONS, ("log_level", "default_log_level", "disable_all_logs")),
    judge=judge,
)
