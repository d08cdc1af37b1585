"""How long judging takes: each check over rows in memory, against a bare SELECT of the same columns of as many.

What reading and recording cost is `audit_benchmark.py`'s subject. One certificate in a hundred is not compliant,
and none of the policies, since it takes longest to find that a policy is narrow.
"""

import hashlib
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from events.vocabulary import AccountId
from workers.checks import REGISTRY, catalogue
from workers.checks.check import Check, Circumstances
from workers.inventory.kinds import CA_CERTIFICATES, DEVICE_CERTIFICATES, IOT_POLICIES, Kind
from workers.inventory.store import Inventory, open_sqlite_inventory
from workers.judging.weak_keys import FingerprintList

ACCOUNT = AccountId("123456789012")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
EARLIER, LATER = 1_735_689_600_000, 2_082_758_400_000  # 2025 and 2036

CERTIFICATES = 100_000
POLICIES = 5_000
NOT_COMPLIANT = 100
"""One certificate in so many."""
WEAK_KEYS = 200_000
ROUNDS = 5

MOST_TIMES_A_BARE_SELECT = 1.0
"""Of judging certificates, so that their whole audit can stay below three times."""
MOST_MICROSECONDS_A_STATEMENT = 300

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["iot:Connect"],
            "Resource": ["arn:aws:iot:us-east-1:123456789012:client/${iot:Connection.Thing.ThingName}"],
            "Condition": {"Bool": {"iot:Connection.Thing.IsAttached": "true"}},
        },
        {
            "Effect": "Allow",
            "Action": ["iot:Publish", "iot:Receive"],
            "Resource": [
                "arn:aws:iot:us-east-1:123456789012:topic/$aws/things/${iot:Connection.Thing.ThingName}/shadow/*",
                "arn:aws:iot:us-east-1:123456789012:topic/telemetry/${iot:Connection.Thing.ThingName}/*",
            ],
        },
        {
            "Effect": "Allow",
            "Action": ["iot:Subscribe"],
            "Resource": [
                "arn:aws:iot:us-east-1:123456789012:topicfilter/$aws/things/${iot:Connection.Thing.ThingName}/*",
                "arn:aws:iot:us-east-1:123456789012:topicfilter/commands/${iot:Connection.Thing.ThingName}/*",
            ],
        },
    ],
}


def main() -> None:
    """Print what was measured; end with status 1 if it is beyond its limits."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "inventory.sqlite"
        inventory = open_sqlite_inventory(path)
        fill(inventory)
        circumstances = Circumstances(ACCOUNT, "us-east-1", NOW, weak_keys=FingerprintList(range(WEAK_KEYS)))
        is_within = [
            measure(check, inventory, path, circumstances)
            for check in REGISTRY.values()
            if check.examines.kind in (CA_CERTIFICATES, DEVICE_CERTIFICATES, IOT_POLICIES)
            and check.collects is None
        ]
        inventory.close()
    if not all(is_within):
        sys.exit(1)


def fill(inventory: Inventory) -> None:
    with inventory.begin_import(ACCOUNT, replace=False, now=NOW) as importing:
        for number in range(CERTIFICATES):
            importing.add(DEVICE_CERTIFICATES, certificate(DEVICE_CERTIFICATES, number))
            importing.add(CA_CERTIFICATES, certificate(CA_CERTIFICATES, number))
        for number in range(POLICIES):
            importing.add(IOT_POLICIES, policy(number))


def certificate(kind: Kind, number: int) -> dict[str, Any]:
    is_compliant = number % NOT_COMPLIANT != 0
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    return dict.fromkeys(kind.columns, "") | {
        "certificate_id": digest,
        "status": "ACTIVE",
        "creation_date": LATER if is_compliant else EARLIER,
        "not_before": EARLIER,
        "not_after": LATER if is_compliant else EARLIER,
        "key_algorithm": "RSA",
        "key_size": 2048,
        "is_roca": 0 if is_compliant else 1,
        "modulus_fingerprint": digest[:20],
        "crl_urls": "[]",
        "ca_issuer_urls": "[]",
    }


def policy(number: int) -> dict[str, Any]:
    name = f"policy-{number}"
    return {
        "policy_version": f"{name}:1",
        "policy_name": name,
        "policy_version_id": "1",
        "is_default_version": 1,
        "document": json.dumps(POLICY),
    }


def measure(check: Check, inventory: Inventory, path: Path, circumstances: Circumstances) -> bool:
    """Print the medians for one check and tell whether they are within its limit."""
    rows = list(inventory.rows(ACCOUNT, check.examines, inventory.current_version(ACCOUNT), None, None))
    configured = Circumstances(
        **vars(circumstances) | {"configuration": catalogue().configuration_of(check.name, {})}
    )
    query = f"SELECT {', '.join(check.examines.columns)} FROM {check.examines.kind.table}"
    reading = sqlite3.connect(path)
    measured = [
        (
            seconds(lambda: reading.execute(query).fetchall()),
            seconds(lambda: deque(check.judge(rows, configured), 0)),
        )
        for _ in range(ROUNDS)
    ]
    reading.close()
    select = statistics.median(select for select, _ in measured)
    judging = statistics.median(judging for _, judging in measured)
    a_row = judging / len(rows) * 1e6
    print(f"{check.name:<40} {a_row:8.2f} us a row  {judging / select:6.2f} x a bare SELECT")  # noqa: T201
    if check.examines.kind is IOT_POLICIES:
        a_statement = a_row / len(POLICY["Statement"])
        print(f"{'':<40} {a_statement:8.2f} us a statement  (limit {MOST_MICROSECONDS_A_STATEMENT})")  # noqa: T201
        return a_statement <= MOST_MICROSECONDS_A_STATEMENT
    return judging <= MOST_TIMES_A_BARE_SELECT * select


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
