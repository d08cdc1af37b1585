"""Everything that reads what a stranger has written, and what it may say of that instead of an answer.

A target takes bytes. What it raises beside the refusals that it declares is a crash.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st
from multidict import CIMultiDict

from events.errors import InvalidRequest
from events.vocabulary import AccountId
from service.access.refusals import NotLetIn
from service.access.signature_v4 import examine
from service.wire.next_token import Query
from tests.fuzz import samples
from tests.fuzz.mutation import Bytes, changed_bytes, changed_json
from tests.support.given import ACCOUNT
from workers.checks import iot_policy_overly_permissive_check, iot_policy_potential_misconfiguration_check
from workers.checks.check import Circumstances
from workers.inventory.certificate_facts import tolerated_irregularities
from workers.inventory.importers.import_ndjson import import_ndjson
from workers.inventory.importers.read_file import read_file
from workers.inventory.store import Inventory, open_sqlite_inventory
from workers.judging.iot_access import IotAccess
from workers.judging.policy_documents import NotAPolicy, parse_policy_document
from workers.judging.role_documents import LONGEST_ROLE_DOCUMENT
from workers.judging.role_findings import BROAD_DATA_PLANE, BROAD_READS_OF_THINGS, NON_THING, WRITES_OF_THINGS
from workers.judging.service_access import ServiceAccess
from workers.presence.presence_event import PresenceEventRejected, parse_presence_event
from workers.revocation.failure import Unusable
from workers.revocation.issuers import _certificates_in
from workers.revocation.revocation_list import RevocationList, Wanted

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
CIRCUMSTANCES = Circumstances(AccountId(ACCOUNT), "us-east-1", NOW)


@dataclass(frozen=True)
class Target:
    """Something that reads bytes of strangers."""

    inputs: Bytes
    read: Callable[[bytes], object]
    refusals: tuple[type[Exception], ...] = ()


def policy(given: bytes) -> None:
    """As a policy of AWS IoT, and as one of a role."""
    text = given.decode("utf-8", "replace")
    for check in (iot_policy_overly_permissive_check, iot_policy_potential_misconfiguration_check):
        list(check.judge([("name", "1", text)], CIRCUMSTANCES))
    statements = parse_policy_document(text, LONGEST_ROLE_DOCUMENT)
    access = IotAccess(statements)
    for reason in (BROAD_READS_OF_THINGS, NON_THING, WRITES_OF_THINGS, BROAD_DATA_PLANE):
        reason.actions(access)
    services = ServiceAccess(statements)
    services.allowed(["iam", "s3"])
    services.allowed_altogether(["iam", "s3"])


def revocation_list(given: bytes) -> None:
    """As whoever fetched it does, from parsing to its entries."""
    read = RevocationList(given)
    _ = read.valid_until
    read.require_usable(Wanted(False, frozenset({"http://crl.example.com/a.crl"}), NOW))
    _ = read.revoked
    read.require_signed_by([samples.CA])


def next_token(given: bytes) -> None:
    """For a listing of findings."""
    Query("ListAuditFindings", ACCOUNT, {"task_id": "a" * 32}, (int, str)).place(given.decode("latin-1"))


TOKENS = [
    Query("ListAuditFindings", ACCOUNT, {"task_id": "a" * 32}, (int, str)).token(place).encode()
    for place in ((1767225600000, "f" * 32), (0, ""), (-1, "\0"))
]

AUTHORIZATION = (
    b"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/iot/aws4_request, "
    b"SignedHeaders=host;x-amz-date, Signature=" + b"ab" * 32
)


def authorization(given: bytes) -> None:
    """In a request that is right but for that. The lines are the header, its time, and the target."""
    header, time, target = (*given.decode("latin-1").split("\n", 2), "", "")[:3]
    headers = CIMultiDict({"Host": "localhost", "Authorization": header, "X-Amz-Date": time})
    signed = examine("GET", target or "/audit/tasks", headers, "us-east-1", NOW)
    assert not signed.is_by(b"a key of nobody", "0" * 64)


def imported(inventory: Inventory) -> Callable[[bytes], object]:
    """As NDJSON into a real inventory."""
    return lambda given: import_ndjson(inventory, AccountId(ACCOUNT), [given], replace=False, now=NOW)


def in_a_file(path: Path) -> Callable[[bytes], object]:
    """As a file of certificates, whatever is in it."""

    def read(given: bytes) -> None:
        path.write_bytes(given)
        with tolerated_irregularities():
            list(read_file(path, AccountId(ACCOUNT), lambda _: None))

    return read


@contextmanager
def targets() -> Iterator[Mapping[str, Target]]:
    """All of them by name, with what they need."""
    with ExitStack() as opened:
        directory = Path(opened.enter_context(TemporaryDirectory()))
        inventory = open_sqlite_inventory(directory / "inventory.sqlite")
        opened.callback(inventory.close)
        in_lines = st.lists(changed_json(samples.RECORDS), min_size=1, max_size=4).map(b"\n".join)
        headers = changed_bytes([AUTHORIZATION + b"\n20260101T120000Z\n/audit/tasks?a=%2F&b"])
        yield {
            "ndjson": Target(in_lines, imported(inventory)),
            "certificate-file": Target(changed_bytes(samples.FILES), in_a_file(directory / "file")),
            "issuers": Target(changed_bytes([*samples.DER, *samples.BUNDLES]), _certificates_in, (Unusable,)),
            "revocation-list": Target(changed_bytes(samples.LISTS), revocation_list, (Unusable,)),
            "policy": Target(changed_json(samples.POLICIES), policy, (NotAPolicy,)),
            "presence-event": Target(
                changed_json(samples.PRESENCE), parse_presence_event, (PresenceEventRejected,)
            ),
            "next-token": Target(changed_bytes(TOKENS), next_token, (InvalidRequest,)),
            "authorization": Target(headers, authorization, (NotLetIn,)),
        }
