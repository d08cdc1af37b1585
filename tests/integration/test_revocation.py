"""Audits of revocation in the whole service, with a real server of revocation lists."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from events.clock import SystemClock
from events.configuration_change import CheckConfiguration, ConfigurationChange
from events.event import Cause
from events.vocabulary import AuditTaskStatus, CheckName, CheckRunStatus, TaskId
from projections.audit_findings import FindingFilter, FindingView
from projections.audit_tasks import AuditTaskView
from projections.paging import Page
from service.embedded import embedded
from service.services import Services
from service.settings import Settings
from tests.support.certificates import (
    Issuer,
    ca_issuers,
    certificate,
    crl_distribution_points,
    der,
    pem,
    private_key,
)
from tests.support.document_server import DocumentServer, document_server
from tests.support.revocation_lists import ca_certificate, revocation_list
from workers.inventory.importers.records import read_record
from workers.revocation.address_rules import AddressRules

DEVICES = CheckName("REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK")
CAS = CheckName("REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK")
INTERMEDIATES = CheckName("INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK")
CHECKS = (DEVICES, CAS, INTERMEDIATES)
TASK = TaskId("a" * 32)
CLOCK = SystemClock()
ROOT = Issuer("Root CA", private_key(number=4_000_001))
ISSUING = Issuer("Issuing CA", private_key(number=4_000_002))


class Audit:
    """One audit of the three checks."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.account = services.settings.account

    def begin(self) -> None:
        enabling = ConfigurationChange(
            "arn:aws:iam::000000000000:role/r", {name: CheckConfiguration(True) for name in CHECKS}
        )
        self.services.application.update_account_audit_configuration(enabling, self.cause()).result()
        started = self.services.application.start_on_demand_audit_task(TASK, CHECKS, self.cause()).result()
        assert self.services.progress.wait(started.position, 10)

    def cause(self) -> Cause:
        return Cause(self.account, CLOCK.now(), "AKIDEXAMPLE", "request-1")

    def task(self) -> AuditTaskView:
        task = self.services.read_models.audit_tasks.describe(self.account, TASK)
        assert task is not None
        return task

    def wait_until_over(self) -> AuditTaskView:
        """Follow what is projected, position by position, until the audit is over."""
        position = 0
        while self.task().status is AuditTaskStatus.IN_PROGRESS:
            position += 1
            assert self.services.progress.wait(position, 30)
        return self.task()

    def findings(self) -> dict[CheckName, list[FindingView]]:
        found = self.services.read_models.audit_findings.list(self.account, FindingFilter(task_id=TASK), Page(100))
        return {name: [each for each in found.rows if each.check_name == name] for name in CHECKS}


@contextmanager
def audit(tmp_path: Path, database_url: str | None = None, **settings: AddressRules) -> Iterator[Audit]:
    chosen = Settings(data_directory=tmp_path / "data", database_url=database_url, **settings)  # type: ignore[arg-type]
    with embedded(chosen, CLOCK) as services:
        yield Audit(services)


@pytest.fixture
def server() -> Iterator[DocumentServer]:
    with document_server() as serving:
        yield serving


def fill(services: Services, server: DocumentServer) -> None:
    """Thirty devices of a CA that the root has revoked; one of them revoked by that CA, too."""
    lists = {"this_update": CLOCK.now() - timedelta(hours=1), "next_update": CLOCK.now() + timedelta(hours=1)}
    issuing = ca_certificate(ISSUING, by=ROOT, extensions=[crl_distribution_points(server.url("/root.crl"))])
    about = [crl_distribution_points(server.url("/issuing.crl")), ca_issuers(server.url("/issuing.cer"))]
    devices = [certificate(f"device-{n}", issuer=ISSUING, extensions=about) for n in range(30)]
    server.serve("/root.crl", revocation_list([issuing.serial_number], by=ROOT, **lists))  # type: ignore[arg-type]
    server.serve("/issuing.crl", revocation_list([devices[7].serial_number], by=ISSUING, **lists))  # type: ignore[arg-type]
    server.serve("/issuing.cer", der(issuing))
    with services.inventory.begin_import(services.settings.account, replace=False, now=CLOCK.now()) as importing:
        for kind, signed in (
            ("CA_CERTIFICATE", ca_certificate(ROOT)),
            *(("DEVICE_CERTIFICATE", device) for device in devices),
        ):
            record = read_record({"resourceType": kind, "status": "ACTIVE", "certificatePem": pem(signed)})
            importing.add(record.kind, record.values, record.der)


@pytest.fixture(params=["files", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str | None:
    url: str | None = None if request.param == "files" else request.getfixturevalue("migrated_url")
    return url


def test_an_audit_finds_what_was_revoked_and_asks_each_url_once(tmp_path, server, database_url):
    with audit(tmp_path, database_url, crl_allow=AddressRules.parse("127.0.0.1")) as auditing:
        fill(auditing.services, server)
        auditing.begin()
        task = auditing.wait_until_over()
        findings = auditing.findings()
    assert {name: detail.message for name, detail in task.details.items()} == dict.fromkeys(CHECKS)
    assert [each.reason_code for each in findings[DEVICES]] == ["CERTIFICATE_REVOKED_BY_ISSUER"]
    assert findings[CAS] == []
    [revoked] = findings[INTERMEDIATES]
    assert len(revoked.related_resources) == 30
    assert (
        revoked.resource.identifier["issuerCertificateIdentifier"]["issuerCertificateSubject"] == "CN=Issuing CA"
    )
    assert set(server.requests) == {"/root.crl", "/issuing.crl", "/issuing.cer"}


def test_without_the_setting_nothing_here_is_asked_and_nothing_is_called_compliant(tmp_path, server):
    with audit(tmp_path) as auditing:
        fill(auditing.services, server)
        auditing.begin()
        task = auditing.wait_until_over()
    assert not server.requests
    assert task.details[DEVICES].message == (
        "Not judged (30): certificates whose issuer's certificate can't be fetched: its address is not a public "
        "one, nor opened by FLEET_AUDIT_CRL_ALLOW."
    )


def test_while_a_server_is_waited_for_the_check_says_so_and_can_be_canceled(tmp_path, server):
    with audit(tmp_path, crl_allow=AddressRules.parse("127.0.0.1")) as auditing:
        fill(auditing.services, server)
        server.answer("/issuing.cer", lambda exchange: exchange.server.closing.wait(60))
        auditing.begin()
        position = 0
        waiting = CheckRunStatus.WAITING_FOR_DATA_COLLECTION
        while auditing.task().details[DEVICES].status is not waiting:
            position += 1
            assert auditing.services.progress.wait(position, 30)
        canceled = auditing.services.application.cancel_audit_task(TASK, auditing.cause()).result()
        assert auditing.services.progress.wait(canceled.position, 10)
        assert auditing.task().status is AuditTaskStatus.CANCELED
        assert auditing.task().details[DEVICES].status is CheckRunStatus.CANCELED
