"""Records of role aliases, IAM roles and identity pools, as AWS's own describe outputs have them."""

from typing import Any

ROLE_ARN = "arn:aws:iam::000000000000:role/devices/Upload"
GUEST_ARN = "arn:aws:iam::000000000000:role/Guests"
EDITOR_ARN = "arn:aws:iam::000000000000:role/Editors"
ALIAS_ARN = "arn:aws:iot:us-east-1:000000000000:rolealias/Upload"
MANAGED_ARN = "arn:aws:iam::aws:policy/AWSIoTDataAccess"

NOTHING = '{"Version": "2012-10-17", "Statement": []}'

ROLE_ALIAS: dict[str, Any] = {
    "resourceType": "ROLE_ALIAS",
    "roleAlias": "Upload",
    "roleAliasArn": ALIAS_ARN,
    "roleArn": ROLE_ARN,
    "owner": "000000000000",
    "credentialDurationSeconds": 3600,
    "creationDate": 1767225600.123,
    "lastModifiedDate": "2026-01-02T00:00:00Z",
}
ROLE: dict[str, Any] = {
    "resourceType": "IAM_ROLE",
    "Path": "/devices/",
    "RoleName": "Upload",
    "RoleId": "AROA000000000EXAMPLE",
    "Arn": ROLE_ARN,
    "AssumeRolePolicyDocument": NOTHING,
    "RolePolicyList": [{"PolicyName": "inline", "PolicyDocument": NOTHING}],
    "AttachedManagedPolicies": [
        {"PolicyName": "AWSIoTDataAccess", "PolicyArn": MANAGED_ARN, "PolicyDocument": NOTHING}
    ],
    "ServicesLastAccessed": [
        {"ServiceName": "AWS IoT", "ServiceNamespace": "iot", "LastAuthenticated": "2026-01-01T00:00:00Z"},
        {"ServiceName": "Amazon S3", "ServiceNamespace": "s3"},
    ],
}
IDENTITY_POOL: dict[str, Any] = {
    "resourceType": "IDENTITY_POOL",
    "IdentityPoolId": "us-east-1:5a6b7c8d-0000-1111-2222-333344445555",
    "IdentityPoolName": "App users",
    "AllowUnauthenticatedIdentities": True,
    "Roles": {"authenticated": ROLE_ARN, "unauthenticated": GUEST_ARN},
    "RoleMappings": {
        "graph.facebook.com": {
            "Type": "Rules",
            "AmbiguousRoleResolution": "Deny",
            "RulesConfiguration": {
                "Rules": [{"Claim": "isEditor", "MatchType": "Equals", "Value": "yes", "RoleARN": EDITOR_ARN}]
            },
        }
    },
}
