"""moto's server, as a process of its own, with a fleet that was put into it before.

`python -m tests.support.moto_process COUNT TODAY` prints its URL and serves until its standard input ends.
"""

import json
import sys
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509

from tests.support.certificates import certificate, pem
from tests.support.serving_process import serving_process

MOTO_ACCOUNT = "123456789012"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

BROAD = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}]}
NARROW = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "iot:Publish", "Resource": f"arn:aws:iot:us-east-1:{MOTO_ACCOUNT}:topic/a"}
    ],
}


def device(number: int, today: int) -> x509.Certificate:
    """A device's certificate; every hundredth expires within a week. `today` is a day's number."""
    day = EPOCH + timedelta(days=today)
    ends = day + timedelta(days=3 if number % 100 == 0 else 900)
    return certificate(f"device-{number}", not_before=day - timedelta(days=100), not_after=ends)


def moto_server(count: int, today: int) -> AbstractContextManager[str]:
    """The URL of a server with so many certificates, three policies and a role alias."""
    return serving_process("-m", "tests.support.moto_process", count, today)


def main(count: int, today: int) -> None:
    from moto.core.config import default_user_config  # noqa: PLC0415 - a second, and only this process needs it
    from moto.iam.models import iam_backends  # noqa: PLC0415
    from moto.iot.models import iot_backends  # noqa: PLC0415
    from moto.moto_server.threaded_moto_server import ThreadedMotoServer  # noqa: PLC0415

    default_user_config["iot"] = {"use_valid_cert": True}  # ids as AWS has them
    iot: Any = iot_backends[MOTO_ACCOUNT]["us-east-1"]
    for number in range(count):
        iot.register_certificate_without_ca(pem(device(number, today)), "ACTIVE")
    iot.create_policy("Broad", json.dumps(BROAD))
    iot.create_policy("Narrow", json.dumps(NARROW))
    iot.create_policy("Mended", json.dumps(BROAD))
    iot.create_policy_version("Mended", json.dumps(NARROW), set_as_default=True)
    role = iam_backends[MOTO_ACCOUNT]["aws"].create_role(
        role_name="Camera",
        assume_role_policy_document=json.dumps({"Version": "2012-10-17", "Statement": []}),
        path="/",
        permissions_boundary=None,
        description="",
        tags=[],
        max_session_duration="3600",
    )
    iam_backends[MOTO_ACCOUNT]["aws"].put_role_policy("Camera", "all", json.dumps(BROAD))
    iot.create_role_alias("CameraAlias", role.arn, 3600)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    sys.stdout.write(f"http://{host}:{port}\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
