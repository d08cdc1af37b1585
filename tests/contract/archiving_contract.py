"""What becomes of audits whose events are archived, over every database.

A test class derives from this and gives `at` (`tests/contract/retention_contract.py`).
"""

import gzip
import hashlib
from base64 import b64decode
from itertools import islice

import orjson
import pytest

from events.audit_archive import AuditTaskArchived
from events.identifiers import audit_archive_id, audit_task_id, check_run_id, check_shard_id
from tests.support.events import EXPIRING, task_id
from tests.support.given import ACCOUNT
from tests.support.retaining import KEPT_FOR, Retaining
from workers.retention.archive import ArchiveUnavailable, archive_name, write_archive

AUDITS_EVENTS = 7


def stored(at):
    return {
        stream: at.log.as_stored(stream)
        for stream in (
            audit_task_id(ACCOUNT, task_id(1)),
            check_run_id(ACCOUNT, task_id(1), EXPIRING),
            *(check_shard_id(ACCOUNT, task_id(1), EXPIRING, shard) for shard in range(2)),
        )
    }


def summary(at, number=1):
    [event] = at.log.stream(audit_archive_id(ACCOUNT, task_id(number)))
    assert isinstance(event, AuditTaskArchived)
    return event.summary


def lines(at):
    [file] = at.files()
    return gzip.decompress(file.read_bytes())


class ArchivingContract:
    @pytest.fixture
    def at(self) -> Retaining:
        raise AssertionError("a test class gives what retention works on")

    def test_an_audit_is_archived_byte_for_byte_and_removed(self, at):
        at.audit(1, 1, shards=2)
        at.happen()
        before = [event for events in stored(at).values() for event in events]
        assert len(before) == AUDITS_EVENTS
        at.clock.advance(2 * KEPT_FOR)

        at.follow(at.retention(archives=True))

        assert not any(stored(at).values())
        assert at.pruned["events"] == AUDITS_EVENTS
        written = [orjson.loads(line) for line in lines(at).splitlines()]
        assert [
            (each["position"], each["stream"], each["version"], each["topic"], b64decode(each["state"]))
            for each in written
        ] == [(each.position, str(each.stream), each.version, each.topic, each.state) for each in before]
        assert all(
            each["stateSha256"] == hashlib.sha256(b64decode(each["state"])).hexdigest()
            and each["accountId"] == ACCOUNT
            and each["recordedAt"]
            and each["eventId"]
            for each in written
        )
        positions = [each.position for each in before]
        told = summary(at)
        assert told.file_name == f"{ACCOUNT}/{task_id(1)}.ndjson.gz"
        assert (told.events, told.first_position, told.last_position) == (7, min(positions), max(positions))
        assert told.sha256 == hashlib.sha256(lines(at)).hexdigest()
        assert told.shards == {EXPIRING: 2}

    def test_what_the_audit_referred_to_goes_in_the_same_round(self, at):
        at.audit(1, at.devices(1))
        second = at.devices(2)
        at.clock.advance(2 * KEPT_FOR)

        at.follow(at.retention(archives=True))

        assert at.versions() == [second]

    def test_the_log_keeps_its_events_without_a_place_for_archives(self, at):
        at.audit(1, 1, shards=2)
        at.clock.advance(2 * KEPT_FOR)

        at.follow(at.retention())

        assert sum(map(len, stored(at).values())) == AUDITS_EVENTS
        assert at.ended() == []

    def test_audits_that_are_younger_or_in_progress_stay(self, at):
        at.start(1)
        at.plan(1, 1)
        at.happen()
        at.clock.advance(2 * KEPT_FOR)
        at.audit(2, 1)

        at.follow(at.retention(archives=True))

        assert list(at.files()) == []
        assert len(at.log.stream(audit_task_id(ACCOUNT, task_id(1)))) == 1

    def test_a_canceled_audit_waits_until_its_checks_have_ended(self, at):
        at.start(1)
        at.history.task_canceled(task_id(1), [EXPIRING])
        at.clock.advance(2 * KEPT_FOR)
        retention = at.retention(archives=True)

        at.follow(retention)
        assert list(at.files()) == []

        at.history.check_run_ended(task_id(1))
        at.clock.advance(KEPT_FOR)
        at.follow(retention)
        assert summary(at).events == 3

    @pytest.mark.parametrize("steps", [0, 1, 2, 3])
    def test_who_is_killed_in_between_leaves_what_the_next_one_brings_to_its_end(self, at, steps):
        at.audit(1, 1, shards=25)
        at.clock.advance(2 * KEPT_FOR)
        at.happen()
        retention = at.retention(archives=True)
        retention.take(at.log.after(0), at.log.last_position())
        [audit] = at.ended()
        list(islice(at.retirement().retire(audit), steps))
        archived = lines(at) if steps else None
        assert at.log.as_stored(audit_task_id(ACCOUNT, task_id(1)))  # It goes last.
        with at.stores.work.transaction() as rows:
            for table in ("kept_audits", "kept_check_runs", "followed"):
                rows.execute(f"DELETE FROM {table}")

        at.follow(at.retention(archives=True))

        assert not any(stored(at).values())
        assert at.ended() == []
        assert summary(at).sha256 == hashlib.sha256(lines(at)).hexdigest()
        assert archived in {None, lines(at)}
        assert summary(at).events == AUDITS_EVENTS

    def test_two_at_once_leave_what_one_would_have(self, at):
        for number in range(1, 6):
            at.audit(number, 1, shards=12)
        at.clock.advance(2 * KEPT_FOR)

        at.follow(at.retention(archives=True), at.retention(archives=True))

        assert len(list(at.files())) == 5
        assert [summary(at, number).events for number in range(1, 6)] == [AUDITS_EVENTS] * 5
        assert at.log.last_position() == at.log.after(0)[-1].position
        assert len(at.log.after(0)) == 5

    def test_who_comes_late_with_half_of_an_audit_writes_nothing_over_the_whole(self, at):
        at.audit(1, 1, shards=2)
        at.clock.advance(2 * KEPT_FOR)
        at.happen()
        half = at.log.as_stored(audit_task_id(ACCOUNT, task_id(1)))
        at.follow(at.retention(archives=True))
        whole = lines(at)

        name = archive_name(ACCOUNT, task_id(1))
        assert write_archive(at.directory, name, [half], is_whole=lambda: False) is None

        assert lines(at) == whole

    def test_an_archive_that_can_not_be_written_is_tried_again_and_nothing_is_lost(self, at):
        at.audit(1, 1, shards=2)
        at.clock.advance(2 * KEPT_FOR)
        at.directory.rmdir()
        retention = at.retention(archives=True)

        with pytest.raises(ArchiveUnavailable, match="can't be written"):
            at.follow(retention)
        assert sum(map(len, stored(at).values())) == AUDITS_EVENTS

        at.directory.mkdir()
        at.follow(retention)
        assert summary(at).events == AUDITS_EVENTS

    def test_what_a_killed_one_had_half_written_is_cleared_away(self, at):
        at.audit(1, 1, shards=2)
        at.clock.advance(2 * KEPT_FOR)
        folder = at.directory / ACCOUNT
        folder.mkdir()
        (folder / f".{task_id(1)}.ndjson.gz.0123.part").write_bytes(b"half")

        at.follow(at.retention(archives=True))

        assert [file.name for file in at.files()] == [f"{task_id(1)}.ndjson.gz"]
