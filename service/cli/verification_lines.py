"""What a verification found, in lines such as `aws cloudtrail validate-logs` prints."""

from collections.abc import Iterator
from datetime import datetime

from workers.chain.report import Report


def lines_of(report: Report) -> Iterator[str]:
    """The findings, and below them the counts."""
    for finding in report.findings:
        yield f"INVALID  {finding}"
    if report.findings.not_told:
        yield f"INVALID  and {report.findings.not_told:,} more"
    if report.findings.counts:
        yield ""
    yield f"Results requested for positions {report.first_position:,} to {report.last_position:,}"
    if report.begun is not None and report.latest is not None:
        begun, latest = report.begun.says, report.latest.says
        yield f"Checkpoints from {moment(begun.time)} (the first {begun.size:,} events) to {moment(latest.time)}"
    yield ""
    yield _counted(report.valid, report.events, "events")
    yield _counted(report.valid_checkpoints, report.checkpoints, "checkpoints")
    if report.archived:
        yield f"{report.archived:,} of these events are archived: {_archives(report)}"
    if report.not_signed:
        yield f"{report.not_signed:,} of these events are in no checkpoint: only the chain vouches for them"
    if report.not_chained:
        yield f"{report.not_chained:,} later events are not chained yet"


def moment(time: datetime | None) -> str:
    """When something was signed, as far as its checkpoint says so."""
    return "an unknown time" if time is None else f"{time:%Y-%m-%dT%H:%M:%SZ}"


def _counted(valid: int, all_: int, what: str) -> str:
    line = f"{valid:,}/{all_:,} {what} valid"
    return line if valid == all_ else f"{line}, {all_ - valid:,}/{all_:,} {what} INVALID"


def _archives(report: Report) -> str:
    if report.in_archives is None:
        return "their digests are in the chain, their archives were not looked into (--archive-dir)"
    return f"{report.in_archives:,} are in the archives as they were"
