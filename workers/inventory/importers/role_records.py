"""Records of role aliases and of IAM roles, turned into rows."""

import re
from collections.abc import Callable
from typing import Any

import orjson

from events.vocabulary import AccountId
from workers.inventory.importers.inventory_record import InventoryRecord
from workers.inventory.importers.record_members import (
    Record,
    document,
    moment,
    needed,
    number,
    structure,
    structures,
    text,
)
from workers.inventory.importers.rejection import RecordRejected
from workers.inventory.kinds import IAM_ROLES, ROLE_ALIASES

# The patterns are those of botocore's models of AWS IoT (2015-05-28) and IAM (2010-05-08).
ROLE_ALIAS = re.compile(r"[\w=,@-]{1,128}", re.ASCII)
ROLE_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
SERVICE = re.compile(r"[\w-]{1,64}", re.ASCII)
ARN = re.compile(r"arn:\S{16,2044}", re.ASCII)
ARN_FORM = "an ARN of 20 to 2,048 characters"

LONGEST_DOCUMENT = 131_072
"""Characters of one policy document. Source: the model of IAM."""


def role_alias(record: Record, _: AccountId | None) -> InventoryRecord:
    """Read the output of DescribeRoleAlias, or its description alone."""
    described = structure(record, "roleAliasDescription") or record
    arn = needed(text(described, "roleAliasArn", ARN, ARN_FORM), "roleAliasArn")
    role = needed(text(described, "roleArn", ARN, ARN_FORM), "roleArn")
    form = "1 to 128 of letters, digits and _=,@-"
    values = {
        "role_alias_arn": arn,
        "role_alias": text(described, "roleAlias", ROLE_ALIAS, form) or _name_in(arn),
        "roles": _json([role]),
        "credential_duration_seconds": number(described, "credentialDurationSeconds"),
        "creation_date": moment(described, "creationDate"),
        "last_modified_date": moment(described, "lastModifiedDate"),
    }
    return InventoryRecord(ROLE_ALIASES, values)


def iam_role(record: Record, _: AccountId | None) -> InventoryRecord:
    """Read a role of GetAccountAuthorizationDetails, with its policies' documents and the services it has used."""
    arn = needed(text(record, "Arn", ARN, ARN_FORM), "Arn")
    name = text(record, "RoleName", ROLE_NAME, "1 to 64 of letters, digits and _+=,.@-")
    values = {
        "role_arn": arn,
        "role_name": name or _name_in(arn),
        "trust_policy": document(record, "AssumeRolePolicyDocument", LONGEST_DOCUMENT),
        "inline_policies": _of_each(record, "RolePolicyList", _inline_policy),
        "attached_policies": _of_each(record, "AttachedManagedPolicies", _attached_policy),
        "services_last_accessed": _services_last_accessed(record),
    }
    return InventoryRecord(IAM_ROLES, values)


def _of_each(record: Record, name: str, read: Callable[[Record], Any]) -> str | None:
    members = structures(record, name)
    if members is None:
        return None
    try:
        return _json([read(each) for each in members])
    except RecordRejected as rejected:
        raise RecordRejected(f"{name}: {rejected}") from None


def _inline_policy(policy: Record) -> dict[str, str | None]:
    return {
        "PolicyName": needed(text(policy, "PolicyName"), "PolicyName"),
        "PolicyDocument": document(policy, "PolicyDocument", LONGEST_DOCUMENT),
    }


def _attached_policy(policy: Record) -> dict[str, str | None]:
    return _inline_policy(policy) | {"PolicyArn": text(policy, "PolicyArn", ARN, ARN_FORM)}


def _services_last_accessed(record: Record) -> str | None:
    """The time of the last access by the service's namespace; null for a service that was not accessed."""
    services = structures(record, "ServicesLastAccessed")
    if services is None:
        return None
    form = "1 to 64 of letters, digits, _ and -"
    try:
        accessed = {
            needed(text(service, "ServiceNamespace", SERVICE, form), "ServiceNamespace").lower(): moment(
                service, "LastAuthenticated"
            )
            for service in services
        }
    except RecordRejected as rejected:
        raise RecordRejected(f"ServicesLastAccessed: {rejected}") from None
    return _json(accessed)


def _name_in(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
