"""Who may do what: one row for each route of the service, by the name of its operation.

A route without a row lets nobody in; a test sees that each has one. docs/credentials.md shows this table.
"""

from collections.abc import Mapping
from types import MappingProxyType

from service.access.caller import Role

READER, OPERATOR, ADMINISTRATOR = Role
"""From the one who may do least to the one who may do all."""

EVERYBODY = None
"""No signature is asked for."""

WHO_MAY: Mapping[str, Role | None] = MappingProxyType(
    {
        # AWS's own operations.
        "UpdateAccountAuditConfiguration": ADMINISTRATOR,
        "DescribeAccountAuditConfiguration": READER,
        "DeleteAccountAuditConfiguration": ADMINISTRATOR,
        "ListScheduledAudits": READER,
        "CreateScheduledAudit": ADMINISTRATOR,
        "DescribeScheduledAudit": READER,
        "UpdateScheduledAudit": ADMINISTRATOR,
        "DeleteScheduledAudit": ADMINISTRATOR,
        "StartOnDemandAuditTask": OPERATOR,
        "ListAuditTasks": READER,
        "DescribeAuditTask": READER,
        "CancelAuditTask": OPERATOR,
        "ListAuditFindings": READER,
        "DescribeAuditFinding": READER,
        "ListRelatedResourcesForAuditFinding": READER,
        "TagResource": OPERATOR,
        "UntagResource": OPERATOR,
        "ListTagsForResource": READER,
        # Ours.
        "DescribeClock": READER,
        "AdvanceClock": ADMINISTRATOR,
        "ListNotifications": READER,
        "RetryNotifications": ADMINISTRATOR,
        "ImportInventory": OPERATOR,
        "ImportPresence": OPERATOR,
        "WatchAuditTask": READER,
        "ListAuditDifferences": READER,
        "ListHistory": READER,
        "ExportHistory": OPERATOR,
        "ListRefusals": ADMINISTRATOR,
        "DescribeCheckpoint": READER,
        "DescribeEventProof": READER,
        # For whoever watches over the process; `/metrics` may ask for a token of its own (metrics_token.py).
        "Metrics": EVERYBODY,
        "HealthLive": EVERYBODY,
        "HealthReady": EVERYBODY,
        # What the API is, which everybody may know. A browser does not sign.
        "OpenApi": EVERYBODY,
        "ApiPage": EVERYBODY,
    }
)

_RANK = {role: rank for rank, role in enumerate(Role)}


def may(role: Role, needed: Role) -> bool:
    """Whether a role is allowed what another is needed for."""
    return _RANK[role] >= _RANK[needed]
