"""Whether a certificate is on its issuer's revocation list: the rule that three checks share.

The lists were fetched and verified before (`workers/revocation/`); here serial numbers are looked up.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import NamedTuple, Protocol

from events.resource import NonCompliance, Resource
from workers.inventory.rows import Row
from workers.judging.not_judged import NotJudged
from workers.judging.revoked_serials import RevokedSerials


class Source(NamedTuple):
    """What certificates have in common that are revoked by the same lists: columns of the inventory."""

    issuer: str
    authority_key_id: str | None
    crl_urls: str
    """JSON list."""
    ca_issuer_urls: str
    """JSON list."""


COLUMNS = ("certificate_id", "serial_number", "subject", *Source._fields)


NO_URLS = "[]"


@dataclass(frozen=True)
class Lists:
    """The revocation lists of a source that were had and verified."""

    list_ids: tuple[str, ...] = ()
    why_none: str = ""
    """Without a list: what there is to say of such certificates, as the end of `certificates ...`."""


@dataclass(frozen=True)
class Issuer:
    """A CA certificate above a source, with the lists on which it would stand."""

    certificate_id: str
    subject: str
    serial_number: str
    lists: Lists


@dataclass(frozen=True)
class Chain:
    """The issuers above a source, the nearest first, without the root, which nobody can revoke."""

    issuers: tuple[Issuer, ...] = ()
    why_broken: str = ""
    """Why the chain ends before its root, as the end of `certificates ...`; empty when it does not."""


class Revocations(Protocol):
    """What was collected for a check before it was planned: always the same for the same audit."""

    def lists_of(self, source: Source) -> Lists:
        """The lists on which certificates of this source would stand."""
        ...

    def chain_of(self, source: Source) -> Chain:
        """The issuers above certificates of this source."""
        ...

    def revoked(self, list_id: str) -> RevokedSerials:
        """What is on a list."""
        ...


NOT_COLLECTED = NotJudged("certificates whose revocation lists were not collected")
UNKNOWN_ISSUER = NotJudged("certificates whose issuer is not known")


SOURCES_IN_MEMORY = 2_000


def revoked(
    certificates: Iterable[Row], revocations: Revocations | None, resource: Callable[[str], Resource]
) -> Iterator[NonCompliance | NotJudged]:
    """Yield one non-compliance for each row of COLUMNS whose serial number is on a list of its source.

    A certificate for which no list could be had or verified is not judged. `resource` names one by its id.
    """
    known_of = lru_cache(SOURCES_IN_MEMORY)(partial(_known, revocations))
    for certificate_id, serial_number, subject, *columns in certificates:
        known = known_of(*columns)
        if subject == known.irrevocable:
            continue
        for numbers in known.revoked:
            if serial_number in numbers:
                yield NonCompliance(
                    resource(certificate_id),
                    "CERTIFICATE_REVOKED_BY_ISSUER",
                    "Certificate is revoked by its issuer and still active.",
                )
                break
        else:
            if known.why_no_more is not None:
                yield known.why_no_more


@dataclass(frozen=True)
class _Known:
    """What all certificates of a source are judged by."""

    irrevocable: str | None
    """The subject of those that nobody can revoke: they are their own issuers and name no revocation list."""
    revoked: tuple[RevokedSerials, ...] = ()
    why_no_more: NotJudged | None = None


def _known(revocations: Revocations | None, *columns: str) -> _Known:
    source = Source(*columns)
    if not source.issuer:
        return _Known(None, why_no_more=UNKNOWN_ISSUER)
    irrevocable = source.issuer if source.crl_urls == NO_URLS else None
    if revocations is None:
        return _Known(irrevocable, why_no_more=NOT_COLLECTED)
    lists = revocations.lists_of(source)
    why_none = NotJudged(f"certificates {lists.why_none}") if lists.why_none else None
    return _Known(irrevocable, tuple(map(revocations.revoked, lists.list_ids)), why_none)


def is_on(lists: Lists, serial_number: str, revocations: Revocations) -> bool:
    """Tell whether a serial number is on any of the lists."""
    return any(serial_number in revocations.revoked(list_id) for list_id in lists.list_ids)
