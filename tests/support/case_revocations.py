"""The revocation lists of a case: real ones, collected by the real collector from what the case says is served."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cryptography import x509

from events.vocabulary import AccountId
from tests.support.certificates import (
    Issuer,
    ca_issuers,
    certificate,
    crl_distribution_points,
    der,
    private_key,
)
from tests.support.fake_clock import FakeClock
from tests.support.revocation_lists import revocation_list
from workers.checks.check import Check, Circumstances
from workers.inventory.certificate_reader import CertificateReader
from workers.inventory.store import Inventory
from workers.judging.revocation import Revocations
from workers.revocation.collecting import RevocationCollector
from workers.revocation.failure import Unusable
from workers.revocation.store import RevocationStore


def ca(name: str) -> Issuer:
    """The CA of a name, with a key of its own."""
    return Issuer(name, private_key(number=int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") + 1))


def ca_certificate(written: Mapping[str, Any]) -> x509.Certificate:
    """The certificate of the CA that a case names: by its `issuer`, or by itself."""
    authority = ca(written["ca"])
    return certificate(
        authority.common_name,
        key=authority.key.public_key(),
        is_ca=True,
        issuer=ca(written.get("issuer", written["ca"])),
        extensions=extensions(written),
    )


def extensions(written: Mapping[str, Any]) -> list[x509.ExtensionType]:
    """What a certificate says about where its lists and its issuer are."""
    lists, issuers = written.get("crlUrls", ()), written.get("caIssuerUrls", ())
    return [*([crl_distribution_points(*lists)] if lists else ()), *([ca_issuers(*issuers)] if issuers else ())]


def served(written: Mapping[str, Any], serial_number_of: Callable[[str], int]) -> dict[str, bytes]:
    """What each URL of a case answers: the lists in `crls`, the certificates of CAs in `issuers`."""
    lists = {
        each["url"]: revocation_list(
            [serial_number_of(name) for name in each.get("revoked", ())],
            by=ca(each["issuer"]),
            **{name: each[given] for name, given in VALIDITY.items() if given in each},
        )
        for each in written.get("crls", ())
    }
    return lists | {each["url"]: der(ca_certificate(each)) for each in written.get("issuers", ())}


VALIDITY = {"this_update": "thisUpdate", "next_update": "nextUpdate"}


class ServedDocuments:
    """Answers what a case serves, and for the rest that it is not there. Implements Fetch."""

    def __init__(self, documents: Mapping[str, bytes]) -> None:
        self.documents = dict(documents)
        self.asked: list[str] = []

    def fetch_all(
        self,
        urls: Iterable[str],
        taken: Callable[[str, bytes | Unusable], None],
        is_wanted: Callable[[], bool],
        seconds: float,  # noqa: ARG002 - nothing is waited for
    ) -> bool:
        for url in urls:
            self.asked.append(url)
            missing = Unusable("can't be fetched: its server answers with status 404")
            taken(url, self.documents.get(url, missing))
        return is_wanted()


def collected(
    check: Check, inventory: Inventory, account: AccountId, circumstances: Circumstances, fetch: ServedDocuments
) -> Revocations | None:
    """What is collected for a check; None for one that collects nothing."""
    if check.collects is None:
        return None
    database = inventory._database
    clock = FakeClock(circumstances.now)
    collector = RevocationCollector(CertificateReader(database), RevocationStore(database), fetch, clock)
    version = inventory.current_version(account)
    evidence_id = collector.collect(account, check, version, circumstances.now, lambda: True)
    assert evidence_id is not None
    return collector.revocations(evidence_id)
