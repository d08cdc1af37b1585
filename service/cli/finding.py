"""What a finding of the API says, in the few words that fit on a line."""

from datetime import datetime
from typing import Any

from events.clock import from_epoch_milliseconds
from events.vocabulary import Severity

SEVERITIES = tuple(Severity)
"""Worst first."""

SHORT_ID = 12
"""Characters of a long id that a narrow table shows: enough to tell a million apart."""


def resource_name(finding: dict[str, Any], *, is_short: bool = False) -> str:
    """A finding's resource in two words: `device 9f86d0...`, `CA ab12...`, `policy Name:1`, `alias Name`, ..."""
    return printable(_words(finding, is_short=is_short))


def printable(text: str) -> str:
    """What strangers named, such as a client ID, without power over the terminal: `\\x1b`, `\\n`, `\\u202e`."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def _words(finding: dict[str, Any], *, is_short: bool) -> str:
    match finding["nonCompliantResource"]["resourceIdentifier"]:
        case {"deviceCertificateId": str(certificate_id)}:
            words = "device", _shortened(certificate_id) if is_short else certificate_id
        case {"caCertificateId": str(certificate_id)}:
            words = "CA", _shortened(certificate_id) if is_short else certificate_id
        case {"policyVersionIdentifier": {"policyName": name, "policyVersionId": version}}:
            words = "policy", f"{name}:{version}"
        case {"issuerCertificateIdentifier": {"issuerCertificateSubject": subject}}:
            words = "issuer", subject
        case {"roleAliasArn": str(arn)}:
            words = "alias", arn.rpartition("/")[2]
        case {"cognitoIdentityPoolId": str(pool)}:
            region, _, guid = pool.partition(":")
            words = "pool", f"{region}:{_shortened(guid) if is_short else guid}"
        case ({"clientId": str(name)} | {"account": str(name)}) as identifier:
            words = "client" if "clientId" in identifier else "account", name
        case identifier:
            return ", ".join(str(value) for value in identifier.values())
    return " ".join(words)


def _shortened(identifier: str) -> str:
    return f"{identifier[:SHORT_ID]}…"


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
