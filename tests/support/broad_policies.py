"""Policies that allow everything, to import."""

import json


def policies(count: int) -> list[bytes]:
    """So many of them, one record a piece."""
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}]}
    shared = {"resourceType": "IOT_POLICY", "policyVersionId": "1", "isDefaultVersion": True}
    return [
        json.dumps({**shared, "policyName": f"policy-{number}", "policyDocument": json.dumps(document)}).encode()
        + b"\n"
        for number in range(count)
    ]
