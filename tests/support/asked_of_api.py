"""Every question that the API can be asked of an account, and what it answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from events.identifiers import scheduled_audit_arn
from events.vocabulary import AccountId
from tests.support.api_story import CA_EXPIRING, LOGGING

AS_OF = "X-Fleet-Audit-As-Of"

ACCOUNT = AccountId("000000000000")
NAMES = ("nightly", "Weekly")


@dataclass(frozen=True)
class Question:
    """One request; a list is read to its end, two rows a page."""

    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    is_list: bool = False


@dataclass
class Known:
    """What of an account can be asked about."""

    task_ids: list[str] = field(default_factory=list)
    finding_ids: set[str] = field(default_factory=set)


def questions(known: Known, now: datetime) -> Iterator[Question]:
    """All of them, at a moment."""
    since = now - timedelta(days=179)
    yield Question("/audit/configuration")
    yield Question("/audit/scheduledaudits", is_list=True)
    for name in NAMES:
        yield Question(f"/audit/scheduledaudits/{name}")
        yield Question("/tags", {"resourceArn": scheduled_audit_arn("us-east-1", ACCOUNT, name)})
    time = {"startTime": since.isoformat(), "endTime": now.isoformat()}
    yield Question("/audit/tasks", time, is_list=True)
    yield Question("/audit/tasks", {**time, "taskStatus": "IN_PROGRESS"}, is_list=True)
    seconds = {"startTime": since.timestamp(), "endTime": now.timestamp()}
    yield Question("/audit/findings", body=seconds, is_list=True)
    yield Question("/audit/findings", body={**seconds, "checkName": CA_EXPIRING}, is_list=True)
    resource = {"deviceCertificateId": f"{1:064x}"}
    yield Question("/audit/findings", body={**seconds, "resourceIdentifier": resource}, is_list=True)
    for task_id in known.task_ids:
        yield Question(f"/audit/tasks/{task_id}")
        yield Question("/audit/findings", body={"taskId": task_id}, is_list=True)
        yield Question("/audit/findings", body={"taskId": task_id, "checkName": LOGGING}, is_list=True)
    for finding_id in sorted(known.finding_ids):
        yield Question(f"/audit/findings/{finding_id}")
        yield Question("/audit/relatedResources", {"findingId": finding_id}, is_list=True)


Answer = tuple[int, Sequence[Any]]
"""The status, and the bodies of all pages without their tokens."""


async def answer(session: aiohttp.ClientSession, asked: Question, moment: str | None = None) -> Answer:
    """Ask, about the present or about a moment."""
    headers = {} if moment is None else {AS_OF: moment}
    pages: list[Any] = []
    paging: dict[str, Any] = {"maxResults": 2} if asked.is_list else {}
    while True:
        if asked.body is None:
            query = {**asked.query, **{name: str(value) for name, value in paging.items()}}
            request = session.get(asked.path, params=query, headers=headers)
        else:
            request = session.post(asked.path, json={**asked.body, **paging}, headers=headers)
        async with request as response:
            page = await response.json()
        token = page.pop("nextToken", None)
        pages.append(page)
        if token is None:
            return response.status, pages
        paging["nextToken"] = token
