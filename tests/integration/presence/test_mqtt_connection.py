"""How the feed gets to a broker, is refused by it, loses it and comes back."""

import gc
import socket
import threading
from contextlib import ExitStack
from dataclasses import replace

import pytest

from tests.support.mqtt_server import MqttServer, ServerTls
from tests.support.presence_feed import connected
from tests.support.tcp_relay import tcp_relay
from tests.support.tls_files import TlsFiles
from tests.support.waiting import until
from workers.presence.mqtt_broker import MqttBroker, MqttTls

pytestmark = pytest.mark.filterwarnings("ignore:Exception ignored in. <ssl.SSLSocket:pytest.PytestWarning")

SOON = 2.0
"""Seconds in which the feed has to stop, whatever it is about."""


@pytest.fixture
def collected():
    """Collect sockets on which TLS failed, since Paho leaves them to the collector, and Python warns of that."""
    yield
    for thread in threading.enumerate():
        if thread.name == "presence feed connecting":
            thread.join(10)
    gc.collect()


class TestReconnecting:
    def test_after_the_broker_was_restarted(self, server, broker, feed_of):
        work = feed_of(broker)
        work.wait_until_connected()
        server.kill()
        until(lambda: work.feed.state.state == "connecting")
        server.start()
        server.publish(connected("door-1"))
        work.wait_for("door-1")
        assert work.feed.state.problem is None

    def test_after_the_connection_was_cut(self, server, broker, feed_of):
        with tcp_relay(server.port) as relay:
            work = feed_of(replace(broker, port=relay.port))
            work.wait_until_connected()
            for number in range(2):
                relay.cut()
                server.publish(connected(f"door-{number}"))
                work.wait_for(*(f"door-{each}" for each in range(number + 1)))
            assert relay.connections == 3
            work.stop()

    def test_a_broker_that_is_away_at_the_start_is_tried_again(self, server, broker, feed_of):
        server.kill()
        work = feed_of(broker)
        work.wait_for_problem("refused")
        assert work.feed.state.state == "connecting"
        server.start()
        work.wait_until_connected()


@pytest.mark.usefixtures("collected")
class TestTls:
    @pytest.fixture
    def files(self, tmp_path):
        return TlsFiles(tmp_path)

    @pytest.fixture
    def server(self, tmp_path, files):
        with MqttServer(tmp_path, ServerTls(files.certificate("broker"), files.ca)) as server:
            yield server

    @pytest.fixture
    def broker(self, broker, files):
        return replace(broker, tls=MqttTls(files.ca))

    def test_a_broker_that_our_authority_vouches_for(self, server, broker, feed_of):
        work = feed_of(broker)
        work.wait_until_connected()
        server.publish(connected("door-1"))
        work.wait_for("door-1")

    def test_a_broker_whose_authority_the_machine_does_not_know(self, broker, feed_of):
        work = feed_of(replace(broker, tls=MqttTls()))
        work.wait_for_problem("certificate verify failed")
        assert work.feed.state.state == "connecting"

    def test_a_broker_that_another_authority_vouches_for(self, broker, feed_of, tmp_path):
        other = TlsFiles(tmp_path, "other", number=2_000_000)
        feed_of(replace(broker, tls=MqttTls(other.ca))).wait_for_problem("certificate verify failed")

    def test_a_broker_whose_certificate_is_for_another_address(self, broker, feed_of):
        feed_of(replace(broker, host="localhost")).wait_for_problem("certificate is not valid for 'localhost'")

    def test_a_broker_that_speaks_no_tls(self, tmp_path, broker, feed_of):
        (tmp_path / "plain").mkdir()
        with MqttServer(tmp_path / "plain") as plain:
            work = feed_of(replace(broker, port=plain.port))
            until(lambda: work.feed.state.problem)
            assert work.feed.state.state == "connecting"


