"""Whether resources were in the fleet at a version of its inventory."""

from collections.abc import Collection, Mapping

from events.vocabulary import AccountId, ResourceType
from workers.inventory.kinds import (
    CA_CERTIFICATES,
    DEVICE_CERTIFICATES,
    IAM_ROLES,
    IDENTITY_POOLS,
    IOT_POLICIES,
    LOGGING_OPTIONS,
    ROLE_ALIASES,
    Examines,
    Kind,
)
from workers.inventory.store import Inventory

KINDS: Mapping[str, Kind] = {
    ResourceType.DEVICE_CERTIFICATE: DEVICE_CERTIFICATES,
    ResourceType.CA_CERTIFICATE: CA_CERTIFICATES,
    ResourceType.IOT_POLICY: IOT_POLICIES,
    ResourceType.COGNITO_IDENTITY_POOL: IDENTITY_POOLS,
    ResourceType.ACCOUNT_SETTINGS: LOGGING_OPTIONS,
    ResourceType.ROLE_ALIAS: ROLE_ALIASES,
    ResourceType.IAM_ROLE: IAM_ROLES,
}
"""Where resources of a type lie. Clients and issuers of CAs are in no inventory."""


def whereabouts(
    inventory: Inventory, account: AccountId, version: int, canonicals: Collection[str]
) -> Mapping[str, bool]:
    """Tell of some hundred resources, by their canonical texts, whether a version has them, whatever their state.

    What can't be told is left out: of resources that are in no inventory, and of all of them when the version is
    no longer kept.
    """
    if not inventory.is_kept(account, version):
        return {}
    there: dict[str, bool] = {}
    for resource_type, kind in KINDS.items():
        named = {_key(each, kind): each for each in canonicals if each.partition("/")[0] == resource_type}
        if named:
            examines = Examines(kind, (kind.key,), only={kind.key: tuple(named)})
            found = {key for (key,) in inventory.rows(account, examines, version, None, None)}
            there |= {canonical: key in found for key, canonical in named.items()}
    return there


def _key(canonical: str, kind: Kind) -> str:
    """The key of the row for a resource: its canonical text (`Resource.canonical`) without the type."""
    named = canonical.partition("/")[2]
    return ":".join(named.rsplit("/", 1)) if kind is IOT_POLICIES else named
