"""What the inventory holds: the kinds of resources, each with its table and columns.

Certificates do not change, so what can be known of one is worked out once, at import; an audit scans columns
and parses nothing again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

CERTIFICATE_COLUMNS = {
    "certificate_id": "TEXT NOT NULL",  # SHA-256 of the DER encoding, 64 hex digits, as AWS has it
    "status": "TEXT NOT NULL",
    "creation_date": "BIGINT",  # times are epoch milliseconds; NULL: not known
    "not_before": "BIGINT",  # NULL: not known, which happens to a record without its certificate only
    "not_after": "BIGINT NOT NULL",
    "subject": "TEXT NOT NULL",
    "issuer": "TEXT NOT NULL",
    "serial_number": "TEXT NOT NULL",  # hex digits
    "key_algorithm": "TEXT NOT NULL",  # RSA, EC, ED25519, ...; UNKNOWN without the certificate
    "key_size": "INTEGER",  # bits; NULL for keys of one size, and for a key that can't be read
    "signature_algorithm": "TEXT NOT NULL",  # object identifier
    "public_key_sha256": "TEXT NOT NULL",  # of the SubjectPublicKeyInfo; empty without the certificate
    "is_roca": "INTEGER",  # the public modulus has the fingerprint of CVE-2017-15361; NULL: not known
    "modulus_fingerprint": "TEXT",  # RSA only: as `openssl-blacklist` lists weak moduli, 20 hex digits
    "subject_key_id": "TEXT",
    "authority_key_id": "TEXT",
    "crl_urls": "TEXT NOT NULL",  # JSON list
    "ca_issuer_urls": "TEXT NOT NULL",  # JSON list, from Authority Information Access
}

SCANNED_OF_CERTIFICATES = (
    "status",
    "creation_date",
    "not_after",
    "is_roca",
    "modulus_fingerprint",
)


@dataclass(frozen=True)
class Kind:
    """One kind of resource: a table of temporal rows."""

    table: str
    resource_type: str
    """What its records are called in an import (`workers/inventory/importers/records.py`)."""
    called: str
    """What its resources are called in a sentence, in the plural."""
    key: str
    """The column that tells one resource from another within an account; shards are ranges of it."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Column name to SQL type, `key` included; `account`, `added_in` and `removed_in` are every table's."""
    scanned: tuple[str, ...] = ()
    """Columns that checks read of every row. They lie beside the key in an index, so that a scan reads no more."""
    rows_a_page: int = 2_000
    """How many rows are read at a time: fewer where a row can be large, so that memory stays bounded."""
    sole: tuple[str, str] | None = None
    """Two columns, (group, flag): of the rows of a group one has the flag, and the one imported last keeps it."""
    can_be_none: bool = True
    """Whether an account can have no resource of it, which a LISTING then says."""
    has_parts: bool = False
    """Whether a resource can have several rows. They are read one after the other, and count as one."""
    long_columns: tuple[str, ...] = ()
    """Columns whose texts can be long, so that few rows are collected in memory before they are written."""


