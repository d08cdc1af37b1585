"""A process that chains a log, a few events and a checkpoint at a time, until it is killed.

Run as `python -m tests.support.chaining_process PLACE`: a data directory, or the URL of a database.
"""

import sys
from pathlib import Path

from events.clock import SystemClock
from service.data_directory import make_data_directory
from service.stores import Stores, postgresql_stores, sqlite_stores
from tests.support.chained_log import SIGNER
from workers.chain.chaining import Chaining


def chain(stores: Stores) -> None:
    """For ever."""
    one = Chaining(stores.stored_rows, stores.chain, SIGNER, SystemClock(), batch=37)
    while True:
        one.step()
        one.seal()


if __name__ == "__main__":
    place = sys.argv[1]
    if place.startswith("postgresql"):
        with postgresql_stores(place) as opened:
            chain(opened)
    else:
        with sqlite_stores(make_data_directory(Path(place))) as opened:
            chain(opened)
