"""What a cluster that has nothing to do uses of the processor, PostgreSQL and Redis included."""

import sys
import tempfile
from pathlib import Path
from threading import Event
from time import perf_counter

from tests.benchmarks.processor_time import first_process, processor_seconds
from tests.support.cluster import on_servers
from tests.support.postgresql_server import running_postgresql

WORKERS = 3
SETTLING = 5.0
SECONDS = 20.0

MOST = 0.03
"""Of one core."""


def main() -> None:
    """Print what was measured; end with status 1 if it is beyond its limit."""
    with (
        tempfile.TemporaryDirectory() as home,
        running_postgresql(fsync="on", autovacuum_naptime="60s") as server,
        on_servers(Path(home), server, workers=WORKERS) as cluster,
    ):
        active = cluster.active_coordinator()
        roles = [*cluster.apis, active, *(each for each in cluster.coordinators if each is not active)]
        processes = {each.name: each.process.pid for each in (*roles, *cluster.workers)}
        processes |= {"Redis": cluster.redis._process.pid, "PostgreSQL": first_process(server)}
        nothing_happens = Event()
        nothing_happens.wait(SETTLING)
        before = {name: processor_seconds(each) for name, each in processes.items()}
        began = perf_counter()
        nothing_happens.wait(SECONDS)
        seconds = perf_counter() - began
        used = {name: (processor_seconds(each) - before[name]) / seconds for name, each in processes.items()}
    for name, share in used.items():
        print(f"{name:16} {share:6.2%}" + (" (active)" if name == active.name else ""))  # noqa: T201
    total = sum(used.values())
    print(f"{'together':16} {total:6.2%} of a core (at most {MOST:.0%})")  # noqa: T201
    if total > MOST:
        sys.exit(1)


if __name__ == "__main__":
    main()
