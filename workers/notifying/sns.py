"""Publishes to an SNS topic, with the role of the notification target."""

from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from workers.aws_account.access import AccountAccess
from workers.aws_account.refusal import Unreadable, explained
from workers.notifying.delivery import NotDelivered, Outgoing

MESSAGE_ID = "fleetAuditMessageId"
"""The message attribute that has the identity of the message."""

FIFO = ".fifo"


@dataclass(frozen=True)
class SnsTopics:
    """Publishes wherever a target's ARN leads, in the topic's own region."""

    access: AccountAccess
    """How the account is reached; its region is that of topics whose ARN names none."""

    def deliver(self, outgoing: Outgoing) -> str:
        """Publish, once, and return SNS's id of the message; raise NotDelivered."""
        region = outgoing.target_arn.split(":")[3:4]
        access = replace(self.access, region=region[0]) if region and region[0] else self.access
        try:
            client = access.open(outgoing.account, outgoing.role_arn)("sns")
            return str(client.publish(**_published(outgoing))["MessageId"])
        except Unreadable as why:
            raise NotDelivered(str(why)) from why
        except (ClientError, BotoCoreError, ResponseParserError) as error:
            if isinstance(error, ClientError) and error.response.get("Error", {}).get("Code") == "NotFound":
                raise NotDelivered(f"There is no SNS topic {outgoing.target_arn}.") from error
            raise NotDelivered(str(explained("sns:Publish", error))) from error


def _published(outgoing: Outgoing) -> dict[str, Any]:
    ordered = {}
    if outgoing.target_arn.endswith(FIFO):
        ordered = {"MessageGroupId": outgoing.account, "MessageDeduplicationId": outgoing.message_id}
    return {
        "TopicArn": outgoing.target_arn,
        "Message": outgoing.body,
        "MessageAttributes": {MESSAGE_ID: {"DataType": "String", "StringValue": outgoing.message_id}},
        **ordered,
    }
