"""Signs what our own commands ask of a service, as boto3 does, where the environment says who asks."""

from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256

from service.cli.environment import has_own_credentials, signing_region

SERVICE = "iot"


def signed(method: str, url: str, headers: Mapping[str, str], body_sha256: str | None = None) -> dict[str, str]:
    """The headers of a request, with a signature if there are credentials of boto3's; else as they are.

    `body_sha256` is of the body that will be sent, in hex; None: there is none.
    """
    if not has_own_credentials():
        return dict(headers)
    # Loading botocore takes longer than most commands, so those that need none do not.
    from botocore.auth import SigV4Auth  # noqa: PLC0415
    from botocore.awsrequest import AWSRequest  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415
    from botocore.session import get_session  # noqa: PLC0415

    credentials = None
    with suppress(BotoCoreError):
        # A profile that is not there signs nothing; a service that wants a signature says so.
        credentials = get_session().get_credentials()
    if credentials is None:
        return dict(headers)
    request = AWSRequest(method, url, headers=dict(headers))
    request.headers["X-Amz-Content-SHA256"] = sha256().hexdigest() if body_sha256 is None else body_sha256
    SigV4Auth(credentials, SERVICE, signing_region()).add_auth(request)
    return dict(request.headers.items())
