"""Resources that checks examine, and what was found wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from events.vocabulary import ResourceType

IDENTIFYING_MEMBERS: Mapping[ResourceType, tuple[str, ...]] = {
    ResourceType.DEVICE_CERTIFICATE: ("deviceCertificateId",),
    ResourceType.CA_CERTIFICATE: ("caCertificateId",),
    ResourceType.IOT_POLICY: (
        "policyVersionIdentifier.policyName",
        "policyVersionIdentifier.policyVersionId",
    ),
    ResourceType.COGNITO_IDENTITY_POOL: ("cognitoIdentityPoolId",),
    ResourceType.CLIENT_ID: ("clientId",),
    ResourceType.ACCOUNT_SETTINGS: ("account",),
    ResourceType.ROLE_ALIAS: ("roleAliasArn",),
    ResourceType.IAM_ROLE: ("iamRoleArn",),
    ResourceType.ISSUER_CERTIFICATE: (
        "issuerCertificateIdentifier.issuerId",
        "issuerCertificateIdentifier.issuerCertificateSerialNumber",
        "issuerCertificateIdentifier.issuerCertificateSubject",
    ),
}
"""Which members of the API's `ResourceIdentifier` tell one resource of a type from another."""


@dataclass(frozen=True)
class Resource:
    """One resource of the fleet, as the API names it."""

    type: ResourceType
    identifier: Mapping[str, Any]
    """The API's `ResourceIdentifier`."""

    @property
    def canonical(self) -> str:
        """One text for one resource, whoever writes it: `IOT_POLICY/name/3`, `DEVICE_CERTIFICATE/ab12...`.

        Filters, suppressions and differences between audits compare this text.
        """
        paths = IDENTIFYING_MEMBERS[self.type]
        if len(paths) == 1:  # as most have, by the million; half the time
            return f"{self.type.value}/{self.identifier.get(paths[0], '')}"
        return "/".join((self.type, *(_member(self.identifier, path) for path in paths)))


@dataclass(frozen=True)
class NonCompliance:
    """One reason why one resource does not comply, as a check reports it."""

    resource: Resource
    reason_code: str
    reason: str
    """Prose for a person, with a full stop at its end."""
    additional_info: Mapping[str, str] = field(default_factory=dict)
    related_resources: tuple["RelatedResource", ...] = ()


@dataclass(frozen=True)
class RelatedResource:
    """A resource that has a part in another one's non-compliance."""

    resource: Resource
    additional_info: Mapping[str, str] = field(default_factory=dict)


def _member(identifier: Mapping[str, Any], path: str) -> str:
    value: Any = identifier
    for name in path.split("."):
        value = value.get(name, "") if isinstance(value, Mapping) else ""
    return str(value)
