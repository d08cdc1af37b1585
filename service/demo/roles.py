"""The demo's role aliases, identity pools and IAM roles, as AWS's own describe outputs have them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

ACCOUNT = "123456789012"
IOT = f"arn:aws:iot:us-east-1:{ACCOUNT}"

ALIASES = {"Telemetry": "DeviceTelemetry", "Maintenance": "DeviceMaintenance"}

POOLS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "Companion app": (
        "us-east-1:5a6b7c8d-0000-4111-8222-333344445555",
        {"authenticated": "AppUsers", "unauthenticated": "AppGuests"},
    ),
    "Showroom": (
        "us-east-1:9e8f7a6b-0000-4111-8222-666677778888",
        {"authenticated": "ShowroomUsers", "unauthenticated": "ShowroomGuests"},
    ),
}
"""The id of each pool, and its roles."""

Statement = Mapping[str, Any]

ROLES: Mapping[str, list[Statement]] = {
    # Its own files and its own shadow: what a device needs.
    "DeviceTelemetry": [
        {
            "Effect": "Allow",
            "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::telemetry/${credentials-iot:ThingName}/*",
        },
        {
            "Effect": "Allow",
            "Action": ["iot:GetThingShadow", "iot:UpdateThingShadow"],
            "Resource": f"{IOT}:thing/${{credentials-iot:ThingName}}",
        },
    ],
    # All of S3, and two services that no device has used, after the example in AWS's guide.
    "DeviceMaintenance": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
        {"Effect": "Allow", "Action": ["iam:GetRole", "dynamodb:PutItem"], "Resource": "*"},
    ],
    "AppUsers": [
        {"Effect": "Allow", "Action": ["iot:DescribeThing", "iot:UpdateThing"], "Resource": f"{IOT}:thing/*"},
    ],
    "AppGuests": [
        {"Effect": "Allow", "Action": "iot:ListThings", "Resource": "*"},
        {"Effect": "Allow", "Action": "iot:Subscribe", "Resource": f"{IOT}:topicfilter/$aws/things/*"},
    ],
    "ShowroomGuests": [
        {"Effect": "Allow", "Action": "iot:Subscribe", "Resource": f"{IOT}:topicfilter/showroom/news"},
        {"Effect": "Allow", "Action": "iot:Receive", "Resource": f"{IOT}:topic/showroom/news"},
    ],
    "ShowroomUsers": [
        {"Effect": "Allow", "Action": "iot:DescribeThing", "Resource": f"{IOT}:thing/showroom-*"},
    ],
}

DAYS_SINCE_USE: Mapping[str, Mapping[str, int | None]] = {
    "DeviceTelemetry": {"s3": 1, "iot": 1},
    "DeviceMaintenance": {"s3": 3, "iam": None, "dynamodb": 390},
}
"""For roles of devices: when their services were last used; None: never."""


def role_records(now: datetime, aliases: Iterable[str], pools: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Some aliases and pools, and their roles, as they are at `now`."""
    roles: list[str] = []
    for alias in aliases:
        roles.append(ALIASES[alias])
        yield {
            "resourceType": "ROLE_ALIAS",
            "roleAlias": alias,
            "roleAliasArn": f"{IOT}:rolealias/{alias}",
            "roleArn": _arn(ALIASES[alias]),
            "credentialDurationSeconds": 3600,
        }
    for name in pools:
        pool, of_pool = POOLS[name]
        roles += of_pool.values()
        yield {
            "resourceType": "IDENTITY_POOL",
            "IdentityPoolId": pool,
            "IdentityPoolName": name,
            "AllowUnauthenticatedIdentities": "unauthenticated" in of_pool,
            "Roles": {kind: _arn(role) for kind, role in of_pool.items()},
        }
    for role in roles:
        yield _role(role, now)


def _role(role: str, now: datetime) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": ROLES[role]}
    return {
        "resourceType": "IAM_ROLE",
        "RoleName": role,
        "Arn": _arn(role),
        "RolePolicyList": [{"PolicyName": "Access", "PolicyDocument": document}],
        "AttachedManagedPolicies": [],
        "ServicesLastAccessed": [
            {"ServiceNamespace": service, **_last_use(days, now)}
            for service, days in DAYS_SINCE_USE.get(role, {}).items()
        ],
    }


def _arn(role: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{role}"


def _last_use(days: int | None, now: datetime) -> dict[str, str]:
    return {} if days is None else {"LastAuthenticated": (now - timedelta(days=days)).isoformat()}
