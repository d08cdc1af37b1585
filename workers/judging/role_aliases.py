"""The roles behind role aliases: what two checks share."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

from events.clock import epoch_milliseconds
from events.resource import NonCompliance, Resource
from events.vocabulary import ResourceType
from workers.inventory.kinds import IAM_ROLES, ROLE_ALIASES, Examines, Related
from workers.inventory.rows import Row
from workers.judging.not_judged import NotJudged
from workers.judging.policy_statements import Statement
from workers.judging.role_documents import POLICY_COLUMNS, RoleNotJudged, statements_of_role
from workers.judging.role_findings import related_role, sentence

EXAMINES = Examines(
    ROLE_ALIASES,
    ("role_alias_arn",),
    related=Related(IAM_ROLES, "roles", (*POLICY_COLUMNS, "services_last_accessed")),
)

LOOK_BACK = timedelta(days=365)
"""AWS's guide says `in the past year`."""


@dataclass(frozen=True)
class AliasedRole:
    """A role alias with its role."""

    alias_arn: str
    role_arn: str
    statements: Sequence[Statement]
    """Of all the role's policies."""
    last_accessed: str | None
    """JSON object: a service's namespace to epoch milliseconds or null; None: not known."""

    def used_services(self, now: datetime) -> frozenset[str] | None:
        """Return the services that the role was used for in the past year; None when that is not known."""
        if self.last_accessed is None:
            return None
        since = epoch_milliseconds(now - LOOK_BACK)
        accessed = orjson.loads(self.last_accessed).items()
        return frozenset(service for service, moment in accessed if moment is not None and moment >= since)

    @property
    def listed_services(self) -> frozenset[str]:
        """The services of which it is known whether the role was used for them."""
        return frozenset(orjson.loads(self.last_accessed or "{}"))

    def non_compliance(self, code: str, prose: str, names: Sequence[str]) -> NonCompliance:
        """Word a finding about the alias; `names` are what the prose ends with."""
        return NonCompliance(
            Resource(ResourceType.ROLE_ALIAS, {"roleAliasArn": self.alias_arn}),
            code,
            sentence(prose, names),
            related_resources=(related_role(self.role_arn),),
        )


def aliased_roles(rows: Iterable[Row]) -> Iterator[AliasedRole | NotJudged]:
    """Yield each alias of rows of EXAMINES with its role, or why its role can't be judged."""
    for alias_arn, roles in rows:
        [(role_arn, role)] = roles.items()
        *policies, last_accessed = role or (None,)
        try:
            statements = statements_of_role(tuple(policies) if role else None)
        except RoleNotJudged as reason:
            yield NotJudged(f"role aliases whose role {reason}")
        else:
            yield AliasedRole(alias_arn, role_arn, statements, last_accessed)
