"""How long the checks of policies take: read and judged, against a bare SELECT of the same columns.

A check may take three times the SELECT and so many microseconds a statement. The policies are of several forms,
and each form keeps the limit by itself. No two have one text, and none is overly permissive, since finding that
takes longest.
"""

import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from events.vocabulary import AccountId, CheckName
from workers.checks import REGISTRY
from workers.checks.check import Check, Circumstances
from workers.inventory.kinds import IOT_POLICIES
from workers.inventory.store import Inventory, open_sqlite_inventory
from workers.run_check import judge
from workers.watched_rows import WatchedRows

NOW = datetime(2026, 1, 1, tzinfo=UTC)
POLICIES = 25_000
"""Of each form: 100,000 in all."""
ROUNDS = 3

MOST_TIMES_A_BARE_SELECT = 3.0
MOST_MICROSECONDS_A_STATEMENT = 50.0
"""On top of the SELECTs. Both as issue 3 has them."""

CHECKS = ("IOT_POLICY_OVERLY_PERMISSIVE_CHECK", "IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK")

THING = "${iot:Connection.Thing.ThingName}"
ATTACHED = {"Bool": {"iot:Connection.Thing.IsAttached": "true"}}

Statement = dict[str, Any]


def statement(effect: str, actions: Sequence[str], *resources: str, **more: object) -> Statement:
    return {
        "Effect": effect,
        "Action": [f"iot:{action}" for action in actions],
        "Resource": [f"arn:aws:iot:us-east-1:123456789012:{resource}" for resource in resources],
        **more,
    }


def of_attached_things(fleet: str) -> list[Statement]:
    """As AWS's guide writes it: the thing is named by a variable."""
    return [
        statement("Allow", ["Connect"], f"client/{THING}", Condition=ATTACHED),
        statement(
            "Allow",
            ["Publish", "Receive"],
            f"topic/$aws/things/{THING}/shadow/*",
            f"topic/{fleet}/telemetry/{THING}/*",
        ),
        statement(
            "Allow", ["Subscribe"], f"topicfilter/$aws/things/{THING}/*", f"topicfilter/{fleet}/commands/{THING}/*"
        ),
    ]


def of_one_device(fleet: str) -> list[Statement]:
    """Each device has a policy of its own, with its name in it, also for shadows and jobs."""
    device = f"{fleet}-sensor"
    return [
        statement("Allow", ["Connect"], f"client/{device}"),
        statement("Allow", ["Publish"], f"topic/$aws/things/{device}/*", f"topic/plant/{device}/*"),
        statement("Allow", ["Subscribe"], f"topicfilter/$aws/things/{device}/*", f"topicfilter/plant/{device}/#"),
        statement("Allow", ["Receive"], f"topic/$aws/things/{device}/*", f"topic/plant/{device}/*"),
        statement("Allow", ["GetThingShadow", "UpdateThingShadow"], f"thing/{device}"),
        statement("Allow", ["DescribeJobExecution", "GetPendingJobExecutions"], f"thing/{device}"),
    ]


def with_denials(fleet: str) -> list[Statement]:
    """Topics of a building, without those of a room, as the guide's policy that is configured well."""
    return [
        statement("Allow", ["Connect"], f"client/{fleet}-*"),
        statement("Allow", ["Subscribe"], f"topicfilter/{fleet}/building/*"),
        statement("Deny", ["Subscribe"], f"topicfilter/{fleet}/building/control_room/*"),
        statement("Allow", ["Receive"], f"topic/{fleet}/building/*"),
        statement("Deny", ["Receive"], f"topic/{fleet}/building/control_room/*"),
    ]


def broad_but_denied(fleet: str) -> list[Statement]:
    """Everything is allowed, and what is another device's denied again."""
    others = ("topic/$aws/*", "topicfilter/$aws/*", "topicfilter/+/*", "topicfilter/#", "thing/*", "/thing/*")
    return [
        {"Effect": "Allow", "Action": "iot:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "iot:Connect", "NotResource": f"arn:aws:iot:*:*:client/{fleet}-*"},
        statement("Deny", ["Publish", "Subscribe", "*Thing*", "*Job*"], *others),
    ]


FORMS: Mapping[str, Callable[[str], list[Statement]]] = {
    "of attached things": of_attached_things,
    "of one device": of_one_device,
    "with denials": with_denials,
    "broad but denied": broad_but_denied,
}


def main() -> None:
    """Print what was measured; end with status 1 if it is beyond its limits."""
    circumstances = Circumstances(AccountId("123456789012"), "us-east-1", NOW)
    is_within = []
    for name, form in FORMS.items():
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "inventory.sqlite"
            inventory = open_sqlite_inventory(path)
            fill(inventory, form, circumstances.account)
            print(f"{POLICIES:,} policies {name}, of {len(form(''))} statements each")  # noqa: T201
            is_within += [
                measure(REGISTRY[CheckName(check)], inventory, path, circumstances, len(form("")))
                for check in CHECKS
            ]
            inventory.close()
    if not all(is_within):
        sys.exit(1)


def fill(inventory: Inventory, form: Callable[[str], list[Statement]], account: AccountId) -> None:
    with inventory.begin_import(account, replace=False, now=NOW) as importing:
        for number in range(POLICIES):
            name = f"policy-{number:06}"
            importing.add(
                IOT_POLICIES,
                {
                    "policy_version": f"{name}:1",
                    "policy_name": name,
                    "policy_version_id": "1",
                    "is_default_version": 1,
                    "document": json.dumps({"Version": "2012-10-17", "Statement": form(f"fleet{number:06}")}),
                },
            )


def measure(check: Check, inventory: Inventory, path: Path, circumstances: Circumstances, statements: int) -> bool:
    """Print the medians for one check and tell whether they are within its limit."""
    account = circumstances.account
    version = inventory.current_version(account)
    query = f"SELECT {', '.join(check.examines.columns)} FROM {check.examines.kind.table}"
    reading = sqlite3.connect(path)

    def read_and_judge() -> None:
        rows = inventory.rows(account, check.examines, version, None, None)
        judgement = judge(check, WatchedRows(rows, lambda: True, time.monotonic), circumstances)
        assert judgement.tally.resources_examined == POLICIES
        assert not judgement.tally.not_judged

    measured = [
        (seconds(lambda: reading.execute(query).fetchall()), seconds(read_and_judge)) for _ in range(ROUNDS)
    ]
    reading.close()
    select, judging = map(statistics.median, zip(*measured, strict=True))
    in_all, beyond = (
        total / POLICIES / statements * 1e6 for total in (judging, judging - MOST_TIMES_A_BARE_SELECT * select)
    )
    print(  # noqa: T201
        f"  {check.name:<44} {judging:5.1f} s, {in_all:5.1f} us a statement in all, "
        f"{beyond:5.1f} beyond 3 bare SELECTs (at most {MOST_MICROSECONDS_A_STATEMENT:.0f})",
        flush=True,
    )
    return bool(beyond <= MOST_MICROSECONDS_A_STATEMENT)


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
