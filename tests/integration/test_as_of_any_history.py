"""Whatever has happened: asked about any moment, the service answers as it answered then."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.application import Judgement
from events.audit_task import CheckOutcome
from events.check_run import CheckPlan
from events.check_shard import ShardId, ShardTally
from events.event import Cause
from events.identifiers import scheduled_audit_arn
from events.vocabulary import CheckName, CheckRunStatus, Severity, TaskId
from service.listening import listening
from tests.support.api_story import CA_EXPIRING, LOGGING, ROLE
from tests.support.asked_of_api import ACCOUNT, NAMES, Answer, Known, Question, answer, questions
from tests.support.audit_at_work import device_certificate
from tests.support.fake_clock import FakeClock
from tests.support.front_end import Api, caller, services

CHECKS = (LOGGING, CA_EXPIRING)


class Story:
    """A service to which things happen, one after the other."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.known = Known()
        self.checks: dict[str, list[str]] = {}
        self.planned: set[tuple[TaskId, str]] = set()
        self.ended_unplanned: set[tuple[TaskId, str]] = set()
        self.then: list[tuple[int, datetime, dict[Question, Answer]]] = []

    async def remember(self) -> None:
        """Note what the service answers now."""
        position, now = self.api.services.progress.position, self.api.services.clock.now()
        _, pages = await answer(self.api.session, Question("/audit/findings", body=recent(now), is_list=True))
        self.known.finding_ids |= {found["findingId"] for page in pages for found in page["findings"]}
        asked = {each: await answer(self.api.session, each) for each in map(frozen, questions(self.known, now))}
        self.then.append((position, now, asked))

    def cause(self) -> Cause:
        return Cause(ACCOUNT, self.api.services.clock.now(), "worker", "request-1")

    def task(self, number: int) -> TaskId | None:
        return TaskId(self.known.task_ids[number % len(self.known.task_ids)]) if self.known.task_ids else None


def recent(now: datetime) -> dict[str, float]:
    return {"startTime": (now - timedelta(days=179)).timestamp(), "endTime": now.timestamp()}


class frozen_dict(dict[str, Any]):  # noqa: N801 - a value, so that a question can be a key
    def __hash__(self) -> int:  # type: ignore[override]
        return hash(repr(sorted(self.items(), key=repr)))


def frozen(asked: Question) -> Question:
    body = None if asked.body is None else frozen_dict(asked.body)
    return Question(asked.path, frozen_dict(asked.query), body, asked.is_list)


Step = Callable[[Story], Awaitable[object]]


def call(operation: str, **members: object) -> Step:
    return lambda story: story.api.call(operation, **members)


def configure(switched: dict[str, bool]) -> Step:
    checks = {name: {"enabled": on} for name, on in switched.items()}
    return call("UpdateAccountAuditConfiguration", roleArn=ROLE, auditCheckConfigurations=checks)


def tag(name: str, key: str, is_put: bool) -> Step:
    arn = scheduled_audit_arn("us-east-1", ACCOUNT, name)
    if is_put:
        return call("TagResource", resourceArn=arn, tags=[{"Key": key, "Value": "1"}])
    return call("UntagResource", resourceArn=arn, tagKeys=[key])


def start(names: list[str]) -> Step:
    async def step(story: Story) -> None:
        started = await story.api.call("StartOnDemandAuditTask", targetCheckNames=names)
        if started.status == 200:
            story.known.task_ids.append(started.body["taskId"])
            story.checks[started.body["taskId"]] = names

    return step


def cancel(number: int) -> Step:
    async def step(story: Story) -> None:
        if task := story.task(number):
            await story.api.call("CancelAuditTask", taskId=task)

    return step


def judge(number: int, name: str, shard: int, certificates: list[int]) -> Step:
    async def step(story: Story) -> None:
        task = story.task(number)
        if task is None or (task, name) in story.ended_unplanned or name not in story.checks[task]:
            return  # nobody judges what was not planned
        story.planned.add((task, name))
        application, check = story.api.services.application, CheckName(name)
        findings = [device_certificate(f"{each:064x}") for each in certificates]
        plan = CheckPlan(1, ["m", None], 1, [])
        application.record_check_plan(task, check, plan, story.cause()).result()
        judgement = Judgement(findings, ShardTally(7, len(findings)), Severity.MEDIUM)
        application.record_judgement(ShardId(task, check, shard), judgement, story.cause())
        await all_is_known(story)

    return step


