"""What the checks of certificates share: which certificates are in scope, and how a finding names one."""

from collections.abc import Mapping

from events.identifiers import certificate_arn
from events.resource import Resource
from events.vocabulary import AccountId, ResourceType

IN_USE: Mapping[str, tuple[str, ...]] = {"status": ("ACTIVE", "PENDING_TRANSFER")}
"""A certificate that can authenticate, or soon will in another account. A CA certificate is never transferred.

Source: the scope that AWS's guide gives each of its certificate checks.
"""


def device_certificate(certificate_id: str, account: AccountId, region: str) -> Resource:
    """Name a device certificate by both members that AWS has for it."""
    return Resource(
        ResourceType.DEVICE_CERTIFICATE,
        {
            "deviceCertificateId": certificate_id,
            "deviceCertificateArn": certificate_arn(region, account, certificate_id),
        },
    )


def ca_certificate(certificate_id: str) -> Resource:
    """Name a CA certificate."""
    return Resource(ResourceType.CA_CERTIFICATE, {"caCertificateId": certificate_id})
