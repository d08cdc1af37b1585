"""A `fleet-audit` role as a process of its own, which tells when it is ready."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.fleet_audit_process import BIN, environment

LONGEST_WAIT = 60.0


class RoleProcess:
    """One process. What it says is read all the time, so that it never waits for its reader."""

    def __init__(
        self,
        name: str,
        arguments: list[str],
        home: Path,
        variables: Mapping[str, str],
        program: Sequence[str | Path] = (BIN / "fleet-audit",),
    ) -> None:
        self.name = name
        self.log = home / f"{name}.log"
        self.said: list[str] = []
        """Its lines so far."""
        self._heard = threading.Condition()
        with self.log.open("ab") as errors:
            self.process = subprocess.Popen(
                [*program, *arguments],
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

    def wait_until_it_says(self, what: str, timeout: float = LONGEST_WAIT, *, after: int = 0) -> str:
        """Wait for a line with these words, not counting the first `after` lines, and return it."""
        with self._heard:
            found = self._heard.wait_for(lambda: self._find(what, after), timeout)
        assert found, f"{self.name} did not say {what!r} in time: {self.said} {self.log.read_text()}"
        return found

    def _find(self, what: str, after: int) -> str:
        return next((line for line in self.said[after:] if what in line), "")

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
                with self._heard:
                    self.said.append(line)
                    self._heard.notify_all()


def children(of: int) -> list[int]:
    """The processes that a process has started and that do its work."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            command = (stat.parent / "cmdline").read_text()
        except OSError:
            continue
        if int(fields[1]) == of and fields[0] != "Z" and "spawn_main" in command:
            found.append(int(stat.parent.name))
    return found


def is_alive(process_id: int) -> bool:
    """Whether a process is there, and no mere memory of one."""
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
