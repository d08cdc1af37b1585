"""The policy in docs/aws-accounts.md allows what may be called, and no more."""

import json
import re
from pathlib import Path

from workers.aws_account.operations import OPERATIONS, action

PAGE = Path(__file__).parents[4] / "docs" / "aws-accounts.md"
READING = ("Describe", "Generate", "Get", "List")


def test_every_operation_only_reads():
    names = [name for names in OPERATIONS.values() for name in names]
    assert [name for name in names if not name.startswith(READING)] == []


def test_the_documented_policy_is_the_list():
    found = re.search(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found is not None
    [statement] = json.loads(found[1])["Statement"]
    assert set(statement["Action"]) == {
        action(service, name) for service in OPERATIONS for name in OPERATIONS[service]
    }
