"""The least that audits could do: processes that read every row of a million certificates, and do nothing else.

What two of them gain over one, on the same processors in the same run, is more than two workers ever could, who
share them with a dispatcher, a queue and an API besides.
"""

import subprocess
import sys
from contextlib import ExitStack
from time import perf_counter

import psycopg

from events.vocabulary import AccountId

PARTS = 16
"""By the first digit of the key."""

ROWS_A_PAGE = 2_000
TIMES = 3
"""How often each row is read: as by so many checks."""

PAGE = """
    SELECT certificate_id, not_after FROM inventory.device_certificates
    WHERE account = %s AND added_in <= 1 AND removed_in > 1 AND certificate_id > %s AND certificate_id <= %s
      AND status IN ('ACTIVE', 'PENDING_TRANSFER')
    ORDER BY certificate_id LIMIT %s
"""


def seconds_of_bare_readers(url: str, account: AccountId, number: int) -> float:
    """How long so many processes take that share the rows among them."""
    with ExitStack() as opened:
        readers = [
            opened.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.benchmarks.bare_readers", url, account, str(each), str(number)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                )
            )
            for each in range(number)
        ]
        for each in readers:
            assert each.stdout is not None
            each.stdout.readline()
        began = perf_counter()
        for each in readers:
            each.communicate(b"go\n")
        assert not any(each.returncode for each in readers)
        return perf_counter() - began


def _read(url: str, account: str, number: int, readers: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        print("ready", flush=True)  # noqa: T201
        sys.stdin.readline()
        for _ in range(TIMES):
            for part in range(PARTS * number // readers, PARTS * (number + 1) // readers):
                after, up_to = f"{part:x}", f"{part:x}g"
                while after:
                    bounds = (account, after, up_to, ROWS_A_PAGE)
                    rows = connection.execute(PAGE, bounds, prepare=False, binary=True).fetchall()
                    after = rows[-1][0] if len(rows) == ROWS_A_PAGE else ""


if __name__ == "__main__":
    _read(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
