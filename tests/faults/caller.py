"""A caller of the besieged cluster, who notes what became of each request."""

import http.client
import json
import time
from collections.abc import Sequence
from itertools import count
from random import Random
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError

from tests.faults.answers import Answer, Answers, Outcome

LONGEST_ANSWER = 45.0
"""Seconds. The service waits 30 for its log and 2 for its read models; a caller that waits longer than this has
waited for nothing."""

IMPORT = "ImportInventory"
TIMED_OUT = "TimedOut"

Client = Any


class Caller:
    """One of several that call at the same time. Asks any of the APIs, and never asks again by itself."""

    def __init__(self, name: str, urls: Sequence[str], answers: Answers, chance: Random) -> None:
        self.chance = chance
        self._urls = urls
        self._answers = answers
        self._markers = (f"{name}{number}" for number in count(1))
        self._marker = ""
        self._clients = [self._client(url) for url in urls]

    def call(self, operation: str, **parameters: Any) -> Answer:
        """Call an operation of the Audit API, by its boto3 name."""
        client = self.chance.choice(self._clients)
        self._marker = next(self._markers)
        began = time.monotonic()
        error, body = "", {}
        try:
            body = getattr(client, operation)(**parameters)
            outcome = Outcome.ACCEPTED
        except ClientError as answered:
            response: Any = answered.response
            error = response["Error"]["Code"]
            status = response["ResponseMetadata"]["HTTPStatusCode"]
            outcome = Outcome.REFUSED if status < 500 else Outcome.FAILED
        except ReadTimeoutError:
            outcome, error = Outcome.UNANSWERED, TIMED_OUT
        except BotoCoreError as lost:
            outcome, error = Outcome.UNANSWERED, type(lost).__name__
        return self._noted(operation, parameters, outcome, began, error, body)

    def import_records(self, records: Sequence[dict[str, Any]]) -> Answer:
        """Import records into the inventory, which is no operation of AWS's."""
        self._marker = next(self._markers)
        body = "".join(f"{json.dumps(record)}\n" for record in records).encode()
        where = urlsplit(self.chance.choice(self._urls))
        began = time.monotonic()
        error, answer = "", {}
        connection = http.client.HTTPConnection(where.netloc, timeout=LONGEST_ANSWER)
        try:
            connection.request(
                "POST", "/fleet-audit/inventory/import", body, {"Content-Type": "application/x-ndjson"}
            )
            response = connection.getresponse()
            answer, status = json.loads(response.read()), response.status
            error = response.headers.get("x-amzn-ErrorType", "")
            outcome = Outcome.ACCEPTED if status == 200 else Outcome.REFUSED if status < 500 else Outcome.FAILED
        except TimeoutError:
            outcome, error = Outcome.UNANSWERED, TIMED_OUT
        except (OSError, http.client.HTTPException) as lost:
            outcome, error = Outcome.UNANSWERED, type(lost).__name__
        finally:
            connection.close()
        return self._noted(IMPORT, {"records": records}, outcome, began, error, answer)

    def _noted(self, operation: str, asked: Any, outcome: Outcome, began: float, error: str, body: Any) -> Answer:
        answer = Answer(self._marker, operation, asked, outcome, time.monotonic() - began, error, body)
        self._answers.add(answer)
        return answer

    def _client(self, url: str) -> Client:
        client = boto3.client(
            "iot",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="any",
            aws_secret_access_key="any",
            config=Config(
                retries={"total_max_attempts": 1, "mode": "standard"},
                connect_timeout=5,
                read_timeout=LONGEST_ANSWER,
            ),
        )
        client.meta.events.register("before-send.iot", self._sign)
        return client

    def _sign(self, request: AWSPreparedRequest, **_: Any) -> None:
        """Put the marker where the access key stands, which is as far as the service looks at a signature."""
        signed = request.headers["Authorization"]
        text = signed.decode() if isinstance(signed, bytes) else str(signed)
        request.headers["Authorization"] = text.replace("Credential=any/", f"Credential={self._marker}/")
