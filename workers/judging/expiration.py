"""When a certificate has expired or soon will: the rule that device and CA certificates share."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from events.clock import epoch_milliseconds
from events.resource import NonCompliance, Resource
from workers.inventory.rows import Row

COLUMNS = ("certificate_id", "not_after")


def expiring(
    certificates: Iterable[Row], threshold: timedelta, now: datetime, resource: Callable[[str], Resource]
) -> Iterator[NonCompliance]:
    """Yield one non-compliance for each row of COLUMNS whose notAfter is past, or within `threshold` of `now`.

    A certificate is still valid at its notAfter (RFC 5280, section 4.1.2.5), and the threshold's last instant
    counts as approaching. `resource` names a certificate by its id.
    """
    present = epoch_milliseconds(now)
    last_of_threshold = epoch_milliseconds(now + threshold)
    for certificate_id, not_after in certificates:
        if not_after > last_of_threshold:
            continue
        if not_after < present:
            code, reason = "CERTIFICATE_PAST_EXPIRATION", "Certificate is past its expiration."
        else:
            code, reason = "CERTIFICATE_APPROACHING_EXPIRATION", "Certificate is approaching its expiration."
        yield NonCompliance(resource(certificate_id), code, reason, {"EXPIRATION_TIME": str(not_after)})
