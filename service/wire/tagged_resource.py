"""Which of our resources an ARN names."""

import re

from events.errors import InvalidRequest, NotFound

_ARN = re.compile(r"arn:([a-z-]{1,32}):([a-z0-9-]{1,64}):([a-z0-9-]{0,64}):([0-9]{0,12}):([^\x00-\x20]{1,1024})")
_SCHEDULED_AUDIT = re.compile(r"scheduledaudit/([a-zA-Z0-9_-]{1,128})")


def scheduled_audit_name(arn: str, region: str, account: str) -> str:
    """Return the name in the ARN of a scheduled audit: they are what can be tagged.

    Raises:
        InvalidRequest: The text is no ARN.
        NotFound: It is the ARN of another account, region, service or kind of resource.
    """
    parts = _ARN.fullmatch(arn)
    if parts is None:
        raise InvalidRequest("resourceArn is not an ARN, such as arn:aws:iot:region:account:scheduledaudit/name.")
    named = _SCHEDULED_AUDIT.fullmatch(parts[5])
    if named is None or parts.group(1, 2, 3, 4) != ("aws", "iot", region, account):
        raise NotFound("There is no resource with this resourceArn.")
    return named[1]
