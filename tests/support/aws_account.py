"""What a made-up AWS account answers: the operations that an audit calls, over a fleet that is given."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Parameters = Mapping[str, str]
Answer = dict[str, Any]

ACCOUNT_ID = "000000000000"
MADE_AT = 1_750_000_000


class Refused(Exception):  # noqa: N818
    """An operation is answered with an error."""

    def __init__(self, status: int, code: str, message: str = "No.") -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message


@dataclass
class MadeUpAccount:
    """Its resources, in the members of AWS's own answers. Lists come in pages."""

    certificates: dict[str, Answer] = field(default_factory=dict)
    """By id, DescribeCertificate's `certificateDescription`."""
    ca_certificates: dict[str, Answer] = field(default_factory=dict)
    policies: dict[str, list[Answer]] = field(default_factory=dict)
    """By name, the versions as GetPolicyVersion has them, with `createDate`."""
    role_aliases: dict[str, Answer] = field(default_factory=dict)
    roles: dict[str, Answer] = field(default_factory=dict)
    """By name, RoleDetail's members, with `ServicesLastAccessed`."""
    pools: dict[str, Answer] = field(default_factory=dict)
    logging: Answer = field(default_factory=dict)
    v2_logging: Answer = field(default_factory=dict)
    page_size: int = 250

    def answer(self, operation: str, given: Parameters) -> Answer:
        """The operation's output."""
        answer: Answer = getattr(self, f"_{operation}")(given)
        return answer

    def _ListCertificates(self, given: Parameters) -> Answer:  # noqa: N802
        return self._page("certificates", self.certificates.values(), given.get("marker"), _listed)

    def _DescribeCertificate(self, given: Parameters) -> Answer:  # noqa: N802
        return {"certificateDescription": _found(self.certificates, given["certificateId"])}

    def _ListCACertificates(self, given: Parameters) -> Answer:  # noqa: N802
        return self._page("certificates", self.ca_certificates.values(), given.get("marker"), _listed)

    def _DescribeCACertificate(self, given: Parameters) -> Answer:  # noqa: N802
        return {"certificateDescription": _found(self.ca_certificates, given["certificateId"])}

    def _ListPolicies(self, given: Parameters) -> Answer:  # noqa: N802
        return self._page("policies", self.policies, given.get("marker"), lambda name: {"policyName": name})

    def _ListPolicyVersions(self, given: Parameters) -> Answer:  # noqa: N802
        versions = _found(self.policies, given["policyName"])
        return {
            "policyVersions": [
                {
                    "versionId": each["policyVersionId"],
                    "isDefaultVersion": each["isDefaultVersion"],
                    "createDate": each.get("createDate", MADE_AT),
                }
                for each in versions
            ]
        }

    def _GetPolicyVersion(self, given: Parameters) -> Answer:  # noqa: N802
        versions = {each["policyVersionId"]: each for each in _found(self.policies, given["policyName"])}
        version: Answer = _found(versions, given["policyVersionId"])
        return version

    def _ListRoleAliases(self, given: Parameters) -> Answer:  # noqa: N802
        return self._page("roleAliases", self.role_aliases, given.get("marker"), lambda name: name)

    def _DescribeRoleAlias(self, given: Parameters) -> Answer:  # noqa: N802
        return {"roleAliasDescription": _found(self.role_aliases, given["roleAlias"])}

    def _GetLoggingOptions(self, _: Parameters) -> Answer:  # noqa: N802
        return self.logging

    def _GetV2LoggingOptions(self, _: Parameters) -> Answer:  # noqa: N802
        if not self.v2_logging:
            raise Refused(404, "NotConfiguredException")
        return self.v2_logging

    def _ListIdentityPools(self, given: Parameters) -> Answer:  # noqa: N802
        page = self._page(
            "IdentityPools", self.pools, given.get("NextToken"), lambda pool: {"IdentityPoolId": pool}
        )
        return {"IdentityPools": page["IdentityPools"], "NextToken": page["nextMarker"]}

    def _DescribeIdentityPool(self, given: Parameters) -> Answer:  # noqa: N802
        pool = _found(self.pools, given["IdentityPoolId"])
        return {name: value for name, value in pool.items() if name not in ("Roles", "RoleMappings")}

    def _GetIdentityPoolRoles(self, given: Parameters) -> Answer:  # noqa: N802
        pool = _found(self.pools, given["IdentityPoolId"])
        return {name: pool[name] for name in ("IdentityPoolId", "Roles", "RoleMappings") if name in pool}

    def _GetRole(self, given: Parameters) -> Answer:  # noqa: N802
        role = _found(self.roles, given["RoleName"], "NoSuchEntity")
        trust = json.dumps(role["AssumeRolePolicyDocument"])
        return {"Role": {"RoleName": role["RoleName"], "Arn": role["Arn"], "AssumeRolePolicyDocument": trust}}

    def _ListRolePolicies(self, given: Parameters) -> Answer:  # noqa: N802
        role = _found(self.roles, given["RoleName"], "NoSuchEntity")
        return {"PolicyNames": [each["PolicyName"] for each in role["RolePolicyList"]], "IsTruncated": "false"}

    def _GetRolePolicy(self, given: Parameters) -> Answer:  # noqa: N802
        role = _found(self.roles, given["RoleName"], "NoSuchEntity")
        inline = {each["PolicyName"]: each["PolicyDocument"] for each in role["RolePolicyList"]}
        return {"PolicyDocument": json.dumps(inline[given["PolicyName"]])}

    def _ListAttachedRolePolicies(self, given: Parameters) -> Answer:  # noqa: N802
        attached = _found(self.roles, given["RoleName"], "NoSuchEntity")["AttachedManagedPolicies"]
        return {"AttachedPolicies": [{k: each[k] for k in ("PolicyName", "PolicyArn")} for each in attached]}

    def _GetPolicy(self, given: Parameters) -> Answer:  # noqa: N802
        return {"Policy": {"Arn": given["PolicyArn"], "DefaultVersionId": "v7"}}

    def _GetManagedPolicyVersion(self, given: Parameters) -> Answer:  # noqa: N802
        documents = {
            each["PolicyArn"]: each["PolicyDocument"]
            for role in self.roles.values()
            for each in role["AttachedManagedPolicies"]
        }
        return {"PolicyVersion": {"VersionId": "v7", "Document": json.dumps(documents[given["PolicyArn"]])}}

    def _GenerateServiceLastAccessedDetails(self, given: Parameters) -> Answer:  # noqa: N802
        return {"JobId": given["Arn"].rpartition("/")[2].ljust(36, "-")}

    def _GetServiceLastAccessedDetails(self, given: Parameters) -> Answer:  # noqa: N802
        services = self.roles[given["JobId"].rstrip("-")]["ServicesLastAccessed"]
        return {"JobStatus": "COMPLETED", "ServicesLastAccessed": services, "IsTruncated": "false"}

    def _AssumeRole(self, _: Parameters) -> Answer:  # noqa: N802
        names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
        given = {name: f"assumed-{name}" for name in names}
        return {"Credentials": {**given, "Expiration": "2100-01-01T00:00:00Z"}}

    def _page(self, members: str, all_: Any, marker: str | None, listed: Callable[[Any], Any]) -> Answer:
        first = int(marker or 0)
        page = list(all_)[first : first + self.page_size]
        following = first + self.page_size
        has_more = following < len(all_)
        return {members: [listed(each) for each in page], "nextMarker": str(following) if has_more else None}


def _listed(described: Answer) -> Answer:
    return {name: described[name] for name in ("certificateId", "certificateArn", "status", "creationDate")}


def _found(resources: Mapping[str, Any], name: str, code: str = "ResourceNotFoundException") -> Any:
    if name not in resources:
        raise Refused(404, code)
    return resources[name]
