"""Connections from a real broker to a real service: wanted through boto3, found by an audit."""

import json
import time
import urllib.request
from pathlib import Path

import pytest
from rich.console import Console

from service.cli.target import service_of_its_own
from service.settings import Settings
from tests.support.boto3_story import enable, ended, findings, start
from tests.support.certificates import certificate, pem
from tests.support.fleet_audit_process import FleetAuditService, fleet_audit
from tests.support.mqtt_server import MqttServer, ServerTls
from tests.support.presence import CERTIFICATE, members
from tests.support.tls_files import TlsFiles
from tests.support.waiting import until

SHARED = "DEVICE_CERTIFICATE_SHARED_CHECK"
DAY_MS = 86_400_000


@pytest.fixture
def tls(tmp_path: Path) -> TlsFiles:
    return TlsFiles(tmp_path)


@pytest.fixture
def server(tmp_path, tls):
    with MqttServer(tmp_path, ServerTls(tls.certificate("broker"), tls.ca), {"feed": "secret"}) as server:
        yield server


@pytest.fixture
def variables(tmp_path, server, tls):
    """The settings of the feed. The broker's authority is one that the machine trusts."""
    password = tmp_path / "password"
    password.write_text("secret\n")
    return {
        "FLEET_AUDIT_MQTT_HOST": "127.0.0.1",
        "FLEET_AUDIT_MQTT_PORT": str(server.port),
        "FLEET_AUDIT_MQTT_VERSION": "3.1.1",
        "FLEET_AUDIT_MQTT_USERNAME": "feed",
        "FLEET_AUDIT_MQTT_PASSWORD_FILE": str(password),
        "SSL_CERT_FILE": str(tls.ca),
    }


def feed_of(service):
    """What is seen of the feed from outside; the service is ready whatever that is."""
    with urllib.request.urlopen(f"{service.url}/health/ready", timeout=10) as answer:
        return json.load(answer)["presenceFeed"]


def overlapping(*clients: str) -> list[tuple[str, str]]:
    """Connections of these clients with one certificate, all a day ago and for an hour."""
    began = round(time.time() * 1000) - DAY_MS
    events = [
        members(event_type, clientId=client, timestamp=at, sessionIdentifier=f"session of {client}")
        for client in clients
        for event_type, at in (("connected", began), ("disconnected", began + 3_600_000))
    ]
    return [
        (f"$aws/events/presence/{event['eventType']}/{event['clientId']}", json.dumps(event)) for event in events
    ]


def test_a_certificate_that_several_devices_use_is_found(tmp_path, server, variables):
    with FleetAuditService(tmp_path, variables) as service:
        client = service.client()
        assert feed_of(service)["state"] == "off"
        enable(client, SHARED)
        until(lambda: feed_of(service)["state"] == "connected")
        server.publish(*overlapping("door-1", "door-2"))
        until(lambda: feed_of(service)["recorded"] == 4)

        service.stop()
        server.publish(*overlapping("door-3"))
    with FleetAuditService(tmp_path, variables) as service:
        client = service.client()
        until(lambda: feed_of(service).get("recorded") == 2)
        task_id = start(client, SHARED)
        ended(client, task_id)
        [found] = findings(client, taskId=task_id)
        assert found["nonCompliantResource"]["resourceIdentifier"]["deviceCertificateId"] == CERTIFICATE
        related = {each["resourceIdentifier"]["clientId"] for each in found["relatedResources"]}
        assert related == {"door-1", "door-2", "door-3"}

        client.update_account_audit_configuration(auditCheckConfigurations={SHARED: {"enabled": False}})
        until(lambda: feed_of(service)["state"] == "off")


def test_a_broker_that_is_away_is_seen_and_leaves_the_service_ready(tmp_path, server, variables):
    server.kill()
    with FleetAuditService(tmp_path, variables) as service:
        enable(service.client(), SHARED)
        until(lambda: feed_of(service).get("problem"))
        assert feed_of(service) == {
            "state": "connecting",
            "problem": "The broker is not connected.",
            "recorded": 0,
            "rejected": 0,
            "dropped": 0,
        }
        assert service.stop() < 10


def test_an_audit_of_files_takes_no_messages_from_a_service(tmp_path, variables):
    device = tmp_path / "device.pem"
    device.write_text(pem(certificate()))
    chosen = Settings.from_environ(variables)
    with service_of_its_own([device], chosen, Console(quiet=True)) as target:
        answer = urllib.request.urlopen(f"{target.client.meta.endpoint_url}/health/ready", timeout=10)
        with answer:
            assert json.load(answer) == {"status": "ready"}


def test_a_wrong_setting_stops_the_start_with_its_name(tmp_path):
    done = fleet_audit("serve", home=tmp_path, FLEET_AUDIT_MQTT_HOST="mqtts://example.com")
    assert done.returncode == 1
    assert "FLEET_AUDIT_MQTT_HOST must be a host name or an address" in done.stderr


def test_the_settings_are_listed(tmp_path):
    shown = fleet_audit("serve", "--help", home=tmp_path).stdout
    names = (
        "HOST",
        "PORT",
        "VERSION",
        "TLS",
        "CA_FILE",
        "CERTIFICATE_FILE",
        "KEY_FILE",
        "USERNAME",
        "PASSWORD_FILE",
    )
    for name in (*names, "TOPICS", "CLIENT_ID"):
        assert f"FLEET_AUDIT_MQTT_{name}" in shown
