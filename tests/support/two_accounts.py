"""Two accounts at one front end: one that has everything that there is, and a stranger who has nothing."""

import http.client
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from events.audit_notification import NotificationChannel
from events.credential import Role
from events.event import Cause, Event
from events.vocabulary import AccountId, TaskId
from service.access.minting import AccessKey
from service.listening import listening_in_a_thread
from service.services import Services
from service.settings import Settings
from tests.support.api_story import DEVICE_EXPIRING, LOGGING
from tests.support.audit_at_work import CERTIFICATE, AuditAtWork, device_certificate, policy_version
from tests.support.front_end import services
from tests.support.issuing import issuing
from tests.support.signing import signed_headers
from tests.support.waiting import until
from workers.checks import REGISTRY

OWNER = AccountId("111122223333")
STRANGER = AccountId("444455556666")

NDJSON = "application/x-ndjson"


def policy_line(name: str) -> bytes:
    """A policy, as an import has it."""
    record = {"resourceType": "IOT_POLICY", "policyName": name, "policyVersionId": "1", "policyDocument": "{}"}
    return _json(record) + b"\n"


@dataclass(frozen=True)
class Asked:
    """A request."""

    method: str
    path: str
    body: Any = None
    """What is sent as JSON; bytes are sent as NDJSON."""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Said:
    """What was answered, as far as it does not differ from one time to the next."""

    status: int
    error: str
    body: str


@dataclass(frozen=True)
class Named:
    """What a request may name of an account."""

    account: str
    actor: str
    task: str
    ended_task: str
    schedule: str
    finding: str
    certificate: str
    position: str
    """How far the log was."""
    event: str
    """The position of an event."""
    tokens: Mapping[str, str]
    """`nextToken` of each list, by its path."""

    @property
    def arn(self) -> str:
        """Of the scheduled audit."""
        return f"arn:aws:iot:us-east-1:{self.account}:scheduledaudit/{self.schedule}"

    def without_names(self, text: str) -> str:
        """A text in which each name is replaced by what it is the name of."""
        text = re.sub("position [0-9]+", "position <event>", text)
        for field in fields(self):
            if field.name in {"position", "event"}:
                continue
            value = getattr(self, field.name)
            for name in value.values() if isinstance(value, dict) else [value]:
                text = text.replace(name, f"<{field.name}>")
        return text


UNHEARD = Named(
    account="777788889999",
    actor="FAKA0000000000000000",
    task="f" * 32,
    ended_task="e" * 32,
    schedule="unheard-of",
    finding="d" * 32,
    certificate="cd" * 32,
    position="999999",
    event="999999",
    tokens={},
)
"""Names of things that there are not, in any account."""


@dataclass(frozen=True)
class Front:
    """A front end at work for both."""

    url: str
    given: Services
    owner: AccessKey
    stranger: AccessKey

    def ask(self, key: AccessKey, asked: Asked) -> Said:
        """Send a request that botocore has signed."""
        body = asked.body if isinstance(asked.body, bytes) else b"" if asked.body is None else _json(asked.body)
        kind = (
            {} if not body else {"Content-Type": NDJSON if isinstance(asked.body, bytes) else "application/json"}
        )
        headers = {**kind, **dict(asked.headers)}
        url = self.url + asked.path
        signed = signed_headers(key, self.given.clock.now(), asked.method, url, body, headers)
        connection = http.client.HTTPConnection(self.url.partition("://")[2], timeout=20)
        try:
            connection.request(asked.method, asked.path, body or None, dict(signed))
            answer = connection.getresponse()
            said = answer.read().decode()
            return Said(answer.status, answer.headers.get("x-amzn-ErrorType", ""), said)
        finally:
            connection.close()

    def have(self, key: AccessKey, method: str, path: str, body: Any = None) -> Any:
        """What is answered to a request that must succeed."""
        said = self.ask(key, Asked(method, path, body))
        assert said.status == 200, (path, said)
        return json.loads(said.body)

    def events_of(self, account: AccountId) -> list[Event]:
        """Everything that has happened in an account."""
        log = self.given.application._committer._log
        return [each.event for each in log.after(0) if each.event.account == account]

    def state_of(self, account: AccountId) -> tuple[int, int]:
        """What all else is made of: how many events there are, and the version of the inventory."""
        return len(self.events_of(account)), self.given.inventory.current_version(account)


