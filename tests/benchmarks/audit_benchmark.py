"""How long an audit takes: DEVICE_CERTIFICATE_EXPIRING over 100,000 certificates, against a bare SELECT.

Both read the same columns of the same rows from the same file. The audit is everything from the command that
starts it to the read model that says COMPLETED, in the whole embedded service. The limit is for a fleet in good
order, one certificate in a thousand expiring: what the scan costs. The same fleet with a threshold that finds one
in a hundred shows what findings cost, in the log and in the read models' indexes.
"""

import hashlib
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from events.clock import SystemClock, epoch_milliseconds
from events.configuration_change import CheckConfiguration, ConfigurationChange
from events.event import Cause
from events.vocabulary import AuditTaskStatus, CheckName, TaskId, ThresholdName
from service.data_directory import make_data_directory
from service.embedded import embedded
from service.services import Services
from service.settings import Settings
from workers.checks import REGISTRY
from workers.inventory.kinds import CERTIFICATE_COLUMNS, DEVICE_CERTIFICATES

CERTIFICATES = 100_000
FEW, MANY = 100, 1_000
ROUNDS = 15
"""Each with a SELECT of its own just before it, so that both meet the machine in the same mood."""
LONGEST = 60.0

MOST_TIMES_A_BARE_SELECT = 3.0
MOST_MEBIBYTES = 300

CHECK = CheckName("DEVICE_CERTIFICATE_EXPIRING_CHECK")


def main() -> None:
    """Print what was measured; end with status 1 if it is beyond its limits."""
    with tempfile.TemporaryDirectory() as directory, embedded(_settings(directory), SystemClock()) as services:
        import_certificates(services)
        enable_the_check(services)
        in_good_order = _measure("few findings", services, FEW)
        enable_the_check(services, threshold_in_days=90)
        _measure("ten times as many", services, MANY)
    mebibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {mebibytes:.0f} MiB (at most {MOST_MEBIBYTES} MiB)")  # noqa: T201
    if in_good_order > MOST_TIMES_A_BARE_SELECT or mebibytes > MOST_MEBIBYTES:
        sys.exit(1)


def _measure(label: str, services: Services, findings: int) -> float:
    measured = [(_bare_select(services), run_audit(services, findings)) for _ in range(ROUNDS)]
    select, audit = (statistics.median(times) * 1000 for times in zip(*measured, strict=True))
    ratio = statistics.median(audit / select for select, audit in measured)
    print(  # noqa: T201
        f"{label:18} bare SELECT {select:4.0f} ms, audit {audit:4.0f} ms = {ratio:.2f} x"
        + (f" (at most {MOST_TIMES_A_BARE_SELECT} x)" if findings == FEW else "")
    )
    return ratio


def _settings(directory: str) -> Settings:
    return Settings(data_directory=Path(directory))


def import_certificates(services: Services) -> None:
    now = services.clock.now()
    healthy, later, soon = (epoch_milliseconds(now + timedelta(days=days)) for days in (3650, 60, 10))
    values = dict.fromkeys((*CERTIFICATE_COLUMNS, "ca_certificate_id"), "") | {
        "status": "ACTIVE",
        "creation_date": epoch_milliseconds(now),
        "not_before": epoch_milliseconds(now),
        "key_algorithm": "EC",
        "key_size": 256,
        "is_roca": 0,
        "modulus_fingerprint": None,
        "crl_urls": "[]",
        "ca_issuer_urls": "[]",
    }
    with services.inventory.begin_import(services.settings.account, replace=False, now=now) as importing:
        for number in range(CERTIFICATES):
            key = hashlib.sha256(str(number).encode()).hexdigest()
            is_later, is_soon = number % (CERTIFICATES // MANY) == 0, number % (CERTIFICATES // FEW) == 0
            not_after = soon if is_soon else later if is_later else healthy
            importing.add(DEVICE_CERTIFICATES, values | {"certificate_id": key, "not_after": not_after})


def enable_the_check(services: Services, threshold_in_days: int = 30) -> None:
    threshold = {ThresholdName.CERT_EXPIRATION_THRESHOLD_IN_DAYS.value: str(threshold_in_days)}
    change = ConfigurationChange(
        "arn:aws:iam::000000000000:role/audit", {CHECK: CheckConfiguration(enabled=True, configuration=threshold)}
    )
    services.application.update_account_audit_configuration(change, _cause(services)).result()


def _cause(services: Services) -> Cause:
    return Cause(services.settings.account, services.clock.now(), "benchmark", "benchmark")


def _bare_select(services: Services) -> float:
    columns = ", ".join(REGISTRY[CHECK].examines.columns)
    reading = sqlite3.connect(make_data_directory(services.settings.data_directory).inventory)
    began = time.perf_counter()
    rows = reading.execute(f"SELECT {columns} FROM {DEVICE_CERTIFICATES.table}").fetchall()
    took = time.perf_counter() - began
    assert len(rows) == CERTIFICATES
    reading.close()
    return took


def run_audit(services: Services, findings: int = FEW) -> float:
    task = TaskId(uuid4().hex)
    account = services.settings.account
    began = time.perf_counter()
    services.application.start_on_demand_audit_task(task, [CHECK], _cause(services)).result()
    while True:
        seen = services.progress.position
        view = services.read_models.audit_tasks.describe(account, task)
        if view is not None and view.status is not AuditTaskStatus.IN_PROGRESS:
            break
        assert services.progress.wait(seen + 1, LONGEST)
    took = time.perf_counter() - began
    detail = view.details[CHECK]
    assert (detail.examined, detail.non_compliant) == (CERTIFICATES, findings)
    return took


if __name__ == "__main__":
    main()
