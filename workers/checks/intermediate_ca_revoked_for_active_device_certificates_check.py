"""INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK: revoked intermediate CAs with active devices.

Looks for:      an intermediate CA that its own issuer has revoked, among the issuers of ACTIVE or PENDING_TRANSFER
                device certificates.
Reason codes:   INTERMEDIATE_CA_REVOKED_BY_ISSUER
Why it matters: a CA is revoked when its key can't be trusted any more, and with it goes the trust in everything
                that it signed. AWS IoT goes on accepting the certificates that are registered already.
How to fix:     provision certificates of another CA for the devices named as related resources, see them connect,
                then revoke the old ones. Attach a policy that allows nothing to those that nobody knows.
Our choice:     the issuers of a certificate up to its root are looked for among the CA certificates of the
                inventory, else fetched where the certificates say (AIA), each verified by its signature. Their
                revocation lists are had and verified as for REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK. There
                is one finding for an intermediate, with the device certificates under it as related resources:
                the first 2,000 of them, and DEVICE_CERTIFICATES in additionalInfo counts all. issuerId is the
                SHA-256 of the intermediate's certificate. issuerCertificateSerialNumber has its first 20 digits,
                as many as AWS's model allows. A device certificate is not judged when an issuer above it can't be
                had or its list can't, and none is known to be revoked. The prose is ours.
Source:         AWS IoT Device Defender developer guide, "Intermediate CA revoked for active device certificates";
                RFC 5280, sections 4.2.2.1, 5 and 6.3.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial

from events.resource import NonCompliance, RelatedResource, Resource
from events.vocabulary import CheckName, ResourceType, Severity
from workers.checks.check import Check, Circumstances, Collects, NotJudged
from workers.inventory.kinds import DEVICE_CERTIFICATES, Examines
from workers.inventory.rows import Row
from workers.judging import revocation
from workers.judging.certificates import IN_USE, device_certificate
from workers.judging.revocation import Chain, Issuer, Revocations, Source

SOURCES_IN_MEMORY = 2_000

MOST_RELATED = 2_000
"""Of one finding, so that it fits into an event with room to spare."""

LONGEST_SUBJECT = 1_000
LONGEST_SERIAL_NUMBER = 20
"""Characters. Source: `IssuerCertificateIdentifier` in the API's model."""


@dataclass
class _Revoked:
    """A revoked intermediate, and the certificates under it."""

    issuer: Issuer
    under_it: int = 0
    certificate_ids: list[str] = field(default_factory=list)

    def add(self, certificate_id: str) -> None:
        self.under_it += 1
        if len(self.certificate_ids) < MOST_RELATED:
            self.certificate_ids.append(certificate_id)


def judge(certificates: Iterable[Row], circumstances: Circumstances) -> Iterator[NonCompliance | NotJudged]:
    """Yield one non-compliance for each revoked intermediate above any of the certificates."""
    found: dict[str, _Revoked] = {}
    revoked_above = lru_cache(SOURCES_IN_MEMORY)(partial(_revoked_above, circumstances.revocations))
    for certificate_id, _, subject, *columns in certificates:
        source = Source(*columns)
        if subject and subject == source.issuer:
            continue
        verdict = revoked_above(source)
        if isinstance(verdict, NotJudged):
            yield verdict
            continue
        for issuer in verdict:
            found.setdefault(issuer.certificate_id, _Revoked(issuer)).add(certificate_id)
    for each in found.values():
        yield _non_compliance(each, circumstances)


def _revoked_above(revocations: Revocations | None, source: Source) -> list[Issuer] | NotJudged:
    if not source.issuer:
        return revocation.UNKNOWN_ISSUER
    if revocations is None:
        return revocation.NOT_COLLECTED
    chain = revocations.chain_of(source)
    above = [
        issuer for issuer in chain.issuers if revocation.is_on(issuer.lists, issuer.serial_number, revocations)
    ]
    reason = _why_not_known(chain)
    return NotJudged(f"certificates {reason}") if reason and not above else above


def _why_not_known(chain: Chain) -> str:
    whys = [f"under an issuer {issuer.lists.why_none}" for issuer in chain.issuers if issuer.lists.why_none]
    return whys[0] if whys else chain.why_broken


def _non_compliance(revoked: _Revoked, circumstances: Circumstances) -> NonCompliance:
    issuer = revoked.issuer
    identifier = {
        "issuerCertificateSubject": issuer.subject[:LONGEST_SUBJECT],
        "issuerId": issuer.certificate_id,
        "issuerCertificateSerialNumber": issuer.serial_number[:LONGEST_SERIAL_NUMBER],
    }
    related = (
        RelatedResource(device_certificate(each, circumstances.account, circumstances.region))
        for each in revoked.certificate_ids
    )
    return NonCompliance(
        Resource(ResourceType.ISSUER_CERTIFICATE, {"issuerCertificateIdentifier": identifier}),
        "INTERMEDIATE_CA_REVOKED_BY_ISSUER",
        "Intermediate CA is revoked by its issuer, and device certificates under it are still active.",
        {"DEVICE_CERTIFICATES": str(revoked.under_it)},
        tuple(related),
    )


CHECK = Check(
    name=CheckName("INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK"),
    severity=Severity.CRITICAL,
    examines=Examines(DEVICE_CERTIFICATES, revocation.COLUMNS, only=IN_USE),
    judge=judge,
    collects=Collects.LISTS_OF_ISSUERS,
    is_judged_whole=True,
)
