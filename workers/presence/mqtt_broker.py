"""Where the presence feed gets its messages: an MQTT broker, and how to speak to it."""

import ssl
from dataclasses import dataclass
from pathlib import Path

AWS_TOPICS = ("$aws/events/presence/connected/+", "$aws/events/presence/disconnected/+")
"""Source: AWS IoT Core developer guide, "Lifecycle events". Many brokers let no client publish under `$`."""

VERSIONS = ("5", "3.1.1")


@dataclass(frozen=True)
class MqttTls:
    """How the broker proves who it is, and how we do."""

    ca_file: Path | None = None
    """PEM certificates, one of which the broker's has to come from; None: those that the machine trusts."""
    certificate_file: Path | None = None
    """Our own certificate in PEM, with those that issued it."""
    key_file: Path | None = None
    """Its key, if that is in a file of its own. It has no passphrase."""

    def context(self) -> ssl.SSLContext:
        """Read the files. The broker's certificate has to be valid for its host name.

        Raise OSError, and of that ssl.SSLError, when a file can't be read or is not what it should be.
        """
        context = ssl.create_default_context(cafile=self.ca_file)
        if self.certificate_file:
            # Without a password to give, OpenSSL would ask at the terminal for that of an encrypted key.
            context.load_cert_chain(self.certificate_file, self.key_file, password="")
        return context


@dataclass(frozen=True)
class MqttBroker:
    """One broker and what is asked of it."""

    host: str
    port: int
    client_id: str
    """Under which the broker keeps our session. Two clients with one id cut each other off."""
    topics: tuple[str, ...] = AWS_TOPICS
    """Topic filters."""
    version: str = VERSIONS[0]
    tls: MqttTls | None = MqttTls()
    """None: everything, also the password, is sent as it is."""
    username: str | None = None
    password_file: Path | None = None
    """Read at each connect, so that a new password counts from then on. A line feed at its end is none of it."""

    def password(self) -> str | None:
        """Read the password; None without one. Raise OSError, or ValueError for what is not text in UTF-8."""
        return self.password_file.read_text("utf-8").rstrip("\r\n") if self.password_file else None


def is_topic_filter(text: str) -> bool:
    """Tell whether a broker can take a topic filter. Source: MQTT 5.0 and 3.1.1, section 4.7."""
    levels = text.split("/")
    return (
        0 < len(text.encode()) <= 65_535
        and "\0" not in text
        and all(level in ("+", "#") or not {"+", "#"} & set(level) for level in levels)
        and "#" not in levels[:-1]
    )
