"""What one account has does not exist for another, whichever operation is asked, by whatever name.

A stranger asks every operation with the ids, tokens and names of the owner, and with such that there are not. Both
answers must be the same, no answer may tell anything of the owner, and nothing of the owner's may change.
"""

from dataclasses import replace

import pytest

from service.access.who_may import EVERYBODY, WHO_MAY
from service.routes import routes
from tests.support.api_story import LOGGING
from tests.support.two_accounts import OWNER, STRANGER, UNHEARD, Asked, configure, in_path, policy_line, times
from tests.support.two_accounts import two_accounts as opened

DAILY = {"frequency": "DAILY", "targetCheckNames": [LOGGING]}
SECRETS = (OWNER, "of-the-owner")


@pytest.fixture(scope="module")
def accounts(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("accounts")) as (front, owned):
        configure(front, front.stranger, STRANGER)
        yield front, owned


BY_NAME = {
    "DescribeScheduledAudit": [lambda of, _: Asked("GET", f"/audit/scheduledaudits/{of.schedule}")],
    "UpdateScheduledAudit": [
        lambda of, _: Asked(
            "PATCH", f"/audit/scheduledaudits/{of.schedule}", {"frequency": "WEEKLY", "dayOfWeek": "SUN"}
        )
    ],
    "DeleteScheduledAudit": [lambda of, _: Asked("DELETE", f"/audit/scheduledaudits/{of.schedule}")],
    "DescribeAuditTask": [
        lambda of, _: Asked("GET", f"/audit/tasks/{of.task}"),
        lambda of, _: Asked("GET", f"/audit/tasks/{of.ended_task}"),
        lambda of, _: Asked("GET", f"/audit/tasks/{of.task}", headers=(("X-Fleet-Audit-As-Of", of.position),)),
    ],
    "CancelAuditTask": [
        lambda of, _: Asked("PUT", f"/audit/tasks/{of.task}/cancel"),
        lambda of, _: Asked("PUT", f"/audit/tasks/{of.ended_task}/cancel"),
    ],
    "WatchAuditTask": [lambda of, _: Asked("GET", f"/fleet-audit/tasks/{of.task}/events")],
    "ListAuditDifferences": [
        lambda of, _: Asked("GET", f"/fleet-audit/tasks/{of.ended_task}/diff"),
        lambda of, _: Asked("GET", f"/fleet-audit/tasks/{of.ended_task}/diff?since={of.task}"),
    ],
    "ListAuditFindings": [
        lambda of, _: Asked("POST", "/audit/findings", {"taskId": of.task}),
        lambda of, _: Asked(
            "POST", "/audit/findings", {"taskId": of.task, "nextToken": token(of, "/audit/findings")}
        ),
        lambda of, span: Asked("POST", "/audit/findings", {**span, **by_certificate(of)}),
    ],
    "DescribeAuditFinding": [lambda of, _: Asked("GET", f"/audit/findings/{of.finding}")],
    "ListRelatedResourcesForAuditFinding": [
        lambda of, _: Asked("GET", f"/audit/relatedResources?findingId={of.finding}")
    ],
    "TagResource": [
        lambda of, _: Asked("POST", "/tags", {"resourceArn": of.arn, "tags": [{"Key": "a", "Value": "b"}]}),
        lambda of, _: Asked("POST", "/tags", {"resourceArn": in_own(of), "tags": [{"Key": "a", "Value": "b"}]}),
    ],
    "UntagResource": [
        lambda of, _: Asked("POST", "/untag", {"resourceArn": of.arn, "tagKeys": ["k"]}),
        lambda of, _: Asked("POST", "/untag", {"resourceArn": in_own(of), "tagKeys": ["k"]}),
    ],
    "ListTagsForResource": [
        lambda of, _: Asked("GET", f"/tags?resourceArn={in_path(of.arn)}"),
        lambda of, _: Asked("GET", f"/tags?resourceArn={in_path(in_own(of))}"),
    ],
    "ListScheduledAudits": [
        lambda of, _: Asked("GET", f"/audit/scheduledaudits?nextToken={token(of, '/audit/scheduledaudits?')}")
    ],
    "ListAuditTasks": [
        lambda of, span: Asked("GET", tasks(span) + f"&nextToken={token(of, tasks(span) + '&')}"),
    ],
    "ListNotifications": [
        lambda of, _: Asked(
            "GET", f"/fleet-audit/notifications?nextToken={token(of, '/fleet-audit/notifications?')}"
        )
    ],
    "RetryNotifications": [
        lambda of, _: Asked("POST", "/fleet-audit/notifications/retry", {"taskId": of.ended_task})
    ],
    "ListHistory": [
        lambda of, _: Asked("GET", f"/fleet-audit/history?taskId={of.task}"),
        lambda of, _: Asked("GET", f"/fleet-audit/history?actor={of.actor}"),
        lambda of, _: Asked("GET", f"/fleet-audit/history?scheduledAuditName={of.schedule}"),
        lambda of, _: Asked("GET", f"/fleet-audit/history?nextToken={token(of, '/fleet-audit/history?')}"),
    ],
    "ExportHistory": [
        lambda of, _: Asked("GET", f"/fleet-audit/history/export?taskId={of.task}"),
        lambda of, _: Asked("GET", f"/fleet-audit/history/export?actor={of.actor}"),
    ],
    "DescribeEventProof": [lambda of, _: Asked("GET", f"/fleet-audit/events/{of.event}/proof")],
    "ListRefusals": [lambda of, _: Asked("GET", f"/fleet-audit/refusals?actor={of.actor}")],
}
"""Requests that name something."""


