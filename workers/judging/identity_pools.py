"""Which identity pools give their users roles that allow too much: the rule that two checks share."""

from collections.abc import Iterator, Mapping, Sequence

from events.resource import NonCompliance, Resource
from events.vocabulary import ResourceType
from workers.inventory.rows import Row
from workers.judging.iot_access import IotAccess
from workers.judging.not_judged import NotJudged
from workers.judging.role_documents import RoleNotJudged, statements_of_role
from workers.judging.role_findings import IotReason, related_role, sentence

UNKNOWN_ROLES = NotJudged("identity pools whose roles are not known")


def judge_pool(
    pool_id: str, roles: Mapping[str, Row | None] | None, reasons: Sequence[IotReason], called: str
) -> Iterator[NonCompliance | NotJudged]:
    """Yield one non-compliance for each reason that any of a pool's roles gives.

    `roles` are the values of POLICY_COLUMNS by the roles' ARNs; `called` says what they are, in the singular.
    """
    if roles is None:
        yield UNKNOWN_ROLES
        return
    access: dict[str, IotAccess] = {}
    not_judged: set[NotJudged] = set()
    for arn, policies in roles.items():
        try:
            access[arn] = IotAccess(statements_of_role(policies))
        except RoleNotJudged as reason:
            not_judged.add(NotJudged(f"identity pools whose {called} {reason}"))
    yield from sorted(not_judged, key=lambda each: each.reason)
    for code, prose, actions_of in reasons:
        found = {arn: actions for arn, of_role in access.items() if (actions := actions_of(of_role))}
        if found:
            actions = list(dict.fromkeys(action for actions in found.values() for action in actions))
            yield NonCompliance(
                Resource(ResourceType.COGNITO_IDENTITY_POOL, {"cognitoIdentityPoolId": pool_id}),
                code,
                sentence(prose, actions),
                related_resources=tuple(map(related_role, found)),
            )
