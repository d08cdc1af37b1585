"""Who is let in by a signature, on a real socket: on which account, with which role, and who is not."""

from dataclasses import dataclass, replace
from datetime import timedelta

import aiohttp
import orjson
import pytest

from events.credential import Role
from events.vocabulary import AccountId
from service.access.door_settings import Door
from service.access.minting import AccessKey
from service.listening import listening, listening_in_a_thread, watched_on_a_port
from service.services import Services
from service.settings import Settings
from tests.support.described_answers import REFEREES
from tests.support.front_end import services
from tests.support.issuing import Issuer, issuing
from tests.support.signing import EXAMPLE, NO_HEADERS, signed_headers
from workers.checks import REGISTRY

OTHERS = AccountId("999999999999")
CONFIGURATION = "/audit/configuration"
TASKS = "/audit/tasks"


def configured(account):
    return orjson.dumps(
        {
            "roleArn": f"arn:aws:iam::{account}:role/audit",
            "auditCheckConfigurations": {name: {"enabled": True} for name in REGISTRY},
        }
    )


@dataclass(frozen=True)
class Front:
    """A front end that is at work, and who makes credentials for it."""

    url: str
    given: Services
    issuer: Issuer

    async def ask(self, key: AccessKey, method: str, path: str, body=b"", headers=NO_HEADERS, **signing):
        """Status, name of the error, and what was answered, to a request that botocore has signed."""
        if body:
            headers = {"Content-Type": "application/json", **headers}
        now = signing.pop("at", self.given.clock.now())
        signed = signed_headers(key, now, method, self.url + path, body, headers, **signing)
        async with (
            aiohttp.ClientSession(
                skip_auto_headers=["Content-Type", "User-Agent"], middlewares=REFEREES
            ) as session,
            session.request(method, self.url + path, data=body or None, headers=signed) as answer,
        ):
            return answer.status, answer.headers.get("x-amzn-ErrorType"), await answer.json()

    async def configure(self, key: AccessKey, account: AccountId):
        return await self.ask(key, "PATCH", CONFIGURATION, configured(account))


@pytest.fixture
async def front(tmp_path):
    with (
        services(tmp_path, Settings(data_directory=tmp_path)) as given,
        issuing(tmp_path, given) as issuer,
    ):
        async with listening(given) as url:
            yield Front(url, given, issuer)


@pytest.fixture
def administrator(front):
    return front.issuer.create(Role.ADMINISTRATOR)


async def test_the_door_is_open_until_the_first_credential(front):
    assert (await front.ask(EXAMPLE, "GET", CONFIGURATION))[0] == 200

    key = front.issuer.create(Role.READER)

    assert (await front.ask(EXAMPLE, "GET", CONFIGURATION))[:2] == (403, "UnrecognizedClientException")
    assert (await front.ask(key, "GET", CONFIGURATION))[0] == 200


async def test_disabling_the_last_one_does_not_open_it_again(front, administrator):
    front.issuer.disable(administrator)

    assert (await front.ask(administrator, "GET", CONFIGURATION))[0] == 403


async def test_insecure_lets_everybody_in(front, administrator):
    open_for_all = replace(front.given, settings=replace(front.given.settings, insecure=True))
    async with listening(open_for_all) as url:
        assert (await replace(front, url=url).ask(EXAMPLE, "GET", CONFIGURATION))[0] == 200


async def test_an_account_sees_its_own(front, administrator):
    other = front.issuer.create(Role.ADMINISTRATOR, OTHERS)
    assert (await front.configure(administrator, front.given.settings.account))[0] == 200

    assert (await front.ask(administrator, "GET", CONFIGURATION))[2]["roleArn"]
    assert "roleArn" not in (await front.ask(other, "GET", CONFIGURATION))[2]


async def test_the_audit_of_an_account_is_nothing_to_another(front):
    mine, other = (front.issuer.create(Role.ADMINISTRATOR, account) for account in ("000000000000", OTHERS))
    for key, account in ((mine, "000000000000"), (other, OTHERS)):
        await front.configure(key, account)
    body = orjson.dumps({"targetCheckNames": ["LOGGING_DISABLED_CHECK"]})
    _, _, started = await front.ask(mine, "POST", TASKS, body)

    assert (await front.ask(mine, "GET", f"{TASKS}/{started['taskId']}"))[0] == 200
    for method, path in (("GET", f"{TASKS}/{started['taskId']}"), ("PUT", f"{TASKS}/{started['taskId']}/cancel")):
        assert (await front.ask(other, method, path))[:2] == (404, "ResourceNotFoundException")


