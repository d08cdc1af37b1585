"""An account that allows so many calls a second is read at that rate."""

import threading
import time

import pytest

from tests.support.aws_account import Refused
from tests.support.linked import devices
from workers.inventory.kinds import DEVICE_CERTIFICATES

CALLS_A_SECOND = 40
BURST = 10


@pytest.fixture
def account():
    return devices(80)


class TokenBucket:
    """What AWS lets pass."""

    def __init__(self) -> None:
        self._tokens = float(BURST)
        self._at = time.monotonic()
        self._lock = threading.Lock()
        self.throttled = 0

    def take(self) -> None:
        with self._lock:
            now = time.monotonic()
            self._tokens = min(BURST, self._tokens + (now - self._at) * CALLS_A_SECOND)
            self._at = now
            if self._tokens < 1:
                self.throttled += 1
                raise Refused(400, "ThrottlingException", "Rate exceeded")
            self._tokens -= 1


def test_what_is_throttled_is_read_all_the_same(reading, server, account, monkeypatch):
    monkeypatch.delenv("AWS_MAX_ATTEMPTS")
    bucket = TokenBucket()

    def answer(given, _):
        bucket.take()
        return account.answer("DescribeCertificate", given)

    server.instead("DescribeCertificate", answer)
    assert reading.outcome(DEVICE_CERTIFICATES).resources == 80
    assert bucket.throttled < 80
