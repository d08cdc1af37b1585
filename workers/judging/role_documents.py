"""What the policies of an IAM role say, all of them together."""

from collections.abc import Iterator

import orjson

from workers.inventory.rows import Row
from workers.judging.policy_documents import NotAPolicy, parse_policy_document
from workers.judging.policy_statements import Statement

POLICY_COLUMNS = ("inline_policies", "attached_policies")

LONGEST_ROLE_DOCUMENT = 131_072
"""Characters. AWS's own managed policies are longer than it lets others be. Source: botocore's model of IAM."""


class RoleNotJudged(ValueError):  # noqa: N818 - a fact about the role, not a failure of ours
    """A role of which it can't be said what it allows. Its own text goes on from `... whose role ...`.

    One document that can't be read is enough, since a Deny in it could take away what the others allow.
    """


def statements_of_role(policies: Row | None) -> list[Statement]:
    """Return the statements of all of a role's policies; raise RoleNotJudged with the reason.

    `policies` are the values of POLICY_COLUMNS; None: the inventory does not have the role.
    """
    if policies is None:
        raise RoleNotJudged("is not in the inventory")
    return [statement for text in policies for statement in _statements_of(text)]


def _statements_of(policies: str | None) -> Iterator[Statement]:
    if policies is None:
        raise RoleNotJudged("has policies that are not known")
    for policy in orjson.loads(policies):
        document = policy["PolicyDocument"]
        if document is None:
            raise RoleNotJudged("has a policy whose document is not known")
        try:
            yield from parse_policy_document(document, LONGEST_ROLE_DOCUMENT)
        except NotAPolicy as reason:
            raise RoleNotJudged(f"has policy documents {reason}") from None
