"""IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK: role aliases that give devices more of AWS than they need.

Looks for:      a role alias whose IAM role allows everything of a service that it was used for in the past year;
                anything of a service that audits security; to manage things or anything else of AWS IoT's API
                that is not a device's business; or, for things in general, to read what is known of them, to
                act in their place, or to read and change their shadows and job executions.
Reason codes:   ALLOWS_BROAD_ACCESS_TO_USED_SERVICES, ALLOWS_ACCESS_TO_SECURITY_AUDITING_SERVICES,
                ALLOWS_BROAD_ACCESS_TO_IOT_THING_ADMIN_READ_ACTIONS, ALLOWS_ACCESS_TO_IOT_NON_THING_ADMIN_ACTIONS,
                ALLOWS_ACCESS_TO_IOT_THING_ADMIN_WRITE_ACTIONS, ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS
Why it matters: every device with a certificate that may use the alias has the role's credentials, and so has
                whoever takes its key: with them he can take over the account's data, and hide that he did.
How to fix:     allow single actions on single resources, best by a policy variable such as
                ${credentials-iot:ThingName}; name no service that audits. See the devices work, then take the
                old policy away.
Our choice:     everything of a service is allowed where one statement allows all of its actions (dynamodb:*,
                *), or all but some that NotAction or a Deny name, whatever the resource. The year is the 365
                days before the audit. Used are the services with a LastAuthenticated in it; where these are
                not known, a role that allows everything of a service is also counted as not judged. The
                services that audit security are those that AWS's page names (iam, cloudtrail, guardduty,
                inspector, trustedadvisor) and inspector2, which is Inspector's name today; one action is enough.
                A Deny without Condition takes away what one statement covers, resource and actions. What
                else AWS leaves open, on AWS IoT's actions and on roles that can't be judged, is decided as for
                AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK. The role is the finding's related resource.
                The prose is ours.
Source:         AWS IoT Device Defender developer guide, "Role alias overly permissive"; AWS IoT developer guide,
                "Authorizing direct calls to AWS services"; IAM user guide, "IAM JSON policy elements".
"""

from collections.abc import Iterable, Iterator

from events.resource import NonCompliance
from events.vocabulary import CheckName, Severity
from workers.checks.check import Check, Circumstances, NotJudged
from workers.inventory.rows import Row
from workers.judging.iot_access import IotAccess
from workers.judging.role_aliases import EXAMINES, AliasedRole, aliased_roles
from workers.judging.role_findings import BROAD_DATA_PLANE, BROAD_READS_OF_THINGS, NON_THING, WRITES_OF_THINGS
from workers.judging.service_access import ServiceAccess

AUDITING = ("iam", "cloudtrail", "guardduty", "inspector", "inspector2", "trustedadvisor")

UNKNOWN_USE = NotJudged(
    "role aliases whose role allows all actions of a service, of which it is not known if it is used"
)


def judge(aliases: Iterable[Row], circumstances: Circumstances) -> Iterator[NonCompliance | NotJudged]:
    """Yield one non-compliance for each reason that the role of an alias gives."""
    for role in aliased_roles(aliases):
        if isinstance(role, NotJudged):
            yield role
            continue
        yield from _services(role, circumstances)
        access = IotAccess(role.statements)
        for code, prose, actions_of in (BROAD_READS_OF_THINGS, NON_THING, WRITES_OF_THINGS, BROAD_DATA_PLANE):
            if actions := actions_of(access):
                yield role.non_compliance(code, prose, actions)


def _services(role: AliasedRole, circumstances: Circumstances) -> Iterator[NonCompliance | NotJudged]:
    access = ServiceAccess(role.statements)
    used = role.used_services(circumstances.now)
    if used is None and access.allows_something_altogether:
        yield UNKNOWN_USE
    if services := access.allowed_altogether(sorted(used or ())):
        yield role.non_compliance(
            "ALLOWS_BROAD_ACCESS_TO_USED_SERVICES", "Role allows broad access to used services", services
        )
    if services := access.allowed(AUDITING):
        yield role.non_compliance(
            "ALLOWS_ACCESS_TO_SECURITY_AUDITING_SERVICES",
            "Role allows access to security auditing services",
            services,
        )


CHECK = Check(
    name=CheckName("IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK"),
    severity=Severity.CRITICAL,
    examines=EXAMINES,
    judge=judge,
)
