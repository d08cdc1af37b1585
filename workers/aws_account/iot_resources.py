"""Reads what else AWS IoT has: policies in all versions, role aliases, logging options."""

from collections.abc import Iterator
from typing import Any

from events.vocabulary import AccountId
from workers.aws_account.calls import Answer, Calls, Listing, in_pieces, member
from workers.aws_account.operations import action
from workers.aws_account.reading import Detail, Details, Entry, Listed
from workers.aws_account.refusal import Gone, unintelligible
from workers.inventory.kinds import IOT_POLICIES, LOGGING_OPTIONS, ROLE_ALIASES

POLICIES = Listing("iot", "ListPolicies", "policies")
ALIASES = Listing("iot", "ListRoleAliases", "roleAliases")
VERSIONS_OF = action("iot", "ListPolicyVersions")
ALIAS_OF = action("iot", "DescribeRoleAlias")


class PolicyReading:
    """Reads IoT policies. Implements Reading.

    A version's document never changes. But a policy can be deleted and made again under its name, and then its
    versions are counted from 1 again: so a version is known by the time at which it was made, too.
    """

    kind = IOT_POLICIES
    details = Details.KEPT

    def listed(self, calls: Calls, marker: str | None) -> Iterator[Listed]:
        """The versions of each policy."""
        for page in calls.pages(POLICIES, marker):
            names = [member(each, "policyName", str, "iot:ListPolicies") for each in page.members]
            entries: dict[str, Entry] = {}
            for piece in in_pieces(names, 50):
                for name, versions in calls.each(lambda name: self._versions(calls, name), piece):
                    for each in versions:
                        entries |= _version(name, each)
            yield Listed(entries, page.next)

    def detail(self, calls: Calls, entry: Entry) -> Detail:
        """The document."""
        name, version = entry["policyName"], entry["policyVersionId"]
        answer = calls.call("iot", "GetPolicyVersion", policyName=name, policyVersionId=version)
        return {"policyDocument": member(answer, "policyDocument", str, "iot:GetPolicyVersion")}

    def records(self, entry: Entry, detail: Detail) -> list[dict[str, Any]]:
        """The version with its document."""
        return [{"resourceType": self.kind.resource_type, **entry, **detail}]

    def _versions(self, calls: Calls, name: str) -> list[Any]:
        try:
            answer = calls.call("iot", "ListPolicyVersions", policyName=name)
        except Gone:
            return []
        return member(answer, "policyVersions", list, VERSIONS_OF)


def _version(name: str, version: Any) -> dict[str, Entry]:
    number = member(version, "versionId", str, VERSIONS_OF)
    made = version.get("createDate")
    if made is None:
        raise unintelligible(VERSIONS_OF, "createDate is missing")
    entry = {"policyName": name, "policyVersionId": number, "isDefaultVersion": version.get("isDefaultVersion")}
    return {f"{name}:{number}@{made}": entry}


class RoleAliasReading:
    """Reads role aliases. Implements Reading."""

    kind = ROLE_ALIASES
    details = Details.FLEETING

    def listed(self, calls: Calls, marker: str | None) -> Iterator[Listed]:
        """Their names."""
        for page in calls.pages(ALIASES, marker):
            names = [each for each in page.members if isinstance(each, str)]
            yield Listed({name: {"roleAlias": name} for name in names}, page.next)

    def detail(self, calls: Calls, entry: Entry) -> Detail:
        """What the alias is of."""
        answer = calls.call("iot", "DescribeRoleAlias", roleAlias=entry["roleAlias"])
        return member(answer, "roleAliasDescription", dict, ALIAS_OF)

    def records(self, _: Entry, detail: Detail) -> list[dict[str, Any]]:
        """The alias."""
        return [{**detail, "resourceType": self.kind.resource_type}]


class LoggingOptionsReading:
    """Reads both generations of the account's logging options. Implements Reading."""

    kind = LOGGING_OPTIONS
    details = Details.FLEETING

    def __init__(self, account: AccountId) -> None:
        self._account = account

    def listed(self, _: Calls, __: str | None) -> Iterator[Listed]:
        """The account itself."""
        yield Listed({self._account: {}}, None)

    def detail(self, calls: Calls, _: Entry) -> Detail:
        """Both; where logging was never configured, nothing is set."""
        return {
            "loggingOptions": _options(calls, "GetLoggingOptions"),
            "v2LoggingOptions": _options(calls, "GetV2LoggingOptions"),
        }

    def records(self, _: Entry, detail: Detail) -> list[dict[str, Any]]:
        """The account's settings."""
        return [{"resourceType": self.kind.resource_type, **detail}]


def _options(calls: Calls, operation: str) -> Answer:
    try:
        answer = calls.call("iot", operation)
    except Gone:
        return {}
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}