def wait_for_data(number: int, name: str) -> Step:
    async def step(story: Story) -> None:
        if task := story.task(number):
            application = story.api.services.application
            application.start_data_collection(task, CheckName(name), story.cause()).result()
            await all_is_known(story)

    return step


def end(number: int, name: str, status: CheckRunStatus) -> Step:
    async def step(story: Story) -> None:
        if task := story.task(number):
            if (task, name) not in story.planned:
                story.ended_unplanned.add((task, name))
            outcome = CheckOutcome(status, 20, 3)
            story.api.services.application.end_check_run(task, CheckName(name), outcome, story.cause()).result()
            await all_is_known(story)

    return step


async def all_is_known(story: Story) -> None:
    services = story.api.services
    end_of_log = services.past.moment([services.clock.now().isoformat()]).position
    assert await services.progress.passed(end_of_log, 10)


def pass_time(milliseconds: int) -> Step:
    async def step(story: Story) -> None:
        clock = story.api.services.clock
        assert isinstance(clock, FakeClock)
        clock.advance(timedelta(milliseconds=milliseconds))

    return step


DAY = 24 * 60 * 60 * 1000
names = st.sampled_from(NAMES)
checks = st.sampled_from(CHECKS)
numbers = st.integers(0, 2)
schedules = st.builds(
    lambda name, wanted: call(
        "CreateScheduledAudit", scheduledAuditName=name, frequency="DAILY", targetCheckNames=wanted
    ),
    names,
    st.lists(checks, min_size=1, unique=True),
)
judgements = st.builds(judge, numbers, checks, st.integers(0, 1), st.lists(st.integers(1, 4), max_size=3))
steps = st.one_of(
    st.builds(configure, st.dictionaries(checks, st.booleans(), min_size=1)),
    schedules,
    st.builds(lambda name: call("DeleteScheduledAudit", scheduledAuditName=name), names),
    st.builds(
        lambda name: call("UpdateScheduledAudit", scheduledAuditName=name, frequency="MONTHLY", dayOfMonth="1"),
        names,
    ),
    st.builds(tag, names, st.sampled_from("ab"), st.booleans()),
    st.builds(
        lambda too: call("DeleteAccountAuditConfiguration", deleteScheduledAudits=too),
        st.booleans(),
    ),
    st.builds(start, st.lists(checks, min_size=1, unique=True)),
    st.builds(cancel, numbers),
    judgements,
    judgements,
    st.builds(wait_for_data, numbers, checks),
    st.builds(
        end, numbers, checks, st.sampled_from([CheckRunStatus.FAILED, CheckRunStatus.COMPLETED_NON_COMPLIANT])
    ),
    st.builds(pass_time, st.sampled_from([0, 1, 1000, DAY, 100 * DAY])),
)


async def live_through(happening: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as directory, services(Path(directory)) as given_services:
        async with listening(given_services) as url, caller(url, given_services) as api:
            story = Story(api)
            # Without these, nearly every random step would be refused.
            for step in (configure(dict.fromkeys(CHECKS, True)), start(list(CHECKS)), pass_time(1), *happening):
                await step(story)
                await story.remember()
            await require_same_answers(story)


async def require_same_answers(story: Story) -> None:
    for index, (position, now, asked) in enumerate(story.then):
        later = [each for each in story.then[index + 1 :] if each[0] > position]
        moments = [str(position)] if is_time_of(story, position, now) else []
        if not later or later[0][1] > now:
            moments.append(now.isoformat(timespec="milliseconds"))
        for moment in moments:
            for question, answered in asked.items():
                again = await answer(story.api.session, question, moment)
                assert again == answered, (moment, question)


def is_time_of(story: Story, position: int, now: datetime) -> bool:
    """Whether the position came at this time: asked about a position, the service takes it for that time."""
    return next(each[1] for each in story.then if each[0] == position) == now


@given(st.lists(steps, min_size=3, max_size=12))
@settings(max_examples=12, suppress_health_check=list(HealthCheck))
def test_the_past_is_answered_as_it_was(happening):
    asyncio.run(live_through(happening))
