from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import which

import pytest

from service.demo.fleet import DemoFleet, write_fleet
from tests.support.fleet_audit_process import FleetAuditService

JAVASCRIPT = Path(__file__).parent / "javascript" / "node_modules" / "@aws-sdk" / "client-iot"

collect_ignore = [] if which("node") and JAVASCRIPT.is_dir() else ["test_javascript_sdk.py"]
"""The SDK comes from npm, which not everybody has: `make test-javascript` fetches it, and runs what needs it."""


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