CHANGES = {
    "WatchAuditTask",  # whose answer to the owner has no end
    "UpdateScheduledAudit",
    "DeleteScheduledAudit",
    "CancelAuditTask",
    "TagResource",
    "UntagResource",
    "ListTagsForResource",
    "RetryNotifications",
}

OF_THE_WHOLE_ACCOUNT = {
    "DescribeAccountAuditConfiguration": [lambda _: Asked("GET", "/audit/configuration")],
    "ListScheduledAudits": [lambda _: Asked("GET", "/audit/scheduledaudits")],
    "ListAuditTasks": [lambda span: Asked("GET", tasks(span))],
    "ListAuditFindings": [lambda span: Asked("POST", "/audit/findings", span)],
    "ListNotifications": [lambda _: Asked("GET", "/fleet-audit/notifications")],
    "ListHistory": [lambda _: Asked("GET", "/fleet-audit/history")],
    "ExportHistory": [lambda _: Asked("GET", "/fleet-audit/history/export")],
    "ListRefusals": [lambda _: Asked("GET", "/fleet-audit/refusals")],
    "RetryNotifications": [lambda _: Asked("POST", "/fleet-audit/notifications/retry", {})],
    "DescribeCheckpoint": [lambda _: Asked("GET", "/fleet-audit/checkpoint")],
    "DescribeClock": [lambda _: Asked("GET", "/fleet-audit/clock")],
    "AdvanceClock": [lambda _: Asked("POST", "/fleet-audit/clock", {"advanceBy": 0})],
    "StartOnDemandAuditTask": [lambda _: Asked("POST", "/audit/tasks", {"targetCheckNames": [LOGGING]})],
    "CreateScheduledAudit": [lambda _: Asked("POST", "/audit/scheduledaudits/nightly", DAILY)],
    "ImportInventory": [
        lambda _: Asked("POST", "/fleet-audit/inventory/import", policy_line("another")),
        lambda _: Asked("POST", "/fleet-audit/inventory/import?replace=true", policy_line("another")),
    ],
    "ImportPresence": [lambda _: Asked("POST", "/fleet-audit/inventory/presence", b"{}\n")],
    "UpdateAccountAuditConfiguration": [
        lambda _: Asked("PATCH", "/audit/configuration", {"roleArn": f"arn:aws:iam::{STRANGER}:role/other"})
    ],
    "DeleteAccountAuditConfiguration": [
        lambda _: Asked("DELETE", "/audit/configuration?deleteScheduledAudits=true")
    ],
}
"""Requests that name nothing: they are about all that the caller has."""


def token(of, path):
    """The owner's token of a list, or one that was made up."""
    return of.tokens.get(path, "bWFkZS11cA")


def in_own(of):
    """The ARN that a scheduled audit of that name would have in the stranger's account."""
    return replace(of, account=STRANGER).arn


def by_certificate(of):
    return {"resourceIdentifier": {"deviceCertificateId": of.certificate}}


def tasks(span):
    return f"/audit/tasks?startTime={span['startTime']}&endTime={span['endTime']}"


def span_of(front):
    """A time in which all has happened."""
    return {name: int(value) for name, value in (each.split("=") for each in times(front).split("&"))}


def each(table):
    return [pytest.param(ask, id=f"{name}-{number}") for name in table for number, ask in enumerate(table[name])]


def require_no_word_of_the_owner(owned, said, asked):
    """An answer may repeat the name that it was asked about, and nothing else."""
    for secret in (*SECRETS, owned.actor, owned.task, owned.ended_task, owned.finding, owned.certificate):
        assert secret not in said.body or secret in str(asked)


def test_every_route_is_tried():
    tried = {*BY_NAME, *OF_THE_WHOLE_ACCOUNT}
    of_an_account = {route.kwargs["name"] for route in routes()} - {
        n for n, r in WHO_MAY.items() if r is EVERYBODY
    }
    assert tried == of_an_account


@pytest.mark.parametrize("ask", each(BY_NAME))
def test_what_another_account_has_is_as_what_there_is_not(accounts, ask):
    front, owned = accounts
    span, before = span_of(front), front.state_of(OWNER)
    asked = ask(owned, span)
    of_the_owner = front.ask(front.stranger, asked)
    of_nobody = front.ask(front.stranger, ask(replace(UNHEARD, position=owned.position), span))
    assert replace(of_the_owner, body=owned.without_names(of_the_owner.body)) == replace(
        of_nobody, body=UNHEARD.without_names(of_nobody.body)
    )
    require_no_word_of_the_owner(owned, of_the_owner, asked)
    assert front.state_of(OWNER) == before


@pytest.mark.parametrize("ask", each({name: BY_NAME[name] for name in BY_NAME if name not in CHANGES}))
def test_the_owner_is_answered_otherwise(accounts, ask):
    """Else the answers above would say nothing."""
    front, owned = accounts
    asked = ask(owned, span_of(front))
    assert front.ask(front.owner, asked) != front.ask(front.stranger, asked)


@pytest.mark.parametrize("ask", each(OF_THE_WHOLE_ACCOUNT))
def test_all_that_one_has_is_nothing_of_anothers(accounts, ask):
    front, owned = accounts
    before = front.state_of(OWNER)
    asked = ask(span_of(front))
    said = front.ask(front.stranger, asked)
    assert said.status in {200, 400}
    require_no_word_of_the_owner(owned, said, asked)
    assert front.state_of(OWNER) == before


def test_limits_are_each_accounts_own(accounts):
    front, _ = accounts
    configure(front, front.stranger, STRANGER)
    asked = Asked("POST", "/audit/tasks", {"targetCheckNames": [LOGGING]})
    statuses = {front.ask(front.stranger, asked).status for _ in range(12)}
    assert statuses == {200, 410}
    assert front.ask(front.owner, asked).status == 200
