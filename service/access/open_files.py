"""Whether a process may open as many files as its connections and its stores come to."""

import resource

from service.access.connections import SPARE
from service.access.door_settings import Door

FILES_BESIDE = 300
"""Open files that a process needs beside those of connections. Measured: an idle `serve` has 57, and about 80
while 16 clients keep it busy. The rest is for more threads, each with its own connections to stores, and for what
audits fetch and what notifications send."""


def said_of_open_files(door: Door, allowed: int | None = None) -> str | None:
    """One line for a person where the process may open too few; None where all is well.

    `allowed` is the limit of open files; without it, it is that of this process.
    """
    if allowed is None:
        allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = door.most_connections + SPARE + FILES_BESIDE
    if allowed == resource.RLIM_INFINITY or allowed >= needed:
        return None
    return (
        f"This process may open {allowed} files, and can come to need {needed} with "
        f"FLEET_AUDIT_MAX_CONNECTIONS={door.most_connections}. Raise the limit (`ulimit -n`, LimitNOFILE of "
        "systemd, --ulimit of Docker), or let in fewer connections."
    )
