"""What an account refuses is said by the action's name, and leaves the inventory as it was."""

import pytest

from events.vocabulary import AccountId, CheckErrorCode
from tests.support.aws_account import ACCOUNT_ID, Refused
from tests.support.linked import ACCOUNT, linked
from workers.aws_account.access import AccountAccess
from workers.aws_account.calls import Calls
from workers.aws_account.outcome import AccountRead
from workers.inventory.kinds import CA_CERTIFICATES, DEVICE_CERTIFICATES, IOT_POLICIES, LOGGING_OPTIONS

INSUFFICIENT = CheckErrorCode.INSUFFICIENT_PERMISSIONS


@pytest.mark.parametrize(
    ("operation", "error", "says", "error_code"),
    [
        ("ListCertificates", (403, "AccessDeniedException"), "permission iot:ListCert", INSUFFICIENT),
        ("DescribeCertificate", (401, "UnauthorizedException"), "permission iot:DescribeCert", INSUFFICIENT),
        ("ListCertificates", (403, "ExpiredTokenException"), "credentials were refused at iot:List", INSUFFICIENT),
        ("ListCertificates", (403, "UnrecognizedClientException"), "credentials were refused", INSUFFICIENT),
        ("ListCertificates", (501, "NotImplemented"), "does not implement iot:ListCertificates", INSUFFICIENT),
        ("ListCertificates", (404, "UnknownOperationException"), "does not implement iot:ListCert", INSUFFICIENT),
        ("ListCertificates", (404, "ResourceNotFoundException"), "does not have what lists its device cert", None),
        ("ListCertificates", (400, "ThrottlingException"), "went on throttling iot:ListCertificates", None),
        ("ListCertificates", (500, "InternalFailureException"), "iot:ListCertificates with InternalFailure", None),
        ("ListCertificates", (400, "InvalidRequestException"), "iot:ListCertificates with InvalidRequest", None),
    ],
)
def test_a_refusal_names_the_action(reading, server, operation, error, says, error_code):
    server.refuse(operation, *error)
    failure = reading.outcome(DEVICE_CERTIFICATES).failure
    assert failure is not None
    assert says in failure.message
    assert failure.error_code is error_code


def test_what_was_there_before_stays_as_it_was(reading, server, account):
    reading.outcome(DEVICE_CERTIFICATES)
    before = reading.rows(DEVICE_CERTIFICATES)
    account.certificates.pop(next(iter(account.certificates)))
    server.instead("ListCertificates", second_page_refused(account))
    account.page_size = 3
    assert reading.failure(DEVICE_CERTIFICATES, since=reading.later())
    assert reading.rows(DEVICE_CERTIFICATES) == before


def second_page_refused(account):
    def answer(given, _):
        if "marker" in given:
            raise Refused(403, "AccessDeniedException")
        return account.answer("ListCertificates", given)

    return answer


def test_a_kind_that_could_never_be_read_is_not_listed(reading, server):
    server.refuse("ListCACertificates", 403, "AccessDeniedException")
    assert reading.failure(CA_CERTIFICATES)
    assert not reading.is_listed(CA_CERTIFICATES)


def test_one_refusal_keeps_no_other_kind_from_being_read(reading, server):
    server.refuse("ListPolicies", 403, "AccessDeniedException")
    read = reading.read(IOT_POLICIES, DEVICE_CERTIFICATES)
    assert isinstance(read, AccountRead)
    assert read.outcomes["IOT_POLICY"].failure is not None
    assert read.outcomes["DEVICE_CERTIFICATE"].resources == 7


def test_an_error_that_passes_is_tried_again(reading, server, account):
    def fail_once(given, count):
        if count == 1:
            raise Refused(500, "InternalFailureException")
        return account.answer("ListCertificates", given)

    server.instead("ListCertificates", fail_once)
    assert reading.outcome(DEVICE_CERTIFICATES).resources == 7
    assert server.calls["iot:ListCertificates"] == 2


@pytest.mark.parametrize("operation", ["GetLoggingOptions", "GetV2LoggingOptions"])
def test_logging_needs_both_operations(reading, server, operation):
    server.refuse(operation, 403, "AccessDeniedException")
    assert f"iot:{operation}" in reading.failure(LOGGING_OPTIONS)


def test_logging_that_was_never_configured_is_off(reading):
    assert reading.outcome(LOGGING_OPTIONS).resources == 1
    assert reading.rows(LOGGING_OPTIONS) == [(ACCOUNT_ID, None, None, None, None, None)]


def test_the_role_is_assumed(reading, server):
    reading.outcome(DEVICE_CERTIFICATES)
    assert server.calls["sts:AssumeRole"] == 1
    assert server.signed_by == {"own", "assumed-AccessKeyId"}


def test_a_role_that_can_not_be_assumed_is_named(reading, server):
    server.refuse("AssumeRole", 403, "AccessDenied")
    failure = reading.failure(DEVICE_CERTIFICATES)
    assert failure.startswith(f"The role arn:aws:iam::{ACCOUNT_ID}:role/Audit can't be assumed.")
    assert "sts:AssumeRole" in failure


def test_a_role_of_another_account_is_not_assumed(reading, server):
    ask = reading.ask(DEVICE_CERTIFICATES, role_arn="arn:aws:iam::111111111111:role/Audit")
    read = reading.account.read(ask, lambda: True)
    assert "not one of the account" in read.outcomes["DEVICE_CERTIFICATE"].failure.message
    assert not server.calls


def test_without_a_role_boto3s_own_credentials_read(server, tmp_path):
    with linked(tmp_path) as reading:
        reading.account._access = AccountAccess("us-east-1", own_account=ACCOUNT)
        reading.outcome(DEVICE_CERTIFICATES)
    assert server.signed_by == {"own"}


def test_boto3s_own_credentials_read_no_other_account(server, tmp_path):
    with linked(tmp_path) as reading:
        reading.account._access = AccountAccess("us-east-1", own_account=AccountId("111111111111"))
        failure = reading.failure(DEVICE_CERTIFICATES)
    assert "are of the account 111111111111" in failure
    assert not server.calls


def test_without_credentials_it_says_so(reading, server, monkeypatch, tmp_path):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    assert "no AWS credentials" in reading.failure(DEVICE_CERTIFICATES)


def test_a_profile_that_is_not_there_is_named(reading, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    assert "no-such-profile" in reading.failure(DEVICE_CERTIFICATES)


def test_an_endpoint_that_is_not_there_is_named(reading, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_IOT", "http://127.0.0.1:9")
    failure = reading.failure(DEVICE_CERTIFICATES)
    assert "could not be reached for iot:ListCertificates" in failure
    assert "127.0.0.1:9" in failure


def test_an_operation_that_is_not_on_the_list_is_never_called(server):
    access = AccountAccess("us-east-1", own_account=ACCOUNT)
    calls = Calls(lambda: access.open(ACCOUNT, ""), None, None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="iot:DeleteCertificate"):
        calls.call("iot", "DeleteCertificate", certificateId="ab" * 32)
    assert not server.calls
