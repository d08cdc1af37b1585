"""AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK: identity pools whose logged-in users may manage AWS IoT.

Looks for:      an identity pool of Amazon Cognito with an authenticated role that allows to manage things, or
                anything else of AWS IoT's API that is not a device's business, on whatever resource; or, for
                things in general, to read what is known of them, to connect, publish and subscribe in their
                place, or to read and change their shadows and job executions.
Reason codes:   ALLOWS_BROAD_ACCESS_TO_IOT_THING_ADMIN_READ_ACTIONS, ALLOWS_ACCESS_TO_IOT_NON_THING_ADMIN_ACTIONS,
                ALLOWS_ACCESS_TO_IOT_THING_ADMIN_WRITE_ACTIONS, ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS
Why it matters: whoever takes over one user's session can then change settings of the account, delete resources,
                and get at the data of all devices.
How to fix:     give devices and their users a pool and a role of their own that allow what they do and on what:
                single things, or a beginning of their names (thing/MyThing*). Manage the account with
                another pool. Verify that users can still connect, then set the role in the pool.
Our choice:     AWS looks at the pools whose identities connected in the past 31 days; here every pool of the
                inventory is examined, since those that did not connect can tomorrow. A pool's authenticated
                roles are the one of that name and those that its mapping rules give; a pool without any complies.
                Roles that are named by a login provider's tokens are not in the inventory, and the pool is
                also counted as not judged. AWS's page calls broad access to the data plane non-compliant and
                lists no code for it; here it has the code of UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK,
                and what is broad is decided as for IOT_POLICY_OVERLY_PERMISSIVE_CHECK. Inline and attached
                policies count together. Access to things in general is that to a name of which the policies
                say nothing: thing/* and *, not thing/MyThing*. An action counts on any resource that can be AWS
                IoT's, whether the action goes with that kind of resource or not. Wildcards and NotAction count
                for the actions that AWS IoT had when this was written; an action that it did not have counts
                as an admin one where a policy names it. iot:Receive never counts, nor do iot:RetainPublish and
                iot:AssumeRoleWithCertificate, which are no operations of the API. Conditions are taken to hold,
                but for iot:Connection.Thing.IsAttached with iot:Connect. A Deny without Condition takes away
                what it covers: the actions that it is about, when one of its resources covers the allowed one.
                Permissions boundaries and policies of organizations are not looked at. A role that is not in the
                inventory, or of which one policy is not known or not a policy, is not judged: a Deny in it
                could take away what the others allow. One finding a pool and reason has all roles that
                give it as related resources; its prose is ours, after that of AWS's finding on IoT policies.
Source:         AWS IoT Device Defender developer guide, "Authenticated Cognito role overly permissive"; Amazon
                Cognito developer guide, "Using role-based access control"; IAM user guide, "IAM JSON policy
                elements".
"""

from collections.abc import Iterable, Iterator

from events.resource import NonCompliance
from events.vocabulary import CheckName, Severity
from workers.checks.check import Check, Circumstances, NotJudged
from workers.inventory.kinds import IAM_ROLES, IDENTITY_POOLS, Examines, Related
from workers.inventory.rows import Row
from workers.judging.identity_pools import judge_pool
from workers.judging.role_documents import POLICY_COLUMNS
from workers.judging.role_findings import BROAD_DATA_PLANE, BROAD_READS_OF_THINGS, NON_THING, WRITES_OF_THINGS

REASONS = (BROAD_READS_OF_THINGS, NON_THING, WRITES_OF_THINGS, BROAD_DATA_PLANE)

FROM_TOKENS = NotJudged("identity pools in which tokens of a login provider name the role")


def judge(pools: Iterable[Row], _: Circumstances) -> Iterator[NonCompliance | NotJudged]:
    """Yield one non-compliance for each reason that the authenticated roles of a pool give."""
    for pool_id, has_roles_from_tokens, roles in pools:
        if has_roles_from_tokens:
            yield FROM_TOKENS
        yield from judge_pool(pool_id, roles, REASONS, "authenticated role")


CHECK = Check(
    name=CheckName("AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK"),
    severity=Severity.CRITICAL,
    examines=Examines(
        IDENTITY_POOLS,
        ("identity_pool_id", "has_roles_from_tokens"),
        related=Related(IAM_ROLES, "authenticated_roles", POLICY_COLUMNS),
    ),
    judge=judge,
)