DEVICE_CERTIFICATES = Kind(
    table="device_certificates",
    resource_type="DEVICE_CERTIFICATE",
    called="device certificates",
    key="certificate_id",
    columns={**CERTIFICATE_COLUMNS, "ca_certificate_id": "TEXT"},
    scanned=SCANNED_OF_CERTIFICATES,
)
CA_CERTIFICATES = Kind(
    table="ca_certificates",
    resource_type="CA_CERTIFICATE",
    called="CA certificates",
    key="certificate_id",
    columns=CERTIFICATE_COLUMNS,
    scanned=SCANNED_OF_CERTIFICATES,
)
IOT_POLICIES = Kind(
    table="iot_policies",
    resource_type="IOT_POLICY",
    called="IoT policies",
    key="policy_version",
    columns={
        "policy_version": "TEXT NOT NULL",  # name:version
        "policy_name": "TEXT NOT NULL",
        "policy_version_id": "TEXT NOT NULL",
        "is_default_version": "INTEGER NOT NULL",
        "document": "TEXT NOT NULL",
    },
    rows_a_page=50,
    sole=("policy_name", "is_default_version"),
    long_columns=("document",),
)
LOGGING_OPTIONS = Kind(
    table="logging_options",
    resource_type="ACCOUNT_SETTINGS",
    called="logging options",
    key="settings_of",
    columns={
        "settings_of": "TEXT NOT NULL",  # the account
        "log_level": "TEXT",  # GetLoggingOptions
        "role_arn": "TEXT",
        "default_log_level": "TEXT",  # GetV2LoggingOptions
        "disable_all_logs": "INTEGER",
        "v2_role_arn": "TEXT",
    },
    can_be_none=False,
)
ROLE_ALIASES = Kind(
    table="role_aliases",
    resource_type="ROLE_ALIAS",
    called="role aliases",
    key="role_alias_arn",
    columns={
        "role_alias_arn": "TEXT NOT NULL",
        "role_alias": "TEXT NOT NULL",
        "roles": "TEXT NOT NULL",  # JSON list of ARNs, of which there is one
        "credential_duration_seconds": "INTEGER",
        "creation_date": "BIGINT",
        "last_modified_date": "BIGINT",
    },
    rows_a_page=50,  # each may come with a role, whose documents are long
)
IAM_ROLES = Kind(
    table="iam_roles",
    resource_type="IAM_ROLE",
    called="IAM roles",
    key="role_arn",
    columns={
        "role_arn": "TEXT NOT NULL",
        "role_name": "TEXT NOT NULL",
        "trust_policy": "TEXT",  # a document as text; NULL, here and below: not known
        "inline_policies": "TEXT",  # JSON list of {PolicyName, PolicyDocument}, the document a text or null
        "attached_policies": "TEXT",  # the same with PolicyArn
        "services_last_accessed": "TEXT",  # JSON object: namespace to time; null: in no time that AWS tells of
    },
    rows_a_page=50,
    long_columns=("trust_policy", "inline_policies", "attached_policies"),
)
IDENTITY_POOLS = Kind(
    table="identity_pools",
    resource_type="IDENTITY_POOL",
    called="identity pools",
    key="identity_pool_id",
    columns={
        "identity_pool_id": "TEXT NOT NULL",
        "identity_pool_name": "TEXT",
        "allows_unauthenticated": "INTEGER",
        "authenticated_roles": "TEXT",  # JSON list of ARNs, those of mapping rules included; NULL: not known
        "unauthenticated_roles": "TEXT",  # the same, of at most one
        "has_roles_from_tokens": "INTEGER NOT NULL",  # named by tokens of a login provider
        "roles": "TEXT",  # JSON, this and the next as GetIdentityPoolRoles has them; NULL: not known
        "role_mappings": "TEXT",  # NULL: none
    },
    rows_a_page=50,
)
LISTINGS = Kind(
    table="listings",
    resource_type="LISTING",
    called="listings",
    key="listed",
    columns={"listed": "TEXT NOT NULL"},  # a resource type, all of whose resources were read, if there are any
)

KINDS = (
    DEVICE_CERTIFICATES,
    CA_CERTIFICATES,
    IOT_POLICIES,
    LOGGING_OPTIONS,
    ROLE_ALIASES,
    IAM_ROLES,
    IDENTITY_POOLS,
    LISTINGS,
)


@dataclass(frozen=True)
class Related:
    """Resources of a second kind that a row names."""

    kind: Kind
    named_in: str
    """The column of the first kind that has their keys, as a JSON list; NULL: not known."""
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Examines:
    """Which rows and columns a check reads. What it does not read, an audit does not count as examined."""

    kind: Kind
    columns: tuple[str, ...]
    only: Mapping[str, tuple[str | int, ...]] = field(default_factory=dict)
    """Column to the values that bring a row into the check's scope, such as status ACTIVE or PENDING_TRANSFER."""
    related: Related | None = None
    """What comes with each row, as its last value: the rows of the resources that it names, by their keys, in its
    order, at the same version. None stands for one that the inventory does not have, and for all when they are
    not known."""

    @property
    def key_at(self) -> int | None:
        """Which column tells the parts of one resource from those of the next; None: a row is a resource."""
        return self.columns.index(self.kind.key) if self.kind.has_parts else None

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What the inventory must know of the account, if only that there is none."""
        return (self.kind,) if self.related is None else (self.kind, self.related.kind)
