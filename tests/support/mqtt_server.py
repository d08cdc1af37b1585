"""A real MQTT broker: the NATS server, whose binary is in a package. No root, no Docker.

It speaks MQTT 3.1.1, and keeps sessions and messages of QoS 1 on disk, as a broker in production does.
"""

import json
import signal
import socket
import subprocess
import sysconfig
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from paho.mqtt import publish

BINARY = Path(sysconfig.get_path("scripts")) / "nats-server"
LONGEST_START = 20.0
PUBLISHER = {"username": "publisher", "password": "of events"}

Message = tuple[str, bytes | str]
"""A topic and a payload."""


@dataclass(frozen=True)
class ServerTls:
    """Files in PEM of the broker's side."""

    certificate: tuple[Path, Path]
    """The file of the certificate, and that of its key."""
    ca: Path
    requires_certificate: bool = False


class MqttServer:
    """A broker on a port of its own, there when the block begins and gone when it ends."""

    def __init__(
        self, directory: Path, tls: ServerTls | None = None, passwords: Mapping[str, str] | None = None
    ) -> None:
        """Start it. With `passwords`, by user name, nobody else gets in."""
        self.port = _free_port()
        self._directory = directory
        self._tls = tls
        self.passwords = dict(passwords or {})
        self.refused_topics: Sequence[str] = ()
        """What nobody but the publisher may subscribe to, from the next start on; as NATS writes it, a.b.*"""
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it, again or for the first time, on the same port, with what it kept."""
        path = self._directory / "mqtt-server.json"
        path.write_text(json.dumps(self._configuration()))
        self._process = subprocess.Popen(
            [BINARY, "-c", path, "-l", self._directory / "mqtt-server.log"], stdin=subprocess.DEVNULL
        )
        deadline = time.monotonic() + LONGEST_START
        while not self._is_listening():
            assert self._process.poll() is None, "the broker ended"
            assert time.monotonic() < deadline, "the broker does not listen"

    def kill(self) -> None:
        """End it as a crash does; what it took is on disk."""
        self._process.kill()
        self._process.wait()

    def pause(self) -> None:
        """Let it hang: connections stay open, and nothing is answered."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it answer again."""
        self._process.send_signal(signal.SIGCONT)

    def publish(self, *messages: Message, qos: int = 1) -> None:
        """Publish messages in this order; those of QoS 1 the broker has when this returns."""
        publish.multiple(
            [(topic, payload, qos, False) for topic, payload in messages],
            hostname="127.0.0.1",
            port=self.port,
            auth=PUBLISHER if self.passwords else None,  # type: ignore[arg-type]
            tls={"ca_certs": str(self._tls.ca)} if self._tls else None,
        )

    def _configuration(self) -> dict[str, Any]:
        mqtt: dict[str, Any] = {"host": "127.0.0.1", "port": self.port, "ack_wait": "1s", "max_ack_pending": 100}
        if self._tls:
            mqtt["tls"] = {
                "cert_file": str(self._tls.certificate[0]),
                "key_file": str(self._tls.certificate[1]),
                "ca_file": str(self._tls.ca),
                "verify": self._tls.requires_certificate,
            }
        configuration: dict[str, Any] = {
            "server_name": "broker",
            "host": "127.0.0.1",
            "port": -1,
            "jetstream": {"store_dir": str(self._directory / "mqtt-server")},
            "mqtt": mqtt,
        }
        if self.passwords:
            users = [
                {"user": user, "password": password, "permissions": {"subscribe": {"deny": self.refused_topics}}}
                for user, password in self.passwords.items()
            ]
            publisher = {"user": PUBLISHER["username"], "password": PUBLISHER["password"]}
            configuration["authorization"] = {"users": [*users, publisher]}
        return configuration

    def _is_listening(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