async def test_events_say_who_has_asked(front, administrator):
    await front.configure(administrator, front.given.settings.account)

    log = front.given.credentials._credentials._log
    asked = [each.event for each in log.after(0) if not each.event.TOPIC.startswith("Credential.")]
    assert {event.actor for event in asked} == {administrator.access_key_id}
    assert {event.account for event in asked} == {"000000000000"}


@pytest.mark.parametrize(
    ("role", "method", "path", "body", "status"),
    [
        (Role.READER, "GET", CONFIGURATION, b"", 200),
        (Role.READER, "POST", TASKS, b"{}", 403),
        (Role.READER, "PATCH", CONFIGURATION, b"{}", 403),
        (Role.OPERATOR, "GET", CONFIGURATION, b"", 200),
        (Role.OPERATOR, "POST", TASKS, b"{}", 400),
        (Role.OPERATOR, "PUT", f"{TASKS}/a/cancel", b"", 404),
        (Role.OPERATOR, "PATCH", CONFIGURATION, b"{}", 403),
        (Role.OPERATOR, "POST", "/audit/scheduledaudits/nightly", b"{}", 403),
        (Role.ADMINISTRATOR, "POST", "/audit/scheduledaudits/nightly", b"{}", 400),
    ],
)
async def test_a_role_goes_so_far_and_no_further(front, role, method, path, body, status):
    key = front.issuer.create(role)

    answered = await front.ask(key, method, path, body)

    assert answered[0] == status
    if status == 403:
        assert answered[1] == "AccessDeniedException"
        assert role in answered[2]["message"]


async def test_nobody_learns_which_keys_there_are(front, administrator):
    disabled = front.issuer.create(Role.READER)
    front.issuer.disable(disabled)
    wrong_secret = AccessKey(administrator.access_key_id, EXAMPLE.secret)

    answers = [
        await front.ask(key, "GET", CONFIGURATION)
        for key in (EXAMPLE, disabled, wrong_secret, AccessKey(disabled.access_key_id, EXAMPLE.secret))
    ]

    assert {answer[:2] for answer in answers} == {(403, "UnrecognizedClientException")}
    assert len({answer[2]["message"] for answer in answers}) == 1


async def test_the_old_secret_has_its_grace_and_no_more(front, administrator):
    successor = front.issuer.rotate(administrator, timedelta(hours=1))

    assert (await front.ask(successor, "GET", CONFIGURATION))[0] == 200
    front.given.clock.advance(timedelta(minutes=59))
    assert (await front.ask(administrator, "GET", CONFIGURATION))[0] == 200
    front.given.clock.advance(timedelta(minutes=2))
    assert (await front.ask(administrator, "GET", CONFIGURATION))[0] == 403
    assert (await front.ask(successor, "GET", CONFIGURATION))[0] == 200


async def test_a_signature_is_good_for_five_minutes_and_may_be_repeated_within_them(front, administrator):
    now = front.given.clock.now()

    assert [(await front.ask(administrator, "GET", CONFIGURATION, at=now))[0] for _ in range(2)] == [200, 200]
    front.given.clock.advance(timedelta(seconds=301))
    late = await front.ask(administrator, "GET", CONFIGURATION, at=now)
    assert late[:2] == (403, "InvalidSignatureException")
    assert "Signature expired" in late[2]["message"]


async def test_a_body_that_is_not_what_was_signed_is_refused(front, administrator):
    signed = {"X-Amz-Content-SHA256": "0" * 64}

    refused = await front.ask(administrator, "PATCH", CONFIGURATION, b"{}", signed)

    assert refused[:2] == (403, "InvalidSignatureException")


async def test_health_metrics_and_the_description_of_the_api_ask_for_no_signature(front, administrator):
    async with aiohttp.ClientSession(front.url, middlewares=REFEREES) as session:
        for path in ("/health/live", "/health/ready", "/metrics", "/openapi.json"):
            assert (await session.get(path)).status == 200
        unsigned = await session.get(CONFIGURATION)
        assert unsigned.status == 403
        assert unsigned.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"
        assert (await session.get("/nowhere")).status == 404


@pytest.mark.parametrize("is_api", [True, False])
async def test_metrics_may_ask_for_a_token(tmp_path, is_api):
    door = Door(metrics_token="a token")
    with services(tmp_path, Settings(door=door)) as given:
        host = given.settings.host
        watched = watched_on_a_port(given.watched, host, 0, door)
        with listening_in_a_thread(given) if is_api else watched as url:
            async with aiohttp.ClientSession(url, middlewares=REFEREES) as session:
                statuses = [
                    (await session.get("/metrics", headers=headers)).status
                    for headers in ({}, {"Authorization": "Bearer another"}, {"Authorization": "Bearer a token"})
                ]
                assert statuses == [403, 403, 200]
                assert (await session.get("/health/live")).status == 200
