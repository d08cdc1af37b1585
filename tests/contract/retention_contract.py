"""What retention leaves of the inventory and of what was fetched, over every database.

A test class derives from this and gives `stores`.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from events.check_run import CheckDataCollected
from events.clock import epoch_milliseconds
from events.identifiers import check_run_id
from service.stores import Stores
from tests.support.events import EXPIRING, task_id
from tests.support.given import ACCOUNT, NOON
from tests.support.inventory_records import device
from tests.support.retaining import KEPT_FOR, Retaining
from workers.inventory.kinds import DEVICE_CERTIFICATES
from workers.judging.revocation import Lists, Source
from workers.judging.revoked_serials import RevokedSerials
from workers.revocation.evidence import Evidence

SOURCE = Source("CN=CA", None, '["http://crl.example.com/"]', "[]")


class RetentionContract:
    @pytest.fixture
    def stores(self) -> Stores:
        raise AssertionError("a test class gives its stores")

    @pytest.fixture
    def at(self, stores: Stores, tmp_path: Path) -> Iterator[Retaining]:
        directory = tmp_path / "archives"
        directory.mkdir()
        retaining = Retaining(stores, directory)
        yield retaining
        retaining.committer.stop()

    def test_the_current_version_stays_and_those_that_nobody_names_go(self, at):
        first, second, third = at.devices(1, 2), at.devices(2, 3), at.devices(3, 4)

        at.follow(at.retention())

        assert at.devices_at(third) == [3, 4]
        assert at.versions() == [third]
        assert at.encodings() == [b"DER 3", b"DER 4"]
        assert at.pruned["device_certificates"] == at.pruned["certificates"] == 2
        assert at.pruned["inventory_versions"] == 2
        assert (first, second) == (1, 2)

    def test_a_version_that_a_kept_audit_names_stays_until_the_audit_goes(self, at):
        first = at.devices(1, 2)
        at.audit(1, first)
        second = at.devices(2, 3)
        third = at.devices(4)
        retention = at.retention()

        at.follow(retention)
        assert at.devices_at(first) == [1, 2]
        assert at.devices_at(third) == [4]
        assert at.versions() == [first, third]
        assert at.encodings() == [b"DER 1", b"DER 2", b"DER 4"]

        at.clock.move_to(at.history.now + KEPT_FOR)
        at.follow(retention)
        assert at.devices_at(third) == [4]
        assert at.versions() == [third]
        assert at.encodings() == [b"DER 4"]
        assert second == 2

    def test_what_came_back_after_it_was_removed_stays(self, at):
        at.devices(1)
        at.devices(2)
        third = at.devices(1)

        at.follow(at.retention())

        assert at.devices_at(third) == [1]
        assert at.encodings() == [b"DER 1"]

    def test_nothing_goes_while_a_check_is_planned_that_may_have_seen_it(self, at):
        first = at.devices(1)
        at.start(1)
        at.happen()
        second = at.devices(2)
        retention = at.retention()

        at.follow(retention)
        assert at.devices_at(first) == [1]

        at.plan(1, first)
        at.follow(retention)
        assert at.devices_at(first) == [1]

        at.end(1)
        at.clock.advance(2 * KEPT_FOR)
        at.follow(retention)
        assert at.devices_at(second) == [2]
        assert at.versions() == [second]

    def test_an_audit_that_the_log_has_and_nobody_followed_yet_is_waited_for(self, at):
        first = at.devices(1)
        second = at.devices(2)
        retention = at.retention()
        at.start(1)
        at.happen()

        retention.idle()  # The audit may be read at this moment, and is not known.
        assert at.devices_at(first) == [1]

        at.plan(1, first)
        at.follow(retention)
        assert at.devices_at(first) == [1]
        assert at.devices_at(second) == [2]

    def test_what_an_import_is_writing_is_left_alone(self, at):
        at.devices(1, 2)
        second = at.devices(2, 3)
        retention = at.retention()
        with at.stores.inventory.begin_import(ACCOUNT, replace=True, now=NOON) as importing:
            importing.add(DEVICE_CERTIFICATES, device(3), der=b"DER 3")
            importing.add(DEVICE_CERTIFICATES, device(4), der=b"DER 4")
            at.follow(retention)
            assert at.devices_at(second) == [2, 3]
        at.clock.advance(KEPT_FOR)
        at.follow(retention)

        assert at.devices_at(importing.version) == [3, 4]
        assert at.encodings() == [b"DER 3", b"DER 4"]
        assert at.versions() == [importing.version]

    def test_an_audit_in_progress_keeps_its_version_for_ever(self, at):
        first = at.devices(1)
        at.start(1)
        at.plan(1, first)
        at.happen()
        at.devices(2)
        retention = at.retention()

        for _ in range(3):
            at.clock.advance(KEPT_FOR)
            at.follow(retention)

        assert at.devices_at(first) == [1]

    def test_a_retention_that_begins_from_nothing_comes_to_the_same(self, at):
        first = at.devices(1)
        at.audit(1, first)
        at.clock.advance(timedelta(days=100))
        second = at.devices(2)
        at.audit(2, second)
        at.clock.advance(timedelta(days=100))
        third = at.devices(3)
        at.follow(at.retention())
        with at.stores.work.transaction() as rows:
            for table in ("kept_audits", "kept_check_runs", "followed"):
                rows.execute(f"DELETE FROM {table}")

        at.follow(at.retention())

        assert at.versions() == [second, third]
        assert at.devices_at(second) == [2]
        assert at.ended() == []

    def test_evidence_and_its_lists_stay_as_long_as_an_audit_relies_on_them(self, at):
        evidence_id = self._collect(at, "11" * 32)
        self._collect(at, "22" * 32)
        at.start(1)
        self._collected(at, 1, evidence_id)
        at.plan(1, 1)
        at.end(1)
        retention = at.retention()

        at.follow(retention)
        assert at.revocation.evidence(evidence_id).lists
        assert at.pruned["revocation_evidence"] == at.pruned["revoked_serials"] == 1
        assert at.revocation.keep_known("11" * 32)
        assert not at.revocation.keep_known("22" * 32)

        at.clock.move_to(at.history.now + KEPT_FOR)
        at.follow(retention)
        assert at.pruned["revocation_evidence"] == at.pruned["revoked_serials"] == 2
        assert not at.revocation.keep_known("11" * 32)

    def test_evidence_that_is_kept_again_meanwhile_is_not_taken_away(self, at):
        evidence_id = self._collect(at, "11" * 32)
        pruning = at.retention()._in_revocation
        seen = pruning.look(fetched_before=0, now=0)

        assert self._collect(at, "11" * 32) == evidence_id
        assert list(pruning.prune(seen, set())) == [None, None]

        assert at.revocation.evidence(evidence_id).lists
        assert at.revocation.keep_known("11" * 32)

    def test_answers_go_that_are_older_than_the_retention_and_hold_no_more(self, at):
        now = epoch_milliseconds(at.clock.now())
        for name, fresh_until in (("old", 0), ("holding", now + 2 * KEPT_FOR // timedelta(milliseconds=1))):
            at.revocation.keep_fetched(name, b"list", now)
            at.revocation.keep_fresh(name, fresh_until)
        at.clock.advance(KEPT_FOR)
        at.revocation.keep_fetched("new", b"list", epoch_milliseconds(at.clock.now()))

        at.follow(at.retention())

        assert at.revocation.fetched("old") is None
        assert at.revocation.fetched("holding") is not None
        assert at.revocation.fetched("new") is not None

    @staticmethod
    def _collect(at, list_id):
        if not at.revocation.keep_known(list_id):
            at.revocation.keep_revoked(list_id, RevokedSerials.of(["01"]))
        return at.revocation.keep_evidence(Evidence(lists=[(SOURCE, Lists((list_id,)))]))

    @staticmethod
    def _collected(at, number, evidence_id):
        at.history.add(
            CheckDataCollected,
            check_run_id(ACCOUNT, task_id(number), EXPIRING),
            task_id=task_id(number),
            check_name=EXPIRING,
            evidence_id=evidence_id,
        )
