"""Archived events stay verifiable: by their digests in the chain, and by their bytes where archives are given."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.data_directory import make_data_directory
from service.stores import postgresql_stores, sqlite_stores
from tests.support.chained_log import ChainedLog
from tests.support.retaining import KEPT_FOR, Retaining
from workers.chain.finding import Kind
from workers.chain.proving import NotProvable, Proving


@pytest.fixture(params=["sqlite", "postgresql"])
def stores(request, tmp_path) -> Iterator[object]:
    if request.param == "sqlite":
        with sqlite_stores(make_data_directory(tmp_path / "data")) as opened:
            yield opened
    else:
        with postgresql_stores(request.getfixturevalue("migrated_url")) as opened:
            yield opened


class Archived(ChainedLog):
    """Two audits, of which the first was archived."""

    def __init__(self, stores, directory: Path) -> None:
        super().__init__(stores)
        self.retaining = Retaining(stores, directory)
        self.retaining.audit(1, 1)
        self.retaining.clock.advance(KEPT_FOR * 3 / 4)
        self.retaining.audit(2, 1)
        self.retaining.happen()
        self.seal()
        self.chained_before = self.chain.tail().position
        self.retaining.clock.advance(KEPT_FOR / 2)

    def archive(self) -> None:
        self.retaining.follow(self.retaining.retention(archives=True))
        self.seal()


@pytest.fixture
def directory(tmp_path) -> Path:
    made: Path = tmp_path / "archives"
    made.mkdir()
    return made


@pytest.fixture
def at(stores, directory) -> Iterator[Archived]:
    made = Archived(stores, directory)
    yield made
    made.retaining.committer.stop()


def rewrite(directory: Path, change) -> None:
    [path] = directory.rglob("*.ndjson.gz")
    path.write_bytes(gzip.compress(change(gzip.decompress(path.read_bytes()))))


def test_archived_events_count_by_their_digests_or_their_bytes(at, directory):
    at.archive()

    by_digest, by_bytes = at.verify(), at.verify(archives=directory)

    assert by_digest.is_clean
    assert by_bytes.is_clean
    assert by_digest.archived == by_digest.events - at.events_left() > 0
    assert (by_digest.in_archives, by_bytes.in_archives) == (None, by_bytes.archived)


def test_nothing_leaves_the_log_before_it_is_chained(at):
    before = at.events_left()
    at.retaining.chained_to = 0

    with pytest.raises(Exception, match="once it is in the chain"):
        at.archive()
    assert at.events_left() == before + 1  # the summary

    at.retaining.chained_to = at.chained_before
    at.archive()
    assert at.events_left() < before


def test_a_changed_archive(at, directory):
    at.archive()
    rewrite(directory, lambda lines: lines.replace(b'"version":1,', b'"version":9,', 1))

    assert at.found() == []
    assert [kind for kind, _ in at.found(archives=directory)] == [Kind.ARCHIVE_CHANGED, Kind.ARCHIVE_CHANGED]


def test_an_archive_that_is_gone(at, directory):
    at.archive()
    for path in directory.rglob("*.gz"):
        path.unlink()

    assert at.found(archives=directory) == [(Kind.ARCHIVE_CHANGED, None)]


def test_an_event_of_another_audit_that_was_removed_as_if_archived(at):
    at.archive()
    last = at.stores.log.last_position()
    at.run("DELETE FROM events WHERE position = (SELECT min(position) FROM events)")

    [(kind, position)] = at.found()
    assert kind is Kind.REMOVED
    assert position is not None
    assert position < last


def test_a_summary_that_was_taken_out_accuses_what_was_archived(at):
    at.archive()
    at.run("DELETE FROM events WHERE topic = 'AuditArchive.Recorded.v1'")

    report = at.verify()
    assert report.archived == 0
    assert report.findings.counts[Kind.REMOVED] > 1


def test_an_archived_event_is_proven_where_its_archive_is_given(at, directory):
    at.archive()
    position = 1

    with pytest.raises(NotProvable):
        Proving(at.stores.stored_rows, at.chain).event(position)
    proof = Proving(at.stores.stored_rows, at.chain, directory).event(position)

    assert proof.event().position == position
