"""What a finding of the API says, in the few words that fit on a line."""

from datetime import datetime
from typing import Any

from events.clock import from_epoch_milliseconds
from events.vocabulary import Severity

SEVERITIES = tuple(Severity)
"""Worst first."""

SHORT_ID = 12
"""Digits of a certificate's id that a narrow table shows: enough to tell a million apart."""


def resource_name(finding: dict[str, Any], *, is_short: bool = False) -> str:
    """A finding's resource in two words: `device 9f86d0...`, `CA ab12...`, `policy Name:1`, `account 0000...`."""
    match finding["nonCompliantResource"]["resourceIdentifier"]:
        case {"deviceCertificateId": str(certificate_id)}:
            return f"device {_shortened(certificate_id) if is_short else certificate_id}"
        case {"caCertificateId": str(certificate_id)}:
            return f"CA {_shortened(certificate_id) if is_short else certificate_id}"
        case {"policyVersionIdentifier": {"policyName": name, "policyVersionId": version}}:
            return f"policy {name}:{version}"
        case {"issuerCertificateIdentifier": {"issuerCertificateSubject": subject}}:
            return f"issuer {subject}"
        case {"account": str(account)}:
            return f"account {account}"
        case identifier:
            return ", ".join(str(value) for value in identifier.values())


def _shortened(certificate_id: str) -> str:
    return f"{certificate_id[:SHORT_ID]}…"


def moments(finding: dict[str, Any]) -> list[datetime]:
    """The times of its `additionalInfo` (EXPIRATION_TIME, ...), which the API has as milliseconds in a string."""
    information = finding["nonCompliantResource"].get("additionalInfo", {})
    values = (value for name, value in information.items() if name.endswith("_TIME") and value.isdigit())
    return [from_epoch_milliseconds(int(value)) for value in values]


def badness(finding: dict[str, Any]) -> tuple[Any, ...]:
    """Sorts findings: the worst first, a check's together, and of these the longest standing first."""
    return (
        SEVERITIES.index(finding["severity"]),
        finding["checkName"],
        [moment.timestamp() for moment in moments(finding)],
        finding["reasonForNonComplianceCode"],
        resource_name(finding),
    )
