"""The records that docs/inventory.md shows are read as it says."""

import json
import re
from pathlib import Path

from tests.support.given import ACCOUNT
from workers.inventory.importers.records import READERS, read_record

PAGE = (Path(__file__).parents[5] / "docs" / "inventory.md").read_text()
SHOWN = re.findall(r'^\{"resourceType".*\}$', PAGE, re.MULTILINE)


def test_each_example_that_is_not_shortened_is_a_record():
    whole = [json.loads(line) for line in SHOWN if "..." not in line]
    assert {record["resourceType"] for record in whole} == {
        "DEVICE_CERTIFICATE",
        "IOT_POLICY",
        "ACCOUNT_SETTINGS",
        "ROLE_ALIAS",
        "IAM_ROLE",
        "IDENTITY_POOL",
        "LISTING",
    }
    for record in whole:
        read_record(record, ACCOUNT)


def test_every_type_of_record_has_its_section():
    assert re.findall(r"^### (\w+)$", PAGE, re.MULTILINE) == list(READERS)
