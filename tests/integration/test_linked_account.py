"""Audits of a linked account in the whole service: what each check is told, and what the account is asked."""

import json
import threading
import time
from datetime import timedelta

import pytest

from events.check_run import CheckAccountRead, CheckAccountReadingProgressed
from events.store.sqlite import open_sqlite_log
from events.vocabulary import AuditTaskStatus, CheckErrorCode, CheckName, CheckRunStatus, TaskId
from service.embedded import embedded
from service.settings import AWS, Settings
from tests.support.aws_account import ACCOUNT_ID, MadeUpAccount, Refused
from tests.support.aws_account_server import account_server
from tests.support.certificates import certificate, certificate_id, pem
from tests.support.linked import add_certificate
from tests.support.running_audit import CLOCK, RunningAudit, running_audit
from workers.aws_account.operations import OPERATIONS

AGE = "DEVICE_CERTIFICATE_AGE_CHECK"
EXPIRING = "DEVICE_CERTIFICATE_EXPIRING_CHECK"
CA = "CA_CERTIFICATE_EXPIRING_CHECK"
BROAD = "IOT_POLICY_OVERLY_PERMISSIVE_CHECK"
LOGGING = "LOGGING_DISABLED_CHECK"
ALIAS = "IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK"
UNUSED = "IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK"
GUESTS = "UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK"
ALL = (AGE, EXPIRING, CA, BROAD, LOGGING, ALIAS, UNUSED, GUESTS)
PATIENCE = 30
POOL = "us-east-1:11111111-2222-3333-4444-555555555555"

EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
READ_ONLY_VERBS = ("Describe", "Generate", "Get", "List")


@pytest.fixture
def account():
    """A fleet in which every check finds something, but that of CA certificates: there are none."""
    made = MadeUpAccount(page_size=7)
    for number in range(20):
        days = timedelta(days=3 if number == 0 else 900)
        signed = certificate(f"device-{number}", not_after=CLOCK.now() + days)
        add_certificate(made, certificate_id(signed), pem(signed))
    version = {"policyVersionId": "1", "isDefaultVersion": True, "policyDocument": json.dumps(EVERYTHING)}
    made.policies = {"Broad": [version]}
    role = f"arn:aws:iam::{ACCOUNT_ID}:role/Camera"
    made.role_aliases["Camera"] = {
        "roleAlias": "Camera",
        "roleAliasArn": f"arn:aws:iot:us-east-1:{ACCOUNT_ID}:rolealias/Camera",
        "roleArn": role,
    }
    made.pools[POOL] = {
        "IdentityPoolId": POOL,
        "IdentityPoolName": "App",
        "AllowUnauthenticatedIdentities": True,
        "Roles": {"unauthenticated": role},
    }
    made.roles["Camera"] = {
        "RoleName": "Camera",
        "Arn": role,
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
        "RolePolicyList": [{"PolicyName": "all", "PolicyDocument": EVERYTHING}],
        "AttachedManagedPolicies": [],
        "ServicesLastAccessed": [{"ServiceName": "IoT", "ServiceNamespace": "iot"}],
    }
    return made


@pytest.fixture
def server(account, monkeypatch):
    with account_server(account) as serving:
        for name, value in {
            "AWS_ENDPOINT_URL": serving.url,
            "AWS_ACCESS_KEY_ID": "own",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_MAX_ATTEMPTS": "2",
        }.items():
            monkeypatch.setenv(name, value)
        yield serving


def settings(tmp_path):
    return Settings(data_directory=tmp_path / "data", source=AWS)


def details_of(tmp_path, *checks):
    with running_audit(settings(tmp_path), *checks) as audit:
        audit.begin()
        details = audit.wait_until_over().details
        return {str(name): detail for name, detail in details.items()}


def test_every_check_sees_the_account_and_the_account_is_only_read(tmp_path, server):
    details = details_of(tmp_path, *ALL)
    assert not [detail.message for detail in details.values() if detail.status is CheckRunStatus.FAILED]
    assert {name for name, detail in details.items() if detail.non_compliant} == set(ALL) - {CA}
    assert details[CA].status is CheckRunStatus.COMPLETED_COMPLIANT
    called = set(server.calls)
    allowed = {f"{service}:{operation}" for service, names in OPERATIONS.items() for operation in names}
    assert called <= allowed | {"sts:AssumeRole"}
    assert all(operation.startswith(READ_ONLY_VERBS) for names in OPERATIONS.values() for operation in names)


