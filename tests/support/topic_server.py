"""moto's SNS and SQS, as a process of its own: a topic, and a queue that gets what is published to it."""

import json
from contextlib import AbstractContextManager
from typing import Any

import boto3

from tests.support.serving_process import serving_process
from tests.support.waiting import until

REGION = "us-east-1"

SERVE = """
import sys
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=int(sys.argv[1]), verbose=False)
server.start()
print("http://%s:%d" % server.get_host_and_port(), flush=True)
sys.stdin.read()
server.stop()
"""


class Subscription:
    """A topic and its queue, made by boto3's own variables (AWS_ENDPOINT_URL and credentials)."""

    def __init__(self, name: str = "audits") -> None:
        self._sqs: Any = boto3.client("sqs", region_name=REGION)
        ordered = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
        topic = {"FifoTopic": "true"} if ordered else {}
        sns: Any = boto3.client("sns", region_name=REGION)
        self.topic_arn: str = sns.create_topic(Name=name, Attributes=topic)["TopicArn"]
        self._queue: str = self._sqs.create_queue(QueueName=name, Attributes=ordered)["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        queue_arn = attributes["Attributes"]["QueueArn"]
        sns.subscribe(TopicArn=self.topic_arn, Protocol="sqs", Endpoint=queue_arn)
        self.envelopes: list[dict[str, Any]] = []
        """What has come: SNS's envelope of each message."""

    def messages(self) -> list[dict[str, Any]]:
        """What has come until now."""
        received = self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10).get("Messages", [])
        for each in received:
            self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=each["ReceiptHandle"])
            self.envelopes.append(json.loads(each["Body"]))
        return [json.loads(envelope["Message"]) for envelope in self.envelopes]

    def wait_for(self, count: int = 1) -> list[dict[str, Any]]:
        """Wait until so many messages have come."""
        until(lambda: len(self.messages()) >= count)
        return self.messages()

    def message_ids(self) -> list[str]:
        """The identities by which a consumer drops repeats."""
        return [envelope["MessageAttributes"]["fleetAuditMessageId"]["Value"] for envelope in self.envelopes]


def topic_server(port: int = 0) -> AbstractContextManager[str]:
    """The URL of a server that has nothing yet."""
    return serving_process("-c", SERVE, port)
