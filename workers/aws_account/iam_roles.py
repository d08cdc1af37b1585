"""Reads the IAM roles that role aliases and identity pools give to devices, and no others."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from events.vocabulary import AccountId, CheckErrorCode
from workers.aws_account.calls import Answer, Calls, Listing, member
from workers.aws_account.outcome import Reason
from workers.aws_account.reading import WITHHELD, Detail, Details, Entry, Listed
from workers.aws_account.refusal import Gone, Unreadable, unintelligible
from workers.inventory.kinds import IAM_ROLES

LAST_ACCESSED = "services_last_accessed"
"""The column that only role aliases need, and that a report of its own is made for."""

INLINE = Listing("iam", "ListRolePolicies", "PolicyNames", "Marker", "Marker", ("MaxItems", 1000))
ATTACHED = Listing("iam", "ListAttachedRolePolicies", "AttachedPolicies", "Marker", "Marker", ("MaxItems", 1000))

LOOKS_AT_A_REPORT = 40
"""Of two seconds each at most. AWS makes a report within some seconds."""

LONGEST_PAUSE = 2.0


class RoleReading:
    """Reads roles with their policies, and when services were last used through them. Implements Reading."""

    kind = IAM_ROLES
    details = Details.FLEETING

    def __init__(self, account: AccountId, roles: Mapping[str, bool]) -> None:
        """`roles`: by ARN, whether a role alias names it, so that what it accessed is of interest."""
        self._account = account
        self._roles = roles
        self._documents: dict[str, Any] = {}
        self._withheld: Reason | None = None

    def listed(self, _: Calls, __: str | None) -> Iterator[Listed]:
        """The roles of this account. Those of others can't be read."""
        own = {
            arn: {"Arn": arn, "is_of_alias": is_of_alias}
            for arn, is_of_alias in self._roles.items()
            if arn.split(":")[4:5] == [self._account]
        }
        yield Listed(own, None)

    def detail(self, calls: Calls, entry: Entry) -> Detail:
        """The role as GetAccountAuthorizationDetails would have it, with the services that it last accessed."""
        arn = entry["Arn"]
        name = arn.rpartition("/")[2]
        role = member(calls.call("iam", "GetRole", RoleName=name), "Role", dict, "iam:GetRole")
        if role.get("Arn") != arn:
            raise Gone(arn)
        detail = {
            "RoleName": name,
            "AssumeRolePolicyDocument": role.get("AssumeRolePolicyDocument"),
            "RolePolicyList": self._inline_policies(calls, name),
            "AttachedManagedPolicies": self._attached_policies(calls, name),
        }
        if not entry["is_of_alias"]:
            return detail
        try:
            return {**detail, "ServicesLastAccessed": self._last_accessed(calls, arn)}
        except Gone:
            return detail
        except Unreadable as error:
            self._withheld = error.reason
            return {**detail, WITHHELD: {LAST_ACCESSED: asdict(error.reason)}}

    def records(self, entry: Entry, detail: Detail) -> list[dict[str, Any]]:
        """The role."""
        read = {name: value for name, value in detail.items() if name != WITHHELD}
        return [{"resourceType": self.kind.resource_type, "Arn": entry["Arn"], **read}]

    def _inline_policies(self, calls: Calls, role: str) -> list[Answer]:
        names = [name for page in calls.pages(INLINE, RoleName=role) for name in page.members]
        return [{"PolicyName": name, "PolicyDocument": _inline_document(calls, role, name)} for name in names]

    def _attached_policies(self, calls: Calls, role: str) -> list[Answer]:
        attached = [each for page in calls.pages(ATTACHED, RoleName=role) for each in page.members]
        return [{**each, "PolicyDocument": self._document(calls, each)} for each in attached]

    def _document(self, calls: Calls, attached: Any) -> Any:
        """The document of a policy's default version, asked for once: many roles have the same policies."""
        arn = member(attached, "PolicyArn", str, "iam:ListAttachedRolePolicies")
        if arn not in self._documents:
            self._documents[arn] = _managed_document(calls, arn)
        return self._documents[arn]

    def _last_accessed(self, calls: Calls, arn: str) -> list[Any]:
        """AWS's report on the role. What was refused once is not asked for again for every role."""
        if self._withheld is not None:
            raise Unreadable(self._withheld)
        asked = calls.call("iam", "GenerateServiceLastAccessedDetails", Arn=arn, Granularity="SERVICE_LEVEL")
        job = member(asked, "JobId", str, "iam:GenerateServiceLastAccessedDetails")
        for look in range(LOOKS_AT_A_REPORT):
            answer = calls.call("iam", "GetServiceLastAccessedDetails", JobId=job)
            if answer.get("JobStatus") != "IN_PROGRESS":
                return self._report(calls, job, answer)
            calls.watch.pause(min(LONGEST_PAUSE, 0.1 * 2**look))
        raise Unreadable(
            Reason("The account did not finish the report of iam:GetServiceLastAccessedDetails in time.")
        )

    def _report(self, calls: Calls, job: str, answer: Answer) -> list[Any]:
        called = "iam:GetServiceLastAccessedDetails"
        if answer.get("JobStatus") != "COMPLETED":
            raise Unreadable(Reason(f"The account could not make the report of {called}."))
        services = list(member(answer, "ServicesLastAccessed", list, called))
        seen: set[str] = set()
        while answer.get("IsTruncated"):
            marker = member(answer, "Marker", str, called)
            if marker in seen:
                raise unintelligible(called, "its pages never end")
            seen.add(marker)
            answer = calls.call("iam", "GetServiceLastAccessedDetails", JobId=job, Marker=marker)
            services += member(answer, "ServicesLastAccessed", list, called)
        return services


def _inline_document(calls: Calls, role: str, name: str) -> Any:
    """The document; None, which is not known, if it was taken away meanwhile."""
    try:
        return calls.call("iam", "GetRolePolicy", RoleName=role, PolicyName=name).get("PolicyDocument")
    except Gone:
        return None


def _managed_document(calls: Calls, arn: str) -> Any:
    """The document of the default version; None, which is not known, if it was deleted meanwhile."""
    try:
        policy = member(calls.call("iam", "GetPolicy", PolicyArn=arn), "Policy", dict, "iam:GetPolicy")
        number = member(policy, "DefaultVersionId", str, "iam:GetPolicy")
        answer = calls.call("iam", "GetPolicyVersion", PolicyArn=arn, VersionId=number)
    except Gone:
        return None
    return member(answer, "PolicyVersion", dict, "iam:GetPolicyVersion").get("Document")


def reason_of(written: Mapping[str, Any]) -> Reason:
    """A reason that was kept with a detail."""
    code = written["error_code"]
    return Reason(written["message"], None if code is None else CheckErrorCode(code))