def test_every_kind_is_read_once_for_all_checks_of_an_audit(tmp_path, server):
    details_of(tmp_path, *ALL)
    once = ("iot:ListPolicies", "iot:ListRoleAliases", "cognito-identity:ListIdentityPools", "iam:GetRole")
    assert {name: server.calls[name] for name in once} == dict.fromkeys(once, 1)
    assert server.calls["iot:ListCertificates"] == 3
    assert server.calls["iot:DescribeCertificate"] == 20


def test_only_what_the_checks_need_is_read(tmp_path, server):
    details_of(tmp_path, LOGGING)
    assert set(server.calls) == {"sts:AssumeRole", "iot:GetLoggingOptions", "iot:GetV2LoggingOptions"}


@pytest.mark.parametrize(
    ("operation", "action", "concerned"),
    [
        ("ListCertificates", "iot:ListCertificates", {AGE}),
        ("GetPolicyVersion", "iot:GetPolicyVersion", {BROAD}),
        ("GetRolePolicy", "iam:GetRolePolicy", {ALIAS, UNUSED, GUESTS}),
        ("GetIdentityPoolRoles", "cognito-identity:GetIdentityPoolRoles", {GUESTS}),
        ("GenerateServiceLastAccessedDetails", "iam:GenerateServiceLastAccessedDetails", {ALIAS, UNUSED}),
    ],
)
def test_a_refusal_fails_just_the_checks_that_need_the_call(tmp_path, server, operation, action, concerned):
    server.refuse(operation, 403, "AccessDenied")
    details = details_of(tmp_path, AGE, BROAD, LOGGING, ALIAS, UNUSED, GUESTS)
    failed = {name: detail for name, detail in details.items() if detail.status is CheckRunStatus.FAILED}
    assert set(failed) == concerned
    for detail in failed.values():
        assert detail.error_code is CheckErrorCode.INSUFFICIENT_PERMISSIONS
        assert action in (detail.message or "")


def test_a_second_audit_asks_for_no_certificate_again(tmp_path, server):
    with running_audit(settings(tmp_path), AGE) as audit:
        audit.begin()
        audit.wait_until_over()
        server.calls.clear()
        audit.task_id = TaskId("b" * 32)
        audit.begin()
        audit.wait_until_over()
        assert {**server.calls} == {"sts:AssumeRole": 1, "iot:ListCertificates": 3}


def test_a_canceled_audit_stops_reading(tmp_path, server):
    def never(*_):
        server.closing.wait(PATIENCE)
        raise Refused(500, "InternalFailureException")

    server.instead("ListCertificates", never)
    with running_audit(settings(tmp_path), AGE) as audit:
        audit.begin()
        position = 0
        while audit.task().details[CheckName(AGE)].status is not CheckRunStatus.WAITING_FOR_DATA_COLLECTION:
            position += 1
            assert audit.services.progress.wait(position, PATIENCE)
        audit.cancel()
        assert audit.task().status is AuditTaskStatus.CANCELED
        server.closing.set()


def test_a_service_that_is_stopped_in_between_goes_on_where_it_was(tmp_path, server, account):
    def never_after_10(given, count):
        if count > 10:
            server.closing.wait(PATIENCE)
            raise Refused(500, "InternalFailureException")
        return account.answer("DescribeCertificate", given)

    server.instead("DescribeCertificate", never_after_10)
    with running_audit(settings(tmp_path), AGE) as audit:
        audit.begin()
        wait_until(lambda: server.calls["iot:DescribeCertificate"] > 10)
    server.closing.set()
    server.as_usual()
    server.calls.clear()
    with embedded(settings(tmp_path), CLOCK) as services:
        after = RunningAudit(services, (AGE,), "")
        detail = after.wait_until_over().details[CheckName(AGE)]
    assert detail.examined == 20
    assert server.calls["iot:DescribeCertificate"] <= 20


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def test_what_was_read_is_in_the_log(tmp_path, server):
    with running_audit(settings(tmp_path), AGE, CA) as audit:
        audit.begin()
        audit.wait_until_over()
    log = open_sqlite_log(tmp_path / "data" / "events.sqlite")
    events = [recorded.event for recorded in log.after(0)]
    log.close()
    read = {event.check_name: event.resources for event in events if isinstance(event, CheckAccountRead)}
    assert read == {AGE: {"DEVICE_CERTIFICATE": 20}, CA: {"CA_CERTIFICATE": 0}}
    assert not [event for event in events if isinstance(event, CheckAccountReadingProgressed)]
