"""A record of the inventory as a line of NDJSON, of which `read_record` makes the same record again."""

from collections.abc import Callable, Mapping
from ssl import DER_cert_to_PEM_cert
from typing import Any

import orjson

from workers.inventory.importers.inventory_record import InventoryRecord
from workers.inventory.kinds import (
    CA_CERTIFICATES,
    DEVICE_CERTIFICATES,
    IAM_ROLES,
    IDENTITY_POOLS,
    IOT_POLICIES,
    LISTINGS,
    LOGGING_OPTIONS,
    ROLE_ALIASES,
)

Members = dict[str, Any]


def record_line(record: InventoryRecord) -> bytes:
    """The line, with its end. Account settings name no account: they become those of whoever imports them."""
    members = WRITERS[record.kind.table](record.values)
    described = {"resourceType": record.kind.resource_type, **members, **_certificate_of(record)}
    known = {name: value for name, value in described.items() if value is not None}
    return orjson.dumps(known, option=orjson.OPT_APPEND_NEWLINE)


def _certificate(values: Mapping[str, Any]) -> Members:
    return {
        "certificateId": values["certificate_id"],
        "status": values["status"],
        "creationDate": _seconds(values["creation_date"]),
        "caCertificateId": values.get("ca_certificate_id"),
        "validity": {"notBefore": _seconds(values["not_before"]), "notAfter": _seconds(values["not_after"])},
    }


def _policy(values: Mapping[str, Any]) -> Members:
    return {
        "policyName": values["policy_name"],
        "policyVersionId": values["policy_version_id"],
        "isDefaultVersion": bool(values["is_default_version"]),
        "policyDocument": values["document"],
    }


def _account_settings(values: Mapping[str, Any]) -> Members:
    disabled = values["disable_all_logs"]
    return {
        "loggingOptions": {"logLevel": values["log_level"], "roleArn": values["role_arn"]},
        "v2LoggingOptions": {
            "defaultLogLevel": values["default_log_level"],
            "disableAllLogs": None if disabled is None else bool(disabled),
            "roleArn": values["v2_role_arn"],
        },
    }


def _role_alias(values: Mapping[str, Any]) -> Members:
    [role] = orjson.loads(values["roles"])
    return {
        "roleAlias": values["role_alias"],
        "roleAliasArn": values["role_alias_arn"],
        "roleArn": role,
        "credentialDurationSeconds": values["credential_duration_seconds"],
        "creationDate": _seconds(values["creation_date"]),
        "lastModifiedDate": _seconds(values["last_modified_date"]),
    }


def _iam_role(values: Mapping[str, Any]) -> Members:
    accessed = _parsed(values["services_last_accessed"])
    return {
        "Arn": values["role_arn"],
        "RoleName": values["role_name"],
        "AssumeRolePolicyDocument": values["trust_policy"],
        "RolePolicyList": _parsed(values["inline_policies"]),
        "AttachedManagedPolicies": _parsed(values["attached_policies"]),
        "ServicesLastAccessed": None
        if accessed is None
        else [
            {"ServiceNamespace": service, "LastAuthenticated": _seconds(moment)}
            for service, moment in accessed.items()
        ],
    }


def _identity_pool(values: Mapping[str, Any]) -> Members:
    allows = values["allows_unauthenticated"]
    return {
        "IdentityPoolId": values["identity_pool_id"],
        "IdentityPoolName": values["identity_pool_name"],
        "AllowUnauthenticatedIdentities": None if allows is None else bool(allows),
        "Roles": _parsed(values["roles"]),
        "RoleMappings": _parsed(values["role_mappings"]),
    }


def _listing(values: Mapping[str, Any]) -> Members:
    return {"listed": values["listed"]}


WRITERS: Mapping[str, Callable[[Mapping[str, Any]], Members]] = {
    DEVICE_CERTIFICATES.table: _certificate,
    CA_CERTIFICATES.table: _certificate,
    IOT_POLICIES.table: _policy,
    LOGGING_OPTIONS.table: _account_settings,
    ROLE_ALIASES.table: _role_alias,
    IAM_ROLES.table: _iam_role,
    IDENTITY_POOLS.table: _identity_pool,
    LISTINGS.table: _listing,
}


def _certificate_of(record: InventoryRecord) -> Members:
    if record.der is None:
        return {}
    return {"certificatePem": DER_cert_to_PEM_cert(record.der)}


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _parsed(json: str | None) -> Any:
    return None if json is None else orjson.loads(json)
