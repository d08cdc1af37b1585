"""The settings of the presence feed: `FLEET_AUDIT_MQTT_*`."""

import re
from collections.abc import Callable
from pathlib import Path

from events.vocabulary import AccountId
from service.variables import SettingError, Variables
from workers.presence.mqtt_broker import AWS_TOPICS, VERSIONS, MqttBroker, MqttTls, is_topic_filter

HOST = "FLEET_AUDIT_MQTT_HOST"
PORT = "FLEET_AUDIT_MQTT_PORT"
TLS = "FLEET_AUDIT_MQTT_TLS"
CA_FILE = "FLEET_AUDIT_MQTT_CA_FILE"
CERTIFICATE_FILE = "FLEET_AUDIT_MQTT_CERTIFICATE_FILE"
KEY_FILE = "FLEET_AUDIT_MQTT_KEY_FILE"
USERNAME = "FLEET_AUDIT_MQTT_USERNAME"
PASSWORD_FILE = "FLEET_AUDIT_MQTT_PASSWORD_FILE"  # noqa: S105 - a name
TOPICS = "FLEET_AUDIT_MQTT_TOPICS"
CLIENT_ID = "FLEET_AUDIT_MQTT_CLIENT_ID"
VERSION = "FLEET_AUDIT_MQTT_VERSION"

NAMES = (
    PORT, TLS, CA_FILE, CERTIFICATE_FILE, KEY_FILE, USERNAME, PASSWORD_FILE, TOPICS, CLIENT_ID, VERSION,
)  # fmt: skip

PORTS = {True: 8883, False: 1883}
"""IANA's, with and without TLS."""

_HOST = re.compile(r"[^\s/@]{1,255}")
_CLIENT_ID = re.compile(r"[!-~]{1,128}")


def mqtt_broker(given: Variables, account: AccountId) -> MqttBroker | None:
    """Read the settings; None without a host. Raise SettingError for the first one that is wrong."""
    if not given.text(HOST, ""):
        useless = [name for name in NAMES if given.text(name, "")]
        if useless:
            raise SettingError(f"{HOST} must be given when {useless[0]} is.")
        return None
    tls = _tls(given)
    username = given.text(USERNAME, "") or None
    broker = MqttBroker(
        host=given.matching(HOST, "", _HOST, "a host name or an address, without a scheme or a port"),
        port=given.whole_number(PORT, PORTS[tls is not None], 1, 65_535),
        client_id=given.matching(
            CLIENT_ID, f"fleet-audit-{account}", _CLIENT_ID, "at most 128 ASCII characters without blanks"
        ),
        topics=_topics(given.text(TOPICS, ",".join(AWS_TOPICS))),
        version=given.choice(VERSION, VERSIONS[0], VERSIONS),
        tls=tls,
        username=username,
        password_file=_needs(given.file(PASSWORD_FILE), PASSWORD_FILE, username, USERNAME),
    )
    _require_readable(broker)
    return broker


def _tls(given: Variables) -> MqttTls | None:
    is_on = given.switch(TLS, default=True)
    tls = MqttTls(given.file(CA_FILE), given.file(CERTIFICATE_FILE), given.file(KEY_FILE))
    for name, path in ((CA_FILE, tls.ca_file), (CERTIFICATE_FILE, tls.certificate_file)):
        _needs(path, name, is_on or None, f"{TLS}=true")
    _needs(tls.key_file, KEY_FILE, tls.certificate_file, CERTIFICATE_FILE)
    return tls if is_on else None


def _needs(value: Path | None, name: str, other: object, other_name: str) -> Path | None:
    if value is not None and other is None:
        raise SettingError(f"{name} is of use only with {other_name}.")
    return value


def _topics(text: str) -> tuple[str, ...]:
    topics = tuple(dict.fromkeys(topic for each in text.split(",") if (topic := each.strip())))
    wrong = [topic for topic in topics if not is_topic_filter(topic)]
    if wrong or not topics:
        raise SettingError(
            f"{TOPICS} must be MQTT topic filters such as presence/connected/+, separated by commas, "
            f"and is {text!r}."
        )
    return topics


def _require_readable(broker: MqttBroker) -> None:
    """Read what will be read at each connect, so that a wrong file is not first noticed in the night."""
    tls = broker.tls or MqttTls()
    _readable(CA_FILE, "PEM certificates", lambda: MqttTls(tls.ca_file).context())
    _readable(
        CERTIFICATE_FILE,
        f"a certificate in PEM, with its key without a passphrase, in the same file or in {KEY_FILE}",
        lambda: MqttTls(None, tls.certificate_file, tls.key_file).context(),
    )
    _readable(PASSWORD_FILE, "a file with a password in UTF-8", broker.password)


def _readable(name: str, allowed: str, read: Callable[[], object]) -> None:
    try:
        read()
    except (OSError, ValueError) as error:
        raise SettingError(f"{name} must be {allowed}, which could not be read: {error}.") from error
