"""Reads Cognito identity pools with the roles that they give."""

from collections.abc import Iterator
from typing import Any

from workers.aws_account.calls import Calls, Listing, member
from workers.aws_account.reading import Detail, Details, Entry, Listed
from workers.inventory.kinds import IDENTITY_POOLS

POOLS = Listing(
    "cognito-identity",
    "ListIdentityPools",
    "IdentityPools",
    token="NextToken",  # noqa: S106 - the name of a parameter
    next_token="NextToken",  # noqa: S106
    page_size=("MaxResults", 60),
)


class IdentityPoolReading:
    """Reads identity pools. Implements Reading."""

    kind = IDENTITY_POOLS
    details = Details.FLEETING

    def listed(self, calls: Calls, marker: str | None) -> Iterator[Listed]:
        """Their ids."""
        for page in calls.pages(POOLS, marker):
            ids = [
                member(each, "IdentityPoolId", str, "cognito-identity:ListIdentityPools") for each in page.members
            ]
            yield Listed({pool_id: {"IdentityPoolId": pool_id} for pool_id in ids}, page.next)

    def detail(self, calls: Calls, entry: Entry) -> Detail:
        """What the pool lets in, and the roles."""
        described = calls.call("cognito-identity", "DescribeIdentityPool", **entry)
        roles = calls.call("cognito-identity", "GetIdentityPoolRoles", **entry)
        return {
            "IdentityPoolName": described.get("IdentityPoolName"),
            "AllowUnauthenticatedIdentities": described.get("AllowUnauthenticatedIdentities"),
            "Roles": roles.get("Roles", {}),
            "RoleMappings": roles.get("RoleMappings", {}),
        }

    def records(self, entry: Entry, detail: Detail) -> list[dict[str, Any]]:
        """The pool with its roles."""
        return [{"resourceType": self.kind.resource_type, **entry, **detail}]
