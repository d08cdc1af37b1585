"""An audit is archived once."""

from contextlib import closing

from events.archives import Archives
from events.audit_archive import ArchiveSummary, AuditArchive, AuditTaskArchived
from events.committer import Committer
from events.identifiers import audit_archive_id
from events.store.sqlite import open_sqlite_log
from events.vocabulary import TaskId
from tests.support.given import ACCOUNT, CAUSE, Given, fact

TASK = TaskId("a" * 32)
SUMMARY = ArchiveSummary("000000000000/a.ndjson.gz", "ab" * 32, 9, 1, 12, {})
ANOTHER = ArchiveSummary("000000000000/a.ndjson.gz", "cd" * 32, 8, 1, 12, {})


def test_the_summary_is_noted():
    Given(AuditArchive).when(lambda archive: archive.record(TASK, SUMMARY, CAUSE)).then(
        fact(AuditTaskArchived, task_id=TASK, summary=SUMMARY)
    )


def test_the_first_summary_stands():
    Given(AuditArchive, fact(AuditTaskArchived, task_id=TASK, summary=SUMMARY)).when(
        lambda archive: archive.record(TASK, ANOTHER, CAUSE)
    ).then_nothing()


def test_of_two_processes_one_records_it(tmp_path):
    with closing(open_sqlite_log(tmp_path / "events.sqlite")) as log:
        committers = [Committer(log), Committer(log)]
        for committer in committers:
            committer.start()
        recording = [
            Archives(committer).record_audit_archive(TASK, summary, CAUSE)
            for committer, summary in zip(committers, (SUMMARY, ANOTHER), strict=True)
        ]
        for future in recording:
            future.result(20)
        for committer in committers:
            committer.stop()

        [event] = log.stream(audit_archive_id(ACCOUNT, TASK))
        assert isinstance(event, AuditTaskArchived)
        assert event.summary in (SUMMARY, ANOTHER)
