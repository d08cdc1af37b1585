"""The API's `ResourceIdentifier` as a filter: which one resource, or which versions of one policy, it means.

Unknown members are refused here, where they are ignored elsewhere: ignoring one would widen the answer.
"""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from events.resource import IDENTIFYING_MEMBERS
from events.vocabulary import ResourceType
from projections.audit_findings import ResourceMatch
from service.wire.members import RoleArn
from service.wire.request import Structure

_CERTIFICATE_ARN = re.compile(r"arn:aws:iot:([^:]*):([^:]*):cert/([a-fA-F0-9]{64})")

Hexadecimal = AfterValidator(str.lower)
"""Ids of hexadecimal digits are one whatever their case; findings have them in lower case."""

CertificateId = Annotated[str, Field(min_length=64, max_length=64, pattern="^(0x)?[a-fA-F0-9]+$"), Hexadecimal]
IssuerId = Annotated[str, Field(max_length=64, pattern="^(0x)?[a-fA-F0-9]+$"), Hexadecimal]
SerialNumber = Annotated[str, Field(max_length=20, pattern="^[a-fA-F0-9:]+$"), Hexadecimal]


class Identifier(Structure):
    """A structure that identifies by its members, so it must have some, and all of them must be known."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="after")
    def _is_not_empty(self) -> Self:
        if all(value is None for value in self.__dict__.values()):
            raise PydanticCustomError("empty", "Member must identify a resource, and has no member")
        return self


class PolicyVersionIdentifier(Identifier):
    """A version of an IoT policy; without a version, every version of it."""

    policy_name: Annotated[str, Field(min_length=1, max_length=128, pattern="^[A-Za-z0-9_+=,.@-]+$")] | None = None
    policy_version_id: Annotated[str, Field(pattern="^[0-9]+$")] | None = None

    @model_validator(mode="after")
    def _names_the_policy(self) -> Self:
        if self.policy_name is None:
            raise PydanticCustomError("policy_name", "Member must have a policyName with its policyVersionId")
        return self


class IssuerCertificateIdentifier(Identifier):
    """The certificate of an issuer. The members narrow it in this order: issuer, serial number, subject."""

    issuer_certificate_subject: Annotated[str, Field(max_length=1000, pattern=r"^[\x20-\x7e]*$")] | None = None
    issuer_id: IssuerId | None = None
    issuer_certificate_serial_number: SerialNumber | None = None

    @property
    def narrowing(self) -> tuple[str | None, ...]:
        """The members in the order of a finding's canonical text."""
        return (self.issuer_id, self.issuer_certificate_serial_number, self.issuer_certificate_subject)

    @model_validator(mode="after")
    def _narrows_without_a_gap(self) -> Self:
        given = [member is not None for member in self.narrowing]
        if given != sorted(given, reverse=True):
            raise PydanticCustomError(
                "issuer",
                "Member must have issuerId, and a serial number with a subject: "
                "a finding is not looked up by the later ones alone",
            )
        return self


class ResourceIdentifier(Identifier):
    """What `ListAuditFindings` filters by."""

    device_certificate_id: CertificateId | None = None
    ca_certificate_id: CertificateId | None = None
    cognito_identity_pool_id: str | None = None
    client_id: str | None = None
    policy_version_identifier: PolicyVersionIdentifier | None = None
    account: Annotated[str, Field(min_length=12, max_length=12, pattern="^[0-9]+$")] | None = None
    iam_role_arn: RoleArn | None = None
    role_alias_arn: Annotated[str, Field(min_length=1, max_length=2048)] | None = None
    issuer_certificate_identifier: IssuerCertificateIdentifier | None = None
    device_certificate_arn: str | None = None

    def match(self, region: str, account: str) -> ResourceMatch | None:
        """Return the canonical text that a finding's resource must have, or begin with.

        None when no finding can match: the members name several resources, or one of another account or region.
        """
        meant = {
            _exactly(ResourceType.DEVICE_CERTIFICATE, self.device_certificate_id),
            _exactly(ResourceType.CA_CERTIFICATE, self.ca_certificate_id),
            _exactly(ResourceType.COGNITO_IDENTITY_POOL, self.cognito_identity_pool_id),
            _exactly(ResourceType.CLIENT_ID, self.client_id),
            _exactly(ResourceType.ACCOUNT_SETTINGS, self.account),
            _exactly(ResourceType.IAM_ROLE, self.iam_role_arn),
            _exactly(ResourceType.ROLE_ALIAS, self.role_alias_arn),
            self._policy_version(),
            self._issuer_certificate(),
        }
        if self.device_certificate_arn is not None:
            certificate_id = _certificate_id(self.device_certificate_arn, region, account)
            if certificate_id is None:
                return None
            meant.add(_exactly(ResourceType.DEVICE_CERTIFICATE, certificate_id))
        meant.discard(None)
        return meant.pop() if len(meant) == 1 else None

    def _policy_version(self) -> ResourceMatch | None:
        given = self.policy_version_identifier
        if given is None:
            return None
        return _beginning(ResourceType.IOT_POLICY, (given.policy_name, given.policy_version_id))

    def _issuer_certificate(self) -> ResourceMatch | None:
        given = self.issuer_certificate_identifier
        return None if given is None else _beginning(ResourceType.ISSUER_CERTIFICATE, given.narrowing)


def _exactly(kind: ResourceType, identifier: str | None) -> ResourceMatch | None:
    return None if identifier is None else ResourceMatch(f"{kind}/{identifier}", is_prefix=False)


def _beginning(kind: ResourceType, members: tuple[str | None, ...]) -> ResourceMatch:
    """Match on the members that are given; a prefix unless they are all that a canonical text has."""
    given = [member for member in members if member is not None]
    is_prefix = len(given) < len(IDENTIFYING_MEMBERS[kind])
    return ResourceMatch("/".join((kind, *given)) + ("/" if is_prefix else ""), is_prefix=is_prefix)


def _certificate_id(arn: str, region: str, account: str) -> str | None:
    """Return the id in the ARN of a certificate of ours; None for any other text."""
    parts = _CERTIFICATE_ARN.fullmatch(arn)
    return parts[3].lower() if parts and parts[1] == region and parts[2] == account else None
