"""A log that is chained, signed, tampered with and verified, over any stores."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.audit_account_events import AuditRoleChanged
from events.proof.checkpoint import SignedCheckpoint, read_checkpoint
from events.proof.note import Signer
from service.stores import Stores
from tests.support.example_events import STREAM, example
from tests.support.fake_clock import FakeClock
from workers.chain.chaining import Chaining
from workers.chain.finding import Kind
from workers.chain.report import Report
from workers.chain.store import Chain
from workers.chain.verification import Verification

ORIGIN = "audit.example.com/fleet"
SIGNER = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(32)))
OTHER_SIGNER = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\1" * 32))


class ChainedLog:
    """What a test does to a log."""

    def __init__(self, stores: Stores, signer: Signer | None = SIGNER) -> None:
        self.stores = stores
        self.clock = FakeClock()
        self.chain = Chain(stores.chain.query)
        self.signer = signer
        self.chaining = self.another()
        self._events = 0

    def another(self, signer: Signer | None = None) -> Chaining:
        """Another process that chains the same log."""
        return Chaining(self.stores.stored_rows, self.stores.chain, signer or self.signer, self.clock)

    def append(self, events: int) -> None:
        """Let so many small events happen."""
        some = [
            example(AuditRoleChanged, role_arn=f"arn:aws:iam::000000000000:role/r{number}")
            for number in range(self._events + 1, self._events + events + 1)
        ]
        for number, event in enumerate(some, self._events + 1):
            object.__setattr__(event, "originator_id", STREAM)
            object.__setattr__(event, "originator_version", number)
        for first in range(0, len(some), 500):
            self.stores.log.append(some[first : first + 500])
        self._events += events

    def seal(self, chaining: Chaining | None = None) -> SignedCheckpoint:
        """Chain everything and sign a checkpoint."""
        chaining = chaining or self.chaining
        self.clock.advance(timedelta(minutes=1))
        while chaining.step():
            pass
        chaining.seal()
        note = self.chain.latest_note()
        assert note is not None
        return read_checkpoint(note)

    def signed(self, *events: int) -> None:
        """Let events happen, with a checkpoint after each of these numbers of them."""
        for each in events:
            self.append(each)
            self.seal()

    def run(self, sql: str, *parameters: Any) -> None:
        """Tamper with the log's own table."""
        with self.stores.log._recorder._database.transaction() as rows:  # type: ignore[attr-defined]
            rows.execute(sql, parameters)

    def run_on_chain(self, sql: str, *parameters: Any) -> None:
        """Tamper with the chain's tables."""
        with self.stores.chain.transaction() as rows:
            rows.execute(sql, parameters)

    def verify(
        self,
        *elsewhere: SignedCheckpoint,
        trusted: Sequence[Signer] = (SIGNER,),
        archives: Path | None = None,
    ) -> Report:
        """What a verification finds."""
        return Verification(
            self.stores.stored_rows, self.chain, [each.key for each in trusted], elsewhere, archives
        ).run(lambda _: None)

    def found(self, *elsewhere: SignedCheckpoint, **given: Any) -> list[tuple[Kind, int | None]]:
        """Kinds and positions of what a verification finds."""
        return [(each.kind, each.position) for each in self.verify(*elsewhere, **given).findings]

    def move(self, position: int, to: int) -> None:
        """Put an event elsewhere in the log."""
        overriding = "OVERRIDING SYSTEM VALUE " if hasattr(self.stores.chain, "schema") else ""
        columns = "stream, version, topic, state, account_id, recorded_at, event_id"
        [row] = self.stores.log._recorder._database.query(  # type: ignore[attr-defined]
            f"SELECT {columns} FROM events WHERE position = ?", (position,)
        )
        self.run("DELETE FROM events WHERE position = ?", position)
        self.run(f"INSERT INTO events (position, {columns}) {overriding}VALUES (?, ?, ?, ?, ?, ?, ?, ?)", to, *row)

    def make_a_gap(self) -> None:
        """Let positions be passed over, as a failed append does in PostgreSQL."""
        self.append(10)
        self.run("DELETE FROM events WHERE position > ?", self.stores.log.last_position() - 10)

    def cut_chain(self, size: int) -> None:
        """Leave so many leaves of a chain of one tile."""
        [(packed, hashes)] = self.stores.chain.query(
            "SELECT p.packed, t.hashes FROM places p JOIN tiles t ON t.level = 0 AND t.number = p.number"
        )
        self.run_on_chain("UPDATE places SET packed = ?", bytes(packed)[: 24 * size])
        self.run_on_chain("UPDATE tiles SET hashes = ?", bytes(hashes)[: 32 * size])

    def events_left(self) -> int:
        """How many events are in the log."""
        return len(self.stores.stored_rows.after(0, 100_000))
