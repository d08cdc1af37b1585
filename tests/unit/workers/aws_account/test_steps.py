"""A reading goes on where it was left, is done once for an audit, and stops when nobody waits for it."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.support.aws_account import Refused
from tests.support.given import NOON
from tests.support.linked import ACCOUNT, devices, linked
from workers.aws_account.outcome import AccountRead, Progress
from workers.inventory.kinds import CA_CERTIFICATES, DEVICE_CERTIFICATES

PATIENCE = 30
DESCRIBE = "iot:DescribeCertificate"


@pytest.fixture
def account():
    made = devices(240)
    made.page_size = 60
    return made


def test_a_step_that_is_too_short_is_gone_on_with_and_nothing_is_asked_twice(server, tmp_path):
    # A clock on which each call takes a second.
    with linked(tmp_path, 50.0, lambda: float(server.calls.total())) as reading:
        since = reading.clock.now()
        steps = 0
        while isinstance(read := reading.read(DEVICE_CERTIFICATES, since=since), Progress):
            steps += 1
            assert set(read.resources) == {"DEVICE_CERTIFICATE"}
            assert steps < 20
        assert isinstance(read, AccountRead)
        assert len(reading.keys(DEVICE_CERTIFICATES)) == 240
    assert steps > 3
    # What was out when a step ended is asked for again: as many as there are threads.
    assert 240 <= server.calls[DESCRIBE] <= 240 + 8 * steps
    assert server.calls["iot:ListCertificates"] <= 4 + steps


def test_a_listing_whose_place_the_endpoint_has_forgotten_begins_again(server, account, tmp_path):
    with linked(tmp_path, 3.0, lambda: float(server.calls.total())) as reading:
        since = reading.clock.now()
        assert isinstance(reading.read(DEVICE_CERTIFICATES, since=since), Progress)
        forgotten = server.calls["iot:ListCertificates"] + 1

        def answer(given, count):
            if count == forgotten:
                assert "marker" in given
                raise Refused(400, "InvalidRequestException")
            return account.answer("ListCertificates", given)

        server.instead("ListCertificates", answer)
        assert isinstance(reading.read(DEVICE_CERTIFICATES, since=since), Progress)
    with linked(tmp_path) as reading:
        assert reading.outcome(DEVICE_CERTIFICATES).resources == 240


def test_what_was_described_before_a_process_died_is_not_described_again(server, tmp_path):
    def die_after_100(given, count):
        if count > 100:
            raise Refused(403, "ExpiredTokenException")
        return server.account.answer("DescribeCertificate", given)

    server.instead("DescribeCertificate", die_after_100)
    with linked(tmp_path) as died:
        assert died.failure(DEVICE_CERTIFICATES)
    server.as_usual()
    server.calls.clear()
    with linked(tmp_path) as reading:
        reading.clock.advance(timedelta(hours=1))
        assert reading.outcome(DEVICE_CERTIFICATES).resources == 240
    assert server.calls[DESCRIBE] <= 140 + 8


@pytest.mark.parametrize("operation", ["AssumeRole", "ListCertificates", "DescribeCertificate"])
def test_an_operation_that_is_never_answered_keeps_nobody_from_canceling(server, tmp_path, operation):
    def never(*_):
        server.closing.wait(PATIENCE)
        raise Refused(500, "InternalFailureException")

    server.instead(operation, never)
    with linked(tmp_path) as reading:
        began = time.monotonic()
        assert reading.read(DEVICE_CERTIFICATES, is_wanted=lambda: time.monotonic() < began + 1.0) is None
        assert time.monotonic() < began + 5
        server.closing.set()


def test_several_that_ask_at_once_have_it_read_once(server, tmp_path):
    with linked(tmp_path) as reading, ThreadPoolExecutor(4) as checks:
        since = reading.clock.now()
        reads = list(checks.map(lambda _: reading.read(DEVICE_CERTIFICATES, since=since), range(4)))
    assert all(isinstance(read, AccountRead) for read in reads)
    assert server.calls["iot:ListCertificates"] == 4
    assert server.calls[DESCRIBE] == 240


def test_a_failure_is_shared_too(server, tmp_path):
    server.refuse("ListCACertificates", 403, "AccessDeniedException")
    with linked(tmp_path) as reading:
        since = reading.clock.now()
        failures = [reading.failure(CA_CERTIFICATES, since=since) for _ in range(3)]
        assert len(set(failures)) == 1
        assert server.calls["iot:ListCACertificates"] == 1
        assert reading.failure(CA_CERTIFICATES, since=reading.later())
    assert server.calls["iot:ListCACertificates"] == 2


def test_only_what_is_asked_for_is_read(server, tmp_path):
    with linked(tmp_path) as reading:
        reading.outcome(CA_CERTIFICATES)
    assert set(server.calls) == {"sts:AssumeRole", "iot:ListCACertificates"}


def test_a_users_import_is_waited_for(server, tmp_path):
    with linked(tmp_path) as reading, ThreadPoolExecutor(1) as check:
        with reading.inventory.begin_import(ACCOUNT, replace=False, now=NOON):
            listed = threading.Event()

            def note(*_):
                listed.set()
                return {"certificates": []}

            server.instead("ListCACertificates", note)
            read = check.submit(reading.read, CA_CERTIFICATES)
            assert listed.wait(PATIENCE)
            assert not read.done()
        assert isinstance(read.result(PATIENCE), AccountRead)
        assert reading.is_listed(CA_CERTIFICATES)
