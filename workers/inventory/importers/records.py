"""Records in the field names of AWS's own describe outputs, turned into rows. docs/inventory.md has examples."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from events.vocabulary import AccountId
from workers.inventory.certificate_facts import CertificateFacts, CertificateRejected, facts_of
from workers.inventory.importers.identity_pool_records import identity_pool
from workers.inventory.importers.inventory_record import InventoryRecord
from workers.inventory.importers.pem import one_certificate
from workers.inventory.importers.record_members import (
    Record,
    choice,
    document,
    flag,
    moment,
    needed,
    structure,
    text,
)
from workers.inventory.importers.rejection import RecordRejected
from workers.inventory.importers.role_records import iam_role, role_alias
from workers.inventory.kinds import (
    CA_CERTIFICATES,
    DEVICE_CERTIFICATES,
    IOT_POLICIES,
    KINDS,
    LISTINGS,
    LOGGING_OPTIONS,
    Kind,
)

# The patterns and enumerations are those of botocore's model of AWS IoT (2015-05-28).
CERTIFICATE_ID = re.compile(r"[0-9a-fA-F]{64}")
POLICY_NAME = re.compile(r"[\w+=,.@-]{1,128}", re.ASCII)
POLICY_VERSION_ID = re.compile(r"[0-9]{1,10}")
ACCOUNT = re.compile(r"[0-9]{12}")
DEVICE_CERTIFICATE_STATUSES = (
    "ACTIVE",
    "INACTIVE",
    "REVOKED",
    "PENDING_TRANSFER",
    "REGISTER_INACTIVE",
    "PENDING_ACTIVATION",
)
CA_CERTIFICATE_STATUSES = ("ACTIVE", "INACTIVE")
LOG_LEVELS = ("DEBUG", "INFO", "ERROR", "WARN", "DISABLED")

LONGEST_POLICY_DOCUMENT = 404_600
"""Characters. Source: the same model."""


def read_record(record: Record, account: AccountId | None = None) -> InventoryRecord:
    """Turn a record into a row, or raise RecordRejected.

    `account` is whose inventory it is for; without it, a record of account settings has to name its account.
    """
    reader = READERS.get(choice(record, "resourceType", READERS) or "")
    if reader is None:
        raise RecordRejected(f"resourceType is missing; it must be one of {', '.join(READERS)}")
    return reader(record, account)


def _device_certificate(record: Record, _: AccountId | None) -> InventoryRecord:
    described = structure(record, "certificateDescription") or record
    issuer = text(described, "caCertificateId", CERTIFICATE_ID, "64 hex digits")
    return _certificate(
        DEVICE_CERTIFICATES,
        described,
        DEVICE_CERTIFICATE_STATUSES,
        {"ca_certificate_id": issuer and issuer.lower()},
    )


def _ca_certificate(record: Record, _: AccountId | None) -> InventoryRecord:
    described = structure(record, "certificateDescription") or record
    return _certificate(CA_CERTIFICATES, described, CA_CERTIFICATE_STATUSES, {})


def _certificate(
    kind: Kind, described: Record, statuses: tuple[str, ...], own: Mapping[str, Any]
) -> InventoryRecord:
    status = needed(choice(described, "status", statuses), "status")
    created = moment(described, "creationDate")
    stated_id = text(described, "certificateId", CERTIFICATE_ID, "64 hex digits")
    pem = text(described, "certificatePem")
    der = None if pem is None else _certificate_in(pem)
    facts = _stated_facts(described, stated_id) if der is None else _facts_of(der, stated_id)
    values = {
        **vars(facts),
        **own,
        "status": status,
        "creation_date": facts.not_before if created is None else created,
    }
    return InventoryRecord(kind, values, der)


def _certificate_in(pem: str) -> bytes:
    try:
        return one_certificate(pem)
    except RecordRejected as rejected:
        raise RecordRejected(f"certificatePem: {rejected}") from None


def _facts_of(der: bytes, stated_id: str | None) -> CertificateFacts:
    try:
        facts = facts_of(der)
    except CertificateRejected as rejected:
        raise RecordRejected(f"certificatePem: {rejected}") from None
    if stated_id is not None and stated_id.lower() != facts.certificate_id:
        raise RecordRejected("certificateId is not the SHA-256 of certificatePem")
    return facts


def _stated_facts(described: Record, stated_id: str | None) -> CertificateFacts:
    """What a record without its certificate says; its key, names and extensions stay unknown."""
    validity = structure(described, "validity") or described
    why = "is missing, and so is certificatePem"
    return CertificateFacts(
        certificate_id=needed(stated_id, "certificateId", why).lower(),
        not_before=moment(validity, "notBefore"),
        not_after=needed(moment(validity, "notAfter"), "validity.notAfter", why),
    )


def _policy(record: Record, _: AccountId | None) -> InventoryRecord:
    name = needed(text(record, "policyName", POLICY_NAME, "1 to 128 of letters, digits and _+=,.@-"), "policyName")
    given = text(record, "policyVersionId", POLICY_VERSION_ID, "a number in a string")
    default = text(record, "defaultVersionId", POLICY_VERSION_ID, "a number in a string")
    # GetPolicy has the document of the default version, and GetPolicyVersion says whether it is the default.
    version = needed(given or default, "policyVersionId", "is missing, and so is defaultVersionId")
    is_default = flag(record, "isDefaultVersion")
    if is_default is None:
        is_default = default in (None, version)
    values = {
        "policy_version": f"{name}:{version}",
        "policy_name": name,
        "policy_version_id": version,
        "is_default_version": int(is_default),
        "document": needed(document(record, "policyDocument", LONGEST_POLICY_DOCUMENT), "policyDocument"),
    }
    return InventoryRecord(IOT_POLICIES, values)


def _account_settings(record: Record, account: AccountId | None) -> InventoryRecord:
    stated = text(record, "account", ACCOUNT, "12 digits")
    if account is not None and stated not in (None, account):
        raise RecordRejected(f"account is {stated}, and this is the inventory of {account}")
    options = structure(record, "loggingOptions")
    options_v2 = structure(record, "v2LoggingOptions")
    if options is None and options_v2 is None:
        # The members of one operation's output beside the others, as `jq '. + {...}'` leaves them.
        options = record if "logLevel" in record else None
        options_v2 = record if {"defaultLogLevel", "disableAllLogs"} & record.keys() else None
    if options is None and options_v2 is None:
        raise RecordRejected("loggingOptions and v2LoggingOptions are both missing")
    options, options_v2 = options or {}, options_v2 or {}
    disable_all_logs = flag(options_v2, "disableAllLogs")
    values = {
        "settings_of": needed(account or stated, "account"),
        "log_level": choice(options, "logLevel", LOG_LEVELS),
        "role_arn": text(options, "roleArn"),
        "default_log_level": choice(options_v2, "defaultLogLevel", LOG_LEVELS),
        "disable_all_logs": None if disable_all_logs is None else int(disable_all_logs),
        "v2_role_arn": text(options_v2, "roleArn"),
    }
    return InventoryRecord(LOGGING_OPTIONS, values)


def _listing(record: Record, _: AccountId | None) -> InventoryRecord:
    return InventoryRecord(LISTINGS, {"listed": needed(choice(record, "listed", LISTABLE), "listed")})


LISTABLE = tuple(kind.resource_type for kind in KINDS if kind.can_be_none and kind is not LISTINGS)
"""What an account can have none of."""

READERS: Mapping[str, Callable[[Record, AccountId | None], InventoryRecord]] = {
    "DEVICE_CERTIFICATE": _device_certificate,
    "CA_CERTIFICATE": _ca_certificate,
    "IOT_POLICY": _policy,
    "ACCOUNT_SETTINGS": _account_settings,
    "ROLE_ALIAS": role_alias,
    "IAM_ROLE": iam_role,
    "IDENTITY_POOL": identity_pool,
    "LISTING": _listing,
}
