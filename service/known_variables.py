"""The names that settings have: a variable of another name is a typing error, which nobody would notice."""

from collections.abc import Mapping
from difflib import get_close_matches

PREFIX = "FLEET_AUDIT_"

KNOWN = (
    "FLEET_AUDIT_ACCOUNT",
    "FLEET_AUDIT_ALLOWED_HOSTS",
    "FLEET_AUDIT_ARCHIVE_DIR",
    "FLEET_AUDIT_ASSUME_ROLE",
    "FLEET_AUDIT_CHECKPOINT_KEY",
    "FLEET_AUDIT_CHECKPOINT_KEY_FILE",
    "FLEET_AUDIT_CHECKPOINT_ORIGIN",
    "FLEET_AUDIT_CLOCK",
    "FLEET_AUDIT_CLOCK_ANYWHERE",
    "FLEET_AUDIT_CREDENTIALS_KEY",
    "FLEET_AUDIT_CREDENTIALS_KEY_FILE",
    "FLEET_AUDIT_CRL_ALLOW",
    "FLEET_AUDIT_DATABASE_URL",
    "FLEET_AUDIT_DATABASE_URL_FILE",
    "FLEET_AUDIT_DATA_DIR",
    "FLEET_AUDIT_HOST",
    "FLEET_AUDIT_IDLE_TIMEOUT",
    "FLEET_AUDIT_INSECURE",
    "FLEET_AUDIT_KEY_BLOCKLIST",
    "FLEET_AUDIT_LOG_FORMAT",
    "FLEET_AUDIT_LOG_LEVEL",
    "FLEET_AUDIT_MAX_CONNECTIONS",
    "FLEET_AUDIT_MAX_CONNECTIONS_PER_PEER",
    "FLEET_AUDIT_MESSAGES_OUT",
    "FLEET_AUDIT_METRICS_PORT",
    "FLEET_AUDIT_METRICS_TOKEN",
    "FLEET_AUDIT_METRICS_TOKEN_FILE",
    "FLEET_AUDIT_MQTT_CA_FILE",
    "FLEET_AUDIT_MQTT_CERTIFICATE_FILE",
    "FLEET_AUDIT_MQTT_CLIENT_ID",
    "FLEET_AUDIT_MQTT_HOST",
    "FLEET_AUDIT_MQTT_KEY_FILE",
    "FLEET_AUDIT_MQTT_PASSWORD_FILE",
    "FLEET_AUDIT_MQTT_PORT",
    "FLEET_AUDIT_MQTT_TLS",
    "FLEET_AUDIT_MQTT_TOPICS",
    "FLEET_AUDIT_MQTT_USERNAME",
    "FLEET_AUDIT_MQTT_VERSION",
    "FLEET_AUDIT_OTLP_ENDPOINT",
    "FLEET_AUDIT_PORT",
    "FLEET_AUDIT_REDIS_URL",
    "FLEET_AUDIT_REDIS_URL_FILE",
    "FLEET_AUDIT_REGION",
    "FLEET_AUDIT_RETENTION_DAYS",
    "FLEET_AUDIT_SHARD_SIZE",
    "FLEET_AUDIT_SOURCE",
    "FLEET_AUDIT_THROTTLING",
    "FLEET_AUDIT_THROTTLING_STATUS",
    "FLEET_AUDIT_WEBHOOK_ALLOW",
    "FLEET_AUDIT_WEBHOOK_SECRET",
    "FLEET_AUDIT_WEBHOOK_SECRET_FILE",
    "FLEET_AUDIT_WEBHOOK_URL",
    "FLEET_AUDIT_WEBHOOK_URL_FILE",
    "FLEET_AUDIT_WORKER_THREADS",
)
"""Every variable that is read, in the order of the alphabet."""


def said_of_unknown(environ: Mapping[str, str]) -> str | None:
    """One line about variables that look like settings and are none; None without such. No value is repeated.

    One that is empty counts as not given, as everywhere.
    """
    unknown = sorted(
        name for name, value in environ.items() if name.startswith(PREFIX) and name not in KNOWN and value.strip()
    )
    if not unknown:
        return None
    return f"No settings, and without effect: {', '.join(map(_with_what_was_meant, unknown))}."


def _with_what_was_meant(name: str) -> str:
    alike = get_close_matches(name, KNOWN, n=1, cutoff=0.85)
    return ascii(name)[1:-1] + "".join(f" (is {each} meant?)" for each in alike)
