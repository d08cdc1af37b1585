"""What a revocation list of 100,000 entries costs: read, verified, packed, kept and looked up."""

import resource
import sys
import tempfile
import time
from pathlib import Path

from events.store.database import SqliteDatabase
from tests.support.revocation_lists import NOW, ca_certificate, issuing_distribution_point, revocation_list
from workers.revocation.revocation_list import RevocationList, Wanted
from workers.revocation.store import RevocationStore

ENTRIES = 100_000
LOOK_UPS = 100_000
MOST_SECONDS = 2.0
MOST_MEBIBYTES = 200


def main() -> None:
    """Exit with an error beyond a limit. Making the list is not measured; its memory is, so the truth is less."""
    encoded = revocation_list(
        (2**150 + number * 7919 for number in range(ENTRIES)),
        extensions=[issuing_distribution_point(only_contains_user_certs=True)],
    )
    issuer = ca_certificate()
    with tempfile.TemporaryDirectory() as directory:
        database = SqliteDatabase(Path(directory) / "lists.sqlite")
        store = RevocationStore(database)
        before = _mebibytes()
        began = time.perf_counter()
        found = RevocationList(encoded)
        found.require_signed_by([issuer])
        found.require_usable(Wanted(is_ca=False, urls=frozenset(), now=NOW))
        store.keep_revoked("list", found.revoked)
        read = time.perf_counter()
        revoked = store.revoked("list")
        hits = sum(f"{2**150 + number * 7919:x}" in revoked for number in range(LOOK_UPS))
        looked_up = time.perf_counter()
        database.close()
    seconds, mebibytes = looked_up - began, _mebibytes()
    lines = (
        f"list          {len(encoded) / 1e6:7.1f} MB, {ENTRIES:,} entries, {hits:,} of {LOOK_UPS:,} found",
        f"read and kept {read - began:7.2f} s",
        f"look-ups      {(looked_up - read) / LOOK_UPS * 1e6:7.2f} us each",
        f"in all        {seconds:7.2f} s        (limit {MOST_SECONDS} s)",
        f"peak memory   {mebibytes:7.0f} MiB      (limit {MOST_MEBIBYTES} MiB; {before:.0f} before)",
    )
    print("\n".join(lines))  # noqa: T201
    if seconds > MOST_SECONDS or mebibytes > MOST_MEBIBYTES or hits != ENTRIES:
        sys.exit(1)


def _mebibytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
