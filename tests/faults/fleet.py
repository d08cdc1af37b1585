"""The fleet that is audited meanwhile: of each resource its name tells what is wrong with it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from workers.inventory.kinds import DEVICE_CERTIFICATES, IOT_POLICIES, Kind

POLICIES = "IOT_POLICY_OVERLY_PERMISSIVE_CHECK"
DENIALS = "IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK"
EXPIRING = "DEVICE_CERTIFICATE_EXPIRING_CHECK"
AGE = "DEVICE_CERTIFICATE_AGE_CHECK"

ONE_BAD_IN = 5

EXAMINED: Mapping[str, Kind] = {
    POLICIES: IOT_POLICIES,
    DENIALS: IOT_POLICIES,
    EXPIRING: DEVICE_CERTIFICATES,
    AGE: DEVICE_CERTIFICATES,
}

CHECKS = tuple(EXAMINED)


def is_bad(number: int) -> bool:
    return number % ONE_BAD_IN == 0


def is_none(_: int) -> bool:
    return False


NOT_COMPLIANT: Mapping[str, Callable[[int], bool]] = {
    POLICIES: is_bad,
    DENIALS: is_none,
    EXPIRING: is_bad,
    AGE: is_none,
}
"""By check, which numbers it is to find."""


def policy(number: int) -> dict[str, Any]:
    resource = "*" if is_bad(number) else "arn:aws:iot:us-east-1:000000000000:client/sensor-1"
    statement = {"Effect": "Allow", "Action": "iot:Connect", "Resource": resource}
    return {
        "resourceType": "IOT_POLICY",
        "policyName": f"policy-{number:06}",
        "policyVersionId": "1",
        "isDefaultVersion": True,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
    }


def device_certificate(number: int) -> dict[str, Any]:
    now = datetime.now(UTC)
    ends = now + timedelta(days=-100 if is_bad(number) else 1_000)
    return {
        "resourceType": "DEVICE_CERTIFICATE",
        "certificateId": f"{number:064x}",
        "status": "ACTIVE",
        "creationDate": now.isoformat(),
        "validity": {"notAfter": ends.isoformat()},
    }


def records(first: int, count: int) -> list[dict[str, Any]]:
    """So many policies and as many certificates, by their numbers."""
    return [make(number) for number in range(first, first + count) for make in (policy, device_certificate)]


def number_of(key: str) -> int:
    """The number of a resource, from its name, its key in the inventory, or its canonical text."""
    name = key.removeprefix("IOT_POLICY/").removeprefix("DEVICE_CERTIFICATE/")
    return int(name.removeprefix("policy-").split("/")[0].split(":")[0]) if "policy-" in name else int(name, 16)
