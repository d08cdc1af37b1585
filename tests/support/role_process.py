"""A `fleet-audit` role as a process of its own, which tells when it is ready."""

import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from tests.support.fleet_audit_process import BIN, environment

LONGEST_WAIT = 60.0


class RoleProcess:
    """One process. What it says is read all the time, so that it never waits for its reader."""

    def __init__(self, name: str, arguments: list[str], home: Path, variables: Mapping[str, str]) -> None:
        self.name = name
        self.log = home / f"{name}.log"
        self._said: queue.SimpleQueue[str] = queue.SimpleQueue()
        with self.log.open("ab") as errors:
            self.process = subprocess.Popen(
                [BIN / "fleet-audit", *arguments],
                env=environment(home, **variables),
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_until_it_says(self, what: str, timeout: float = LONGEST_WAIT) -> str:
        """Wait for a line with these words, and return it."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                line = self._said.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                break
            if what in line:
                return line
        raise AssertionError(f"{self.name} did not say {what!r} in time: {self.log.read_text()}")

    def url(self) -> str:
        """Where it answers, once it is ready."""
        return self.wait_until_it_says("ready at ").split("ready at ")[1].split()[0]

    def kill(self) -> None:
        """End it as a power cut does, with the processes that it started."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self._ended()

    def stop(self) -> float:
        """Ask it to stop; returns the seconds it took."""
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.terminate()
        code = self._ended()
        assert code == 0, f"{self.name} ended with {code}: {self.log.read_text()}"
        return time.monotonic() - began

    def kill_unless_it_stops(self) -> None:
        """Wait until it has stopped; kill it after a while."""
        try:
            self.process.wait(LONGEST_WAIT / 4)
        except subprocess.TimeoutExpired:
            self.kill()

    def _ended(self) -> int:
        code = self.process.wait(LONGEST_WAIT)
        self._reader.join(LONGEST_WAIT)
        return code

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self._said.put(line)
