"""IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK: role aliases that give devices services they don't use.

Looks for:      a role alias whose IAM role allows any action of a service that it was not used for in the past
                year.
Reason codes:   ALLOWS_ACCESS_TO_UNUSED_SERVICES
Why it matters: what no device needs is of use only to whoever takes a device's key.
How to fix:     take the service's actions from the role's policies. What is needed once in a while, do with a
                role of its own.
Our choice:     a service counts as used when ServicesLastAccessed, the answer of GetServiceLastAccessedDetails,
                has a LastAuthenticated within the 365 days before the audit; one that is not in the answer was
                not used. Without the answer the alias is not judged. The services are those that the policies'
                actions name. A wildcard in the place of the service (*), or NotAction, allows services that
                nobody named, and such a role does not comply; where a Deny leaves nothing of these, the services
                in the answer are looked at. Resources do not matter, nor do Conditions. A Deny without Condition
                takes away what one statement covers, resource and actions. A role that is not in the inventory,
                or of which one policy is not known or not a policy, is not judged. The role is the finding's
                related resource. The prose is ours.
Source:         AWS IoT Device Defender developer guide, "Role alias allows access to unused services"; IAM user
                guide, "Refine permissions using last accessed information", "IAM JSON policy elements".
"""

from collections.abc import Iterable, Iterator

from events.resource import NonCompliance
from events.vocabulary import CheckName, Severity
from workers.checks.check import Check, Circumstances, NotJudged
from workers.inventory.rows import Row
from workers.judging.role_aliases import EXAMINES, aliased_roles
from workers.judging.service_access import ServiceAccess

UNKNOWN_USE = NotJudged("role aliases of which it is not known what services their role has used")

ALL_OTHERS = "all that are not named"


def judge(aliases: Iterable[Row], circumstances: Circumstances) -> Iterator[NonCompliance | NotJudged]:
    """Yield a non-compliance for each alias whose role allows services that it has not used."""
    for role in aliased_roles(aliases):
        if isinstance(role, NotJudged):
            yield role
            continue
        used = role.used_services(circumstances.now)
        if used is None:
            yield UNKNOWN_USE
            continue
        access = ServiceAccess(role.statements)
        is_for_others = access.allows_unnamed_services
        # Where wildcards allow all there is, to name what they reach would say no more.
        services = access.named if is_for_others else access.named | role.listed_services
        unused = [service for service in access.allowed(sorted(services)) if service not in used]
        if is_for_others:
            unused.append(ALL_OTHERS)
        if unused:
            yield role.non_compliance(
                "ALLOWS_ACCESS_TO_UNUSED_SERVICES", "Role allows access to unused services", unused
            )


CHECK = Check(
    name=CheckName("IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK"),
    severity=Severity.MEDIUM,
    examines=EXAMINES,
    judge=judge,
)
