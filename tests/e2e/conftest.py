from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from service.demo.fleet import DemoFleet, write_fleet
from tests.support.fleet_audit_process import FleetAuditService


@pytest.fixture(scope="session")
def fleet(tmp_path_factory) -> DemoFleet:
    """The demo's fleet as files, as it is today. Tests that change it make a copy."""
    return write_fleet(tmp_path_factory.mktemp("fleet"), datetime.now(UTC))


@pytest.fixture
def service(tmp_path) -> Iterator[FleetAuditService]:
    """`fleet-audit serve` in a data directory of its own."""
    with FleetAuditService(tmp_path) as running:
        yield running


@pytest.fixture
def client(service):
    return service.client()
