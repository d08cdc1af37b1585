"""Reads certificates: a listing has their status and dates, and only what never changes needs describing."""

from collections.abc import Iterator
from typing import Any

from workers.aws_account.calls import Calls, Listing, member
from workers.aws_account.operations import action
from workers.aws_account.reading import Detail, Details, Entry, Listed
from workers.inventory.kinds import CA_CERTIFICATES, DEVICE_CERTIFICATES, Kind


class CertificateReading:
    """Reads device certificates, or CA certificates. Implements Reading."""

    details = Details.IN_INVENTORY

    def __init__(self, kind: Kind, listing: Listing, describe: str) -> None:
        self.kind = kind
        self._listing = listing
        self._describe = describe
        self._called = action("iot", listing.operation)

    def listed(self, calls: Calls, marker: str | None) -> Iterator[Listed]:
        """Ids with status and creation date."""
        for page in calls.pages(self._listing, marker):
            ids = [member(each, "certificateId", str, self._called).lower() for each in page.members]
            entries = {
                certificate_id: {
                    "certificateId": certificate_id,
                    "status": each.get("status"),
                    "creationDate": each.get("creationDate"),
                }
                for certificate_id, each in zip(ids, page.members, strict=True)
            }
            yield Listed(entries, page.next)

    def detail(self, calls: Calls, entry: Entry) -> Detail:
        """The certificate, and the CA that registered it."""
        answer = calls.call("iot", self._describe, certificateId=entry["certificateId"])
        described = member(answer, "certificateDescription", dict, action("iot", self._describe))
        return {name: described.get(name) for name in ("certificatePem", "caCertificateId", "validity")}

    def records(self, entry: Entry, detail: Detail) -> list[dict[str, Any]]:
        """With the certificate; or without, if that can't be read, so that at least its validity is judged."""
        record = {"resourceType": self.kind.resource_type, **entry, **detail}
        return [record, {**record, "certificatePem": None}]


def device_certificates() -> CertificateReading:
    """Reads device certificates."""
    return CertificateReading(
        DEVICE_CERTIFICATES, Listing("iot", "ListCertificates", "certificates"), "DescribeCertificate"
    )


def ca_certificates() -> CertificateReading:
    """Reads CA certificates."""
    return CertificateReading(
        CA_CERTIFICATES, Listing("iot", "ListCACertificates", "certificates"), "DescribeCACertificate"
    )
