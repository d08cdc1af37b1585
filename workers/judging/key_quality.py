"""Keys that were weak from the day they were made: the rule that device and CA certificates share."""

from collections.abc import Callable, Iterable, Iterator

from events.resource import NonCompliance, Resource
from workers.inventory.rows import Row
from workers.judging.not_judged import NotJudged
from workers.judging.weak_keys import WeakKeys

COLUMNS = ("certificate_id", "is_roca", "modulus_fingerprint")

UNKNOWN_KEY = NotJudged("certificates whose key is not known or can't be read")


def weak(
    certificates: Iterable[Row], weak_keys: WeakKeys | None, resource: Callable[[str], Resource]
) -> Iterator[NonCompliance | NotJudged]:
    """Yield one non-compliance for each weakness of each row of COLUMNS; without `weak_keys`, ROCA only.

    `resource` names a certificate by its id.
    """
    for certificate_id, is_roca, fingerprint in certificates:
        if is_roca:
            yield _vulnerable(resource(certificate_id), "CVE-2017-15361", "the RSA library of Infineon (ROCA)")
        elif is_roca is None:
            yield UNKNOWN_KEY
        if weak_keys is not None and fingerprint is not None and fingerprint in weak_keys:
            yield _vulnerable(resource(certificate_id), "CVE-2008-0166", "Debian's broken OpenSSL")


def notices(weak_keys: WeakKeys | None) -> list[str]:
    """Say that half of the rule was not examined when there is no list of weak keys."""
    if weak_keys is not None:
        return []
    return ["CVE-2008-0166 was not examined: no list of weak keys is configured (FLEET_AUDIT_KEY_BLOCKLIST)."]


def _vulnerable(resource: Resource, cve: str, maker: str) -> NonCompliance:
    return NonCompliance(
        resource,
        f"CERTIFICATE_KEY_VULNERABILITY_{cve}",
        f"Certificate key is vulnerable to {cve}: it was made by {maker}.",
    )
