"""A role of Fleet Audit as `fleet-audit ROLE` runs it, on a clock that is set from outside.

Run as `python -m tests.faults.role_with_its_own_clock OFFSET-FILE ROLE [PORT]`. Everything else is the role's own
composition root. Time comes into that as a port (`events/clock.py`), so this needs neither root nor a library that
is loaded before libc. What does not go by that port is moved in tests of its own: the lease of a message
(`tests/unit/workers/test_dispatcher.py`), and heartbeats (`tests/contract/queue_contract.py`).
"""

import asyncio
import sys
from datetime import datetime, timedelta
from pathlib import Path

import click

from events.clock import SystemClock
from service.cli.environment import settings
from service.cli.role import role, saying
from service.cli.serving import serve_until_stopped
from service.cli.starting import start_explained
from service.observing.log_lines import log_to
from service.roles.api import api
from service.roles.coordinator import coordinate
from service.roles.worker import work

ROLES = {"coordinator": coordinate, "worker": work}


class SetClock:
    """The computer's clock and an offset in whole seconds, which a file says at every look."""

    def __init__(self, offset_file: Path) -> None:
        self._file = offset_file
        self._clock = SystemClock()

    def now(self) -> datetime:
        return self._clock.now() + timedelta(seconds=int(self._file.read_text()))


def main(offset_file: str, name: str, port: str = "0") -> None:
    """Be that role until told to stop."""
    chosen, clock = settings(port=int(port)), SetClock(Path(offset_file))
    log_to(sys.stderr, chosen.observing)
    if name == "api":
        with start_explained(chosen), api(chosen, clock) as services:
            asyncio.run(serve_until_stopped(services))
    else:
        with role(chosen) as stopped:
            ROLES[name](chosen, clock, stopped, saying(name))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
