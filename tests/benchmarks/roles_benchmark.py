"""How long a check takes over role aliases or identity pools, each with a role of its own: read and judged.

Beside it bare SELECTs of the same columns, the roles' among them. Half of the roles are what devices need; the
others allow whole services and take most of it away again, which is the hard part. All documents differ.
"""

import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from events.vocabulary import AccountId, CheckName
from workers.checks import REGISTRY
from workers.checks.check import Check, Circumstances
from workers.inventory.kinds import IAM_ROLES, IDENTITY_POOLS, ROLE_ALIASES
from workers.inventory.store import Inventory, open_sqlite_inventory
from workers.run_check import judge
from workers.watched_rows import WatchedRows

ACCOUNT = AccountId("123456789012")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATELY = 1_764_547_200_000  # December 2025

ROLES = 5_000
ROUNDS = 5
CHECKS = (
    "AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK",
    "UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK",
    "IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK",
    "IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK",
)

MOST_TIMES_A_BARE_SELECT = 3.0
MOST_MICROSECONDS_A_STATEMENT = 50.0

IOT = "arn:aws:iot:us-east-1:123456789012"
Statements = list[dict[str, Any]]


def main() -> None:
    """Print what was measured; end with status 1 if it is beyond its limits."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "inventory.sqlite"
        inventory = open_sqlite_inventory(path)
        statements = fill(inventory)
        is_within = [measure(REGISTRY[CheckName(name)], inventory, path, statements) for name in CHECKS]
        inventory.close()
    if not all(is_within):
        sys.exit(1)


def fill(inventory: Inventory) -> int:
    """Write the aliases, the pools and their roles; return how many statements there are."""
    statements = 0
    with inventory.begin_import(ACCOUNT, replace=False, now=NOW) as importing:
        for number in range(ROLES):
            policies = [broad(number)] if number % 2 else [own_files(number), own_things(number)]
            statements += sum(map(len, policies))
            role = f"arn:aws:iam::123456789012:role/device-{number:06}"
            importing.add(IAM_ROLES, role_row(role, policies))
            named = json.dumps([role])
            alias = {
                "role_alias_arn": f"{IOT}:rolealias/device-{number:06}",
                "role_alias": "device",
                "roles": named,
            }
            importing.add(ROLE_ALIASES, dict.fromkeys(ROLE_ALIASES.columns) | alias)
            pool = {"identity_pool_id": f"us-east-1:{number:032x}", "has_roles_from_tokens": 0}
            roles = {"authenticated_roles": named, "unauthenticated_roles": named}
            importing.add(IDENTITY_POOLS, dict.fromkeys(IDENTITY_POOLS.columns) | pool | roles)
    return statements


def role_row(arn: str, policies: list[Statements]) -> dict[str, Any]:
    documents = [json.dumps({"Version": "2012-10-17", "Statement": statements}) for statements in policies]
    used = dict.fromkeys(("iot", "s3", "logs"), LATELY) | dict.fromkeys(("dynamodb", "sqs", "kms"))
    return dict.fromkeys(IAM_ROLES.columns) | {
        "role_arn": arn,
        "role_name": arn.rpartition("/")[2],
        "inline_policies": json.dumps([{"PolicyName": "p", "PolicyDocument": each} for each in documents]),
        "attached_policies": "[]",
        "services_last_accessed": json.dumps(used),
    }


def own_files(number: int) -> Statements:
    bucket = f"arn:aws:s3:::fleet-{number:06}"
    own = f"{bucket}/${{credentials-iot:ThingName}}/*"
    return [
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"],
            "Resource": own,
        },
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": bucket},
        {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"},
    ]


def own_things(number: int) -> Statements:
    thing = f"site-{number:06}-*"
    return [
        {"Effect": "Allow", "Action": ["iot:DescribeThing", "iot:Get*Shadow"], "Resource": f"{IOT}:thing/{thing}"},
        {
            "Effect": "Allow",
            "Action": ["iot:Publish", "iot:Receive"],
            "Resource": [f"{IOT}:topic/$aws/things/{thing}", f"{IOT}:topic/site/{number}/*"],
        },
        {"Effect": "Allow", "Action": "iot:Subscribe", "Resource": f"{IOT}:topicfilter/$aws/things/{thing}"},
    ]


def broad(number: int) -> Statements:
    return [
        {"Effect": "Allow", "Action": ["iot:*", "s3:*"], "Resource": "*"},
        {
            "Effect": "Allow",
            "NotAction": ["iam:*", "organizations:*"],
            "Resource": f"arn:aws:*:*:*:site-{number}/*",
        },
        {"Effect": "Deny", "Action": ["iot:Create*", "iot:Delete*", "iot:Update*"], "Resource": "*"},
        {"Effect": "Deny", "NotAction": ["iot:*", "s3:*", "sqs:*"], "Resource": "*"},
        {"Effect": "Deny", "Action": "iot:*", "Resource": f"{IOT}:thing/site-{number}-*"},
        {"Effect": "Deny", "Action": "s3:Delete*", "NotResource": f"arn:aws:s3:::fleet-{number}/*"},
    ]


def measure(check: Check, inventory: Inventory, path: Path, statements: int) -> bool:
    """Print the medians for one check and tell whether they are within its limit."""
    version = inventory.current_version(ACCOUNT)
    reading = sqlite3.connect(path)

    def select_barely() -> None:
        for query in bare_selects(check):
            reading.execute(query).fetchall()

    def read_and_judge() -> None:
        rows = inventory.rows(ACCOUNT, check.examines, version, None, None)
        circumstances = Circumstances(ACCOUNT, "us-east-1", NOW)
        judgement = judge(check, WatchedRows(rows, lambda: True, time.monotonic), circumstances)
        assert judgement.tally.non_compliant_resources >= ROLES // 2
        assert not judgement.tally.not_judged

    measured = [(seconds(select_barely), seconds(read_and_judge)) for _ in range(ROUNDS)]
    reading.close()
    # Beyond three times the SELECT of the same round.
    beyond = statistics.median(judging - MOST_TIMES_A_BARE_SELECT * select for select, judging in measured)
    select, judging = (statistics.median(times) * 1e3 for times in zip(*measured, strict=True))
    a_statement = beyond * 1e6 / statements
    name = check.name.removesuffix("_CHECK")
    print(  # noqa: T201
        f"{name:<53} {judging:5.0f} ms = {MOST_TIMES_A_BARE_SELECT:.0f} x a bare SELECT ({select:.0f} ms) "
        f"+ {a_statement:5.1f} us a statement",
        flush=True,
    )
    return a_statement <= MOST_MICROSECONDS_A_STATEMENT


def bare_selects(check: Check) -> list[str]:
    examines, related = check.examines, check.examines.related
    assert related is not None
    columns = ", ".join((*examines.columns, related.named_in))
    return [
        f"SELECT {columns} FROM {examines.kind.table}",
        f"SELECT {', '.join(related.columns)} FROM {related.kind.table}",
    ]


def seconds(work: Callable[[], object]) -> float:
    """Processor time: a check is one thread's work, and other work on the machine is none of its cost."""
    began = time.thread_time()
    work()
    return time.thread_time() - began


if __name__ == "__main__":
    main()
