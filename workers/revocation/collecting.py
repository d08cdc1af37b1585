"""Collects what the checks of revocation judge by, before they are planned."""

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from events.clock import Clock
from events.vocabulary import AccountId
from workers.checks.check import Check, Collects
from workers.inventory.certificate_facts import facts_of
from workers.inventory.kinds import CA_CERTIFICATES
from workers.judging.revocation import Chain, Issuer, Lists, Source
from workers.revocation.documents import Documents, Fetch, NotWanted, urls_in
from workers.revocation.evidence import CollectedRevocations, Evidence
from workers.revocation.failure import Unusable
from workers.revocation.issuers import (
    Certificates,
    Issued,
    IssuerSearch,
    IssuersOf,
    id_of,
    is_root,
    load_certificate,
)
from workers.revocation.revocation_list import RevocationList, Wanted
from workers.revocation.store import RevocationStore

LONGEST_COLLECTING = 120.0
"""Seconds that may be waited for servers, of a check. What has not answered by then counts as not to be had."""

MOST_SOURCES = 1_000
"""Of one check. A fleet has a few issuers; a stranger's certificates could name any number."""

LONGEST_CHAIN = 8
"""Issuers between a device's certificate and its root. Two are usual."""


class RevocationCollector:
    """Collects and keeps evidence for checks of revocation. Implements `Collector` (`workers/worker.py`)."""

    def __init__(
        self,
        certificates: Certificates,
        store: RevocationStore,
        fetch: Fetch,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._certificates = certificates
        self._store = store
        self._fetch = fetch
        self._clock = clock
        self._monotonic = monotonic

    def collect(
        self, account: AccountId, check: Check, version: int, since: datetime, is_wanted: Callable[[], bool]
    ) -> str | None:
        """Fetch and verify what a check needs of an inventory's version, and return the id of the evidence.

        `since` is the audit's start. None when `is_wanted` says meanwhile that nobody waits for it.
        """
        end = self._monotonic() + LONGEST_COLLECTING
        documents = Documents(
            self._store, self._fetch, since, self._clock.now(), is_wanted, lambda: end - self._monotonic()
        )
        search = IssuerSearch(self._certificates, account, version, documents)
        collection = _Collection(search, documents, self._store)
        try:
            issued = self._issued(account, check, version)
            if check.collects is Collects.LISTS_OF_ISSUERS:
                evidence = Evidence(chains=collection.chains(issued))
            else:
                is_ca = check.examines.kind is CA_CERTIFICATES
                evidence = Evidence(lists=collection.lists(issued, is_ca=is_ca))
        except NotWanted:
            return None
        return self._store.keep_evidence(evidence)

    def revocations(self, evidence_id: str) -> CollectedRevocations:
        """What was collected, for the check to ask."""
        return CollectedRevocations(self._store.evidence(evidence_id), self._store.revoked)

    def _issued(self, account: AccountId, check: Check, version: int) -> list[Issued | Source]:
        """Every source of the certificates in scope, with a sample where there is one."""
        found: list[Issued | Source] = []
        for *columns, key in self._certificates.distinct(
            account, check.examines, version, Source._fields, MOST_SOURCES
        ):
            source = Source(*columns)
            encoded = self._certificates.encoding(account, key)
            found.append(source if encoded is None else Issued(source, load_certificate(encoded)))
        return found


@dataclass(frozen=True)
class _Collection:
    search: IssuerSearch
    documents: Documents
    store: RevocationStore

    def lists(self, issued: Iterable[Issued | Source], *, is_ca: bool) -> list[tuple[Source, Lists]]:
        """The lists of each source."""
        issued = list(issued)
        naming = [each for each in issued if isinstance(each, Issued) and urls_in(each.source.crl_urls)]
        issuers = self.search.find(naming)
        self.documents.gather(url for each in naming for url in urls_in(each.source.crl_urls))
        return [
            (source, self._lists_of(source, issuers, is_ca=is_ca))
            for source in (each.source if isinstance(each, Issued) else each for each in issued)
        ]

    def chains(self, issued: Iterable[Issued | Source]) -> list[tuple[Source, Chain]]:
        """The issuers above each source, with the lists of each issuer."""
        known = [each for each in issued if isinstance(each, Issued)]
        issuers, above = self._climb(known)
        named = [each.source for each in above.values()]
        self.documents.gather(url for source in named for url in urls_in(source.crl_urls))
        lists = {source: self._lists_of(source, issuers, is_ca=True) for source in dict.fromkeys(named)}
        return [(each.source, _chain(each.source, issuers, above, lists)) for each in known]

    def _climb(self, issued: list[Issued]) -> tuple[IssuersOf, dict[str, Issued]]:
        """Who signed whom, up to the roots; and every issuer that is no root, by its id, with its own source."""
        issuers: IssuersOf = {}
        above: dict[str, Issued] = {}
        frontier = issued
        for _ in range(LONGEST_CHAIN + 1):
            frontier = [each for each in frontier if each.source not in issuers]
            if not frontier:
                break
            issuers |= self.search.find(frontier)
            nearest = [_nearest(issuers, each.source) for each in frontier]
            frontier = [Issued(_source_of(each), each) for each in nearest if each and not is_root(each)]
            above |= {id_of(each.sample): each for each in frontier}
        return issuers, above

    def _lists_of(self, source: Source, issuers: IssuersOf, *, is_ca: bool) -> Lists:
        self.documents.require_wanted()
        urls = urls_in(source.crl_urls)
        if not urls:
            return Lists(why_none="without a CRL distribution point of HTTP")
        signers = issuers.get(source, Unusable("is not looked for so far up"))
        if isinstance(signers, Unusable):
            return Lists(why_none=f"whose issuer's certificate {signers}")
        wanted = Wanted(is_ca, frozenset(urls), self.documents.now)
        verified: list[str] = []
        failures: list[str] = []
        for url in urls:
            try:
                verified.append(self._verified(url, signers, wanted))
            except Unusable as failure:
                failures.append(str(failure))
        return Lists(tuple(verified)) if verified else Lists(why_none=f"whose revocation list {failures[0]}")

    def _verified(self, url: str, signers: list[x509.Certificate], wanted: Wanted) -> str:
        """The id of the list at a URL, whose contents are kept under it."""
        body = self.documents.answer(url)
        found = RevocationList(body)
        found.require_signed_by(signers)
        found.require_usable(wanted)
        list_id = hashlib.sha256(body).hexdigest()
        if not self.store.keep_known(list_id):
            self.store.keep_revoked(list_id, found.revoked)
        self.documents.keep_fresh(url, found.valid_until or 0)
        return list_id


def _nearest(issuers: IssuersOf, source: Source) -> x509.Certificate | None:
    """Of certificates over the same key that may all have signed it, the newest."""
    signers = issuers.get(source)
    return signers[0] if isinstance(signers, list) else None


def _chain(source: Source, issuers: IssuersOf, above: dict[str, Issued], lists: dict[Source, Lists]) -> Chain:
    chain = Chain()
    nearest = _nearest(issuers, source)
    if nearest is None:
        return Chain(why_broken=f"whose issuer's certificate {issuers.get(source)}")
    while nearest is not None and (issuer := above.get(id_of(nearest))) is not None:
        if len(chain.issuers) == LONGEST_CHAIN:
            return replace(chain, why_broken=f"under more than {LONGEST_CHAIN} issuers")
        facts = facts_of(issuer.sample.public_bytes(Encoding.DER))
        link = Issuer(facts.certificate_id, facts.subject, facts.serial_number, lists[issuer.source])
        chain = replace(chain, issuers=(*chain.issuers, link))
        nearest = _nearest(issuers, issuer.source)
    return chain


def _source_of(certificate: x509.Certificate) -> Source:
    facts = facts_of(certificate.public_bytes(Encoding.DER))
    return Source(facts.issuer, facts.authority_key_id, facts.crl_urls, facts.ca_issuer_urls)
