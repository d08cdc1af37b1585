from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from service.settings import SettingError, Settings
from tests.support.certificates import certificate, pem, private_key
from workers.presence.mqtt_broker import AWS_TOPICS, MqttBroker, MqttTls

HOST = {"FLEET_AUDIT_MQTT_HOST": "mqtt.example.com"}


def key_pem(number: int = 1, passphrase: bytes | None = None) -> str:
    encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    key = private_key(number=number)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode()


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    contents = {
        "ca": pem(certificate("ca", is_ca=True)),
        "certificate": pem(certificate("fleet-audit")),
        "key": key_pem(),
        "both": pem(certificate("fleet-audit")) + key_pem(),
        "other-key": key_pem(2),
        "locked-key": key_pem(passphrase=b"secret"),
        "password": "pass word\n",
        "text": "not PEM",
    }
    for name, text in contents.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "binary").write_bytes(b"\xff\xfe\xff")
    return {path.name: path for path in tmp_path.iterdir()}


def broker_of(variables: dict[str, str]) -> MqttBroker | None:
    return Settings.from_environ(HOST | variables).mqtt_broker


def test_without_a_host_there_is_no_feed():
    assert Settings.from_environ({}).mqtt_broker is None


def test_a_host_is_enough():
    assert broker_of({"FLEET_AUDIT_ACCOUNT": "123456789012"}) == MqttBroker(
        host="mqtt.example.com",
        port=8883,
        client_id="fleet-audit-123456789012",
        topics=AWS_TOPICS,
        version="5",
        tls=MqttTls(),
        username=None,
        password_file=None,
    )


def test_without_tls_the_port_is_another():
    broker = broker_of({"FLEET_AUDIT_MQTT_TLS": "false"})
    assert broker is not None
    assert (broker.port, broker.tls) == (1883, None)


def test_every_variable_is_read(files):
    broker = broker_of(
        {
            "FLEET_AUDIT_MQTT_PORT": "443",
            "FLEET_AUDIT_MQTT_TLS": "true",
            "FLEET_AUDIT_MQTT_CA_FILE": str(files["ca"]),
            "FLEET_AUDIT_MQTT_CERTIFICATE_FILE": str(files["certificate"]),
            "FLEET_AUDIT_MQTT_KEY_FILE": str(files["key"]),
            "FLEET_AUDIT_MQTT_USERNAME": "feed",
            "FLEET_AUDIT_MQTT_PASSWORD_FILE": str(files["password"]),
            "FLEET_AUDIT_MQTT_TOPICS": "presence/+/connected, presence/#,presence/#",
            "FLEET_AUDIT_MQTT_CLIENT_ID": "audit-1",
            "FLEET_AUDIT_MQTT_VERSION": "3.1.1",
        }
    )
    assert broker == MqttBroker(
        host="mqtt.example.com",
        port=443,
        client_id="audit-1",
        topics=("presence/+/connected", "presence/#"),
        version="3.1.1",
        tls=MqttTls(files["ca"], files["certificate"], files["key"]),
        username="feed",
        password_file=files["password"],
    )
    assert broker.password() == "pass word"


def test_a_key_may_be_in_the_file_of_its_certificate(files):
    broker = broker_of({"FLEET_AUDIT_MQTT_CERTIFICATE_FILE": str(files["both"])})
    assert broker is not None
    assert broker.tls == MqttTls(None, files["both"], None)


@pytest.mark.parametrize(
    ("variables", "named", "allowed"),
    [
        ({"HOST": "mqtts://mqtt.example.com"}, "HOST", "without a scheme"),
        ({"HOST": "", "PORT": "1883"}, "HOST", "must be given when FLEET_AUDIT_MQTT_PORT is"),
        ({"PORT": "0"}, "PORT", "1 to 65535"),
        ({"TLS": "yes"}, "TLS", "true or false"),
        ({"CA_FILE": "no/such/file"}, "CA_FILE", "file that exists"),
        ({"CA_FILE": "@text"}, "CA_FILE", "PEM certificates"),
        ({"CA_FILE": "@ca", "TLS": "false"}, "CA_FILE", "only with FLEET_AUDIT_MQTT_TLS=true"),
        ({"CERTIFICATE_FILE": "@text"}, "CERTIFICATE_FILE", "with its key"),
        ({"CERTIFICATE_FILE": "@certificate"}, "CERTIFICATE_FILE", "in FLEET_AUDIT_MQTT_KEY_FILE"),
        ({"CERTIFICATE_FILE": "@certificate", "KEY_FILE": "@other-key"}, "CERTIFICATE_FILE", "with its key"),
        ({"CERTIFICATE_FILE": "@certificate", "KEY_FILE": "@locked-key"}, "KEY_FILE", "without a passphrase"),
        ({"CERTIFICATE_FILE": "@both", "TLS": "false"}, "CERTIFICATE_FILE", "FLEET_AUDIT_MQTT_TLS=true"),
        ({"KEY_FILE": "@key"}, "KEY_FILE", "only with FLEET_AUDIT_MQTT_CERTIFICATE_FILE"),
        ({"PASSWORD_FILE": "@password"}, "PASSWORD_FILE", "only with FLEET_AUDIT_MQTT_USERNAME"),
        ({"PASSWORD_FILE": "@binary", "USERNAME": "feed"}, "PASSWORD_FILE", "UTF-8"),
        ({"TOPICS": ","}, "TOPICS", "presence/connected/+"),
        ({"TOPICS": "presence/#/x"}, "TOPICS", "presence/connected/+"),
        ({"TOPICS": "presence/con+"}, "TOPICS", "presence/connected/+"),
        ({"CLIENT_ID": "a b"}, "CLIENT_ID", "128 ASCII characters"),
        ({"CLIENT_ID": "a" * 129}, "CLIENT_ID", "128 ASCII characters"),
        ({"VERSION": "4"}, "VERSION", "5 or 3.1.1"),
    ],
)
def test_a_wrong_value_is_refused_by_name_with_what_is_allowed(files, variables, named, allowed):
    given = {
        f"FLEET_AUDIT_MQTT_{name}": str(files[value[1:]]) if value.startswith("@") else value
        for name, value in variables.items()
    }
    with pytest.raises(SettingError) as refused:
        Settings.from_environ(HOST | given)
    assert f"FLEET_AUDIT_MQTT_{named}" in str(refused.value)
    assert allowed in str(refused.value)


def test_a_password_is_nowhere_in_the_settings(files):
    settings = Settings.from_environ(
        HOST | {"FLEET_AUDIT_MQTT_USERNAME": "feed", "FLEET_AUDIT_MQTT_PASSWORD_FILE": str(files["password"])}
    )
    assert "pass word" not in repr(settings)