@contextmanager
def two_accounts(directory: Path) -> Iterator[tuple[Front, Named]]:
    """A front end, and what the owner has there."""
    with (
        services(directory, Settings(data_directory=directory)) as given,
        issuing(directory, given) as issuer,
        listening_in_a_thread(given) as url,
    ):
        owner = issuer.create(Role.ADMINISTRATOR, OWNER)
        stranger = issuer.create(Role.ADMINISTRATOR, STRANGER)
        front = Front(url, given, owner, stranger)
        yield front, _belongings(front)


def _belongings(front: Front) -> Named:
    """Give the owner two of everything."""
    configure(front, front.owner, OWNER)
    front.have(front.owner, "POST", "/fleet-audit/inventory/import", policy_line("of-the-owner"))
    for name in ("nightly", "weekly"):
        scheduled = {"frequency": "DAILY", "targetCheckNames": [LOGGING], "tags": [{"Key": "k", "Value": "v"}]}
        front.have(front.owner, "POST", f"/audit/scheduledaudits/{name}", scheduled)
    ended, also_ended, task = (_audit(front) for _ in range(3))
    for each in (ended, also_ended):
        front.have(front.owner, "PUT", f"/audit/tasks/{each}/cancel")
    cause = Cause(OWNER, front.given.clock.now(), "announcer", "request-1")
    notifications = front.given.application.notifications
    given_up = notifications.give_up_notification(TaskId(ended), NotificationChannel.SNS, "no", 3, cause).result(
        20
    )
    assert front.given.progress.wait(given_up.position, 20)
    assert (
        front.ask(front.owner, Asked("PUT", f"/audit/tasks/{ended}/cancel")).status == 400
    )  # is a refusal of his
    found = front.have(front.owner, "POST", "/audit/findings", {"taskId": task})["findings"]
    return Named(
        account=OWNER,
        actor=front.owner.access_key_id,
        task=task,
        ended_task=ended,
        schedule="nightly",
        finding=found[0]["findingId"],
        certificate=CERTIFICATE,
        position=str(front.given.progress.position),
        event=_proven(front),
        tokens=_tokens(front, task),
    )


def _proven(front: Front) -> str:
    """The position of an event of the owner's that has its proof."""
    log = front.given.application._committer._log
    position = max(each.position for each in log.after(0) if each.event.account == OWNER)
    until(lambda: front.ask(front.owner, Asked("GET", f"/fleet-audit/events/{position}/proof")).status == 200)
    return str(position)


def configure(front: Front, key: AccessKey, account: AccountId) -> None:
    """Give an account a role, enable every check, and let it be told of audits' ends."""
    target = {
        "targetArn": f"arn:aws:sns:us-east-1:{account}:audits",
        "roleArn": f"arn:aws:iam::{account}:role/notify",
        "enabled": True,
    }
    configuration = {
        "auditNotificationTargetConfigurations": {"SNS": target},
        "roleArn": f"arn:aws:iam::{account}:role/audit",
        "auditCheckConfigurations": {name: {"enabled": True} for name in REGISTRY},
    }
    front.have(key, "PATCH", "/audit/configuration", configuration)


def _audit(front: Front) -> str:
    checks = {"targetCheckNames": [DEVICE_EXPIRING, LOGGING]}
    task: str = front.have(front.owner, "POST", "/audit/tasks", checks)["taskId"]
    audit = AuditAtWork(front.given, task, OWNER)
    audit.find(DEVICE_EXPIRING, device_certificate())
    audit.find(LOGGING, policy_version("p", "1"), policy_version("p", "2"))
    return task


def times(front: Front) -> str:
    """A day before and after now, as a query."""
    now = int(front.given.clock.now().timestamp())
    return urlencode({"startTime": now - 86_400, "endTime": now + 86_400})


def _tokens(front: Front, task: str) -> dict[str, str]:
    """The token of the second page of each list of which the owner has two rows."""
    paths = ["/audit/scheduledaudits?", f"/audit/tasks?{times(front)}&", "/fleet-audit/history?"]
    paths.append("/fleet-audit/notifications?")
    found = {path: front.have(front.owner, "GET", f"{path}maxResults=1") for path in paths}
    found["/audit/findings"] = front.have(
        front.owner, "POST", "/audit/findings", {"taskId": task, "maxResults": 1}
    )
    return {path: answer["nextToken"] for path, answer in found.items()}


def in_path(text: str) -> str:
    """A text as it stands in a path or a query."""
    return quote(text, safe="")


def _json(body: Any) -> bytes:
    return json.dumps(body).encode()