@pytest.mark.usefixtures("collected")
class TestClientCertificates:
    @pytest.fixture
    def files(self, tmp_path):
        return TlsFiles(tmp_path)

    @pytest.fixture
    def server(self, tmp_path, files):
        tls = ServerTls(files.certificate("broker"), files.ca, requires_certificate=True)
        with MqttServer(tmp_path, tls) as server:
            yield server

    def test_with_a_certificate_of_ours(self, broker, files, feed_of):
        own = MqttTls(files.ca, *files.certificate("fleet-audit"))
        feed_of(replace(broker, tls=own)).wait_until_connected()

    def test_without_one(self, broker, files, feed_of):
        work = feed_of(replace(broker, tls=MqttTls(files.ca)))
        work.wait_for_problem("before it accepted us")
        assert work.feed.state.state == "connecting"

    def test_with_one_of_another_authority(self, broker, files, feed_of, tmp_path):
        other = TlsFiles(tmp_path, "other", number=2_000_000)
        own = MqttTls(files.ca, *other.certificate("stranger"))
        feed_of(replace(broker, tls=own)).wait_for_problem("before it accepted us")


class TestPasswords:
    @pytest.fixture
    def server(self, tmp_path):
        with MqttServer(tmp_path, passwords={"feed": "secret"}) as server:
            yield server

    @pytest.fixture
    def password(self, tmp_path):
        path = tmp_path / "password"
        path.write_text("secret\n")
        return path

    @pytest.fixture
    def broker(self, broker, password):
        return replace(broker, username="feed", password_file=password)

    def test_the_right_one(self, server, broker, feed_of):
        work = feed_of(broker)
        work.wait_until_connected()
        server.publish(connected("door-1"))
        work.wait_for("door-1")

    def test_a_wrong_one_until_the_file_is_put_right(self, broker, password, feed_of):
        password.write_text("wrong\n")
        work = feed_of(broker)
        work.wait_for_problem("Not authorized")
        password.write_text("secret\n")
        work.wait_until_connected()

    def test_none(self, broker, feed_of):
        feed_of(replace(broker, username=None, password_file=None)).wait_for_problem("Not authorized")

    def test_a_topic_that_is_not_for_us(self, server, broker, feed_of):
        server.kill()
        server.refused_topics = ["$aws.>"]
        server.start()
        work = feed_of(broker)
        work.wait_for_problem("refuses the topic $aws/events/presence/connected/+")
        assert work.feed.state.state == "connecting"


class TestStopping:
    def test_while_connected(self, broker, feed_of):
        work = feed_of(broker)
        work.wait_until_connected()
        assert work.stop() < SOON

    def test_while_the_broker_hangs(self, server, broker, feed_of):
        work = feed_of(broker)
        work.wait_until_connected()
        server.pause()
        assert work.stop() <= SOON + 0.5
        server.go_on()

    def test_while_the_broker_is_away(self, server, broker, feed_of):
        server.kill()
        work = feed_of(broker)
        work.wait_for_problem("refused")
        assert work.stop() < SOON

    @pytest.mark.usefixtures("collected")
    @pytest.mark.parametrize("tls", [None, MqttTls()], ids=["plain", "TLS"])
    def test_while_a_broker_says_nothing(self, broker, feed_of, tls):
        with socket.create_server(("127.0.0.1", 0)) as silent, ExitStack() as at_end:
            work = feed_of(replace(broker, port=silent.getsockname()[1], tls=tls))
            at_end.enter_context(silent.accept()[0])
            assert work.stop() < SOON

    def test_while_the_store_is_away(self, server, broker, feed_of):
        work = feed_of(broker)
        work.wait_until_connected()
        work.store_is_away = True
        server.publish(connected("door-1"))
        work.wait_for_problem("away")
        assert work.stop() < SOON

    def test_before_it_began(self, broker: MqttBroker, feed_of):
        assert feed_of(broker, is_collecting=False).stop() < SOON
