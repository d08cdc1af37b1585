"""UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK: identity pools whose guests may manage AWS IoT.

Looks for:      an identity pool of Amazon Cognito whose unauthenticated role allows to manage things, to read
                what is known of them, or anything else of AWS IoT's API that is not a device's business, on
                whatever resource; or, for things in general, to connect, publish and subscribe in their place,
                or to read and change their shadows and job executions.
Reason codes:   ALLOWS_ACCESS_TO_IOT_ADMIN_ACTIONS, ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS
Why it matters: nobody knows who a guest is, and anybody can be one. Guests can then change settings of the
                account, delete resources, read and change the shadows and jobs of all devices, and flood them
                with messages.
How to fix:     allow guests only what they have to do, on single things, or take their role from the pool.
                Manage the account with another pool. Verify that guests can still connect, then set the role.
Our choice:     AWS looks at the pools whose identities connected in the past 31 days; here every pool of the
                inventory is examined. A pool that does not let guests in, and still has a role for them, is
                examined like any other, since one switch lets them in; one without the role complies. All
                that is not an action of AWS's lists for devices is an admin action, with one code for all. What
                AWS leaves open is decided as for AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK.
Source:         AWS IoT Device Defender developer guide, "Unauthenticated Cognito role overly permissive"; IAM user
                guide, "IAM JSON policy elements".
"""

from collections.abc import Iterable, Iterator

from events.resource import NonCompliance
from events.vocabulary import CheckName, Severity
from workers.checks.check import Check, Circumstances, NotJudged
from workers.inventory.kinds import IAM_ROLES, IDENTITY_POOLS, Examines, Related
from workers.inventory.rows import Row
from workers.judging.identity_pools import judge_pool
from workers.judging.iot_access import IotAccess
from workers.judging.role_documents import POLICY_COLUMNS
from workers.judging.role_findings import BROAD_DATA_PLANE, IotReason


def _admin_actions(access: IotAccess) -> list[str]:
    return [*access.writes_of_things(), *access.reads_of_things(), *access.others()]


REASONS = (
    IotReason("ALLOWS_ACCESS_TO_IOT_ADMIN_ACTIONS", "Role allows access to IoT admin actions", _admin_actions),
    BROAD_DATA_PLANE,
)


def judge(pools: Iterable[Row], _: Circumstances) -> Iterator[NonCompliance | NotJudged]:
    """Yield one non-compliance for each reason that the unauthenticated role of a pool gives."""
    for pool_id, roles in pools:
        yield from judge_pool(pool_id, roles, REASONS, "unauthenticated role")


CHECK = Check(
    name=CheckName("UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK"),
    severity=Severity.CRITICAL,
    examines=Examines(
        IDENTITY_POOLS,
        ("identity_pool_id",),
        related=Related(IAM_ROLES, "unauthenticated_roles", POLICY_COLUMNS),
    ),
    judge=judge,
)
