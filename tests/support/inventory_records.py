"""Rows for an inventory, and lines of an import, of which only what matters is said."""

import json
from collections.abc import Mapping
from typing import Any

from events.vocabulary import AccountId
from workers.inventory.certificate_facts import CertificateFacts
from workers.inventory.kinds import DEVICE_CERTIFICATES, IOT_POLICIES, Examines
from workers.inventory.store import Inventory

EVERY_DEVICE = Examines(DEVICE_CERTIFICATES, ("certificate_id", "status"))
EVERY_POLICY = Examines(IOT_POLICIES, ("policy_version", "is_default_version"))


def key(number: int) -> str:
    """A certificate id."""
    return f"{number:064x}"


def device(number: int, status: str = "ACTIVE") -> Mapping[str, Any]:
    """A device certificate of which little is known."""
    facts = CertificateFacts(key(number), not_after=number)
    return {**vars(facts), "status": status, "creation_date": 0, "ca_certificate_id": None}


def policy(name: str, version: int, *, is_default: bool = True) -> Mapping[str, Any]:
    """A version of a policy."""
    return {
        "policy_version": f"{name}:{version}",
        "policy_name": name,
        "policy_version_id": str(version),
        "is_default_version": int(is_default),
        "document": "{}",
    }


def policy_line(number: int) -> bytes:
    """A policy as a line of an import."""
    record = {
        "resourceType": "IOT_POLICY",
        "policyName": f"Policy-{number}",
        "policyVersionId": "1",
        "policyDocument": "{}",
    }
    return json.dumps(record).encode() + b"\n"


def devices_at(inventory: Inventory, account: AccountId, version: int | None = None) -> dict[int, str]:
    """The statuses of the device certificates at a version, by number; without one, at the current version."""
    at = inventory.current_version(account) if version is None else version
    rows = inventory.rows(account, EVERY_DEVICE, at, None, None)
    return {int(certificate_id, 16): status for certificate_id, status in rows}
