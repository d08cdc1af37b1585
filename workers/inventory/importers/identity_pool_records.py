"""Records of Cognito's identity pools, turned into rows."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from events.vocabulary import AccountId
from workers.inventory.importers.inventory_record import InventoryRecord
from workers.inventory.importers.record_members import (
    Record,
    choice,
    flag,
    needed,
    structure,
    structures,
    text,
    written,
)
from workers.inventory.importers.rejection import RecordRejected
from workers.inventory.importers.role_records import ARN, ARN_FORM
from workers.inventory.kinds import IDENTITY_POOLS

# The patterns and enumerations are those of botocore's model of Cognito Identity (2014-06-30).
IDENTITY_POOL_ID = re.compile(r"(?=.{1,55}$)[\w-]+:[0-9a-f-]+", re.ASCII)
MAPPING_TYPES = ("Token", "Rules")


def identity_pool(record: Record, _: AccountId | None) -> InventoryRecord:
    """Read the output of DescribeIdentityPool with the `Roles` and `RoleMappings` of GetIdentityPoolRoles.

    Rules that map claims to roles are for identities that have logged in, so their roles are authenticated ones.
    """
    form = "REGION:GUID"
    identifier = needed(text(record, "IdentityPoolId", IDENTITY_POOL_ID, form), "IdentityPoolId")
    allows = flag(record, "AllowUnauthenticatedIdentities")
    roles = structure(record, "Roles")
    mappings = structure(record, "RoleMappings") or {}
    mapped = list(dict.fromkeys(_mapped_roles(mappings)))
    values = {
        "identity_pool_id": identifier,
        "identity_pool_name": text(record, "IdentityPoolName"),
        "allows_unauthenticated": None if allows is None else int(allows),
        "authenticated_roles": _roles(roles, "authenticated", mapped),
        "unauthenticated_roles": _roles(roles, "unauthenticated", []),
        "has_roles_from_tokens": int(any(mapping.get("Type") == "Token" for mapping in mappings.values())),
        "roles": None if roles is None else written(roles, "Roles"),
        "role_mappings": written(mappings, "RoleMappings") if mappings else None,
    }
    return InventoryRecord(IDENTITY_POOLS, values)


def _roles(roles: Record | None, name: str, mapped: list[str]) -> str | None:
    if roles is None:
        return None
    try:
        role = text(roles, name, ARN, ARN_FORM)
    except RecordRejected as rejected:
        raise RecordRejected(f"Roles: {rejected}") from None
    return orjson.dumps(list(dict.fromkeys([*([role] if role else []), *mapped]))).decode()


def _mapped_roles(mappings: Record) -> Iterator[str]:
    """Yield the roles that rules name, and see to it that all is of the form that it should have."""
    try:
        for mapping in mappings.values():
            yield from _roles_of_rules(mapping)
    except RecordRejected as rejected:
        raise RecordRejected(f"RoleMappings: {rejected}") from None


def _roles_of_rules(mapping: Any) -> Iterator[str]:
    if not isinstance(mapping, Mapping):
        raise RecordRejected("each must be an object")
    needed(choice(mapping, "Type", MAPPING_TYPES), "Type")
    rules = structures(structure(mapping, "RulesConfiguration") or {}, "Rules") or []
    yield from (needed(text(rule, "RoleARN", ARN, ARN_FORM), "RoleARN") for rule in rules)
