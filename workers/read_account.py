"""Has the linked account read, if there is one, for a check that is to be planned."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from events.check_run import AccountReading
from workers import outcomes
from workers.aws_account.outcome import AccountRead, Ask, Outcome, Reason
from workers.checks.check import Check
from workers.inventory.kinds import CA_CERTIFICATES, DEVICE_CERTIFICATES, Kind
from workers.open_check_run import OpenCheckRun

LONGEST_READING = timedelta(hours=48)
"""Of an audit. At AWS's limit of ten descriptions a second it is enough for 1,700,000 certificates."""

TOO_LONG = Reason(
    f"The account could not be read within {LONGEST_READING // timedelta(hours=1)} hours. What was read is kept, "
    "and the next audit goes on from there."
)


def read_account(run: OpenCheckRun, check: Check) -> list[str] | None:
    """See to it that the inventory has what the check needs of the linked account; return what it lacks, in words.

    None when the check can't be planned now: nobody waits for it, it can't be done, or there is more to read,
    which the log then says. What was read, because the message was delivered before, is not read again.
    """
    worker, task_id = run.worker, run.task.task_id
    kinds = kinds_of(check)
    if worker.linked_account is None or not kinds:
        return []
    if run.account_read is not None:
        return run.account_read.notices
    worker.application.start_data_collection(task_id, check.name, run.cause()).result()
    read = worker.linked_account.read(_ask(run, kinds), run.is_wanted)
    if read is None:
        return None
    if isinstance(read, AccountRead):
        return _read(run, check, read)
    if worker.clock.now() - run.task.started_at > LONGEST_READING:
        run.end(outcomes.unreadable([TOO_LONG]))
    else:
        reading = AccountReading(dict(read.resources))
        worker.application.record_account_reading(task_id, check.name, reading, run.cause()).result()
    return None


def kinds_of(check: Check) -> list[Kind]:
    """What a check needs of the account; connections come from elsewhere."""
    if check.looks_back is not None:
        return []
    kinds = list(check.examines.kinds)
    if check.collects is not None and DEVICE_CERTIFICATES in kinds:
        kinds.append(CA_CERTIFICATES)  # among which issuers are looked for
    return kinds


def _ask(run: OpenCheckRun, kinds: list[Kind]) -> Ask:
    checks = [run.worker.registry[name] for name in run.task.target_checks if name in run.worker.registry]
    of_audit = [kind for check in checks for kind in kinds_of(check)]
    return Ask(run.follows.account, run.task.role_arn, kinds, of_audit, run.task.started_at)


def _read(run: OpenCheckRun, check: Check, read: AccountRead) -> list[str] | None:
    """Note that all was read; or end the check with what could not be."""
    missing = list(_missing(check, read.outcomes))
    if missing:
        run.end(outcomes.unreadable(missing))
        return None
    notices = list(_notices(kinds_of(check), read.outcomes))
    resources = {name: outcome.resources for name, outcome in read.outcomes.items()}
    recorded = run.worker.application.record_account_reading(
        run.task.task_id, check.name, AccountReading(resources, notices), run.cause()
    ).result()
    return notices if recorded.value else None


def _missing(check: Check, outcomes_: Mapping[str, Outcome]) -> Iterable[Reason]:
    """Why what the check can't do without was not read."""
    related = check.examines.related
    columns = {*check.examines.columns, *(related.columns if related else ())}
    for kind in check.examines.kinds:
        outcome = outcomes_[kind.resource_type]
        if outcome.failure is not None:
            yield outcome.failure
        yield from (reason for column, reason in outcome.withheld.items() if column in columns)


def _notices(kinds: Iterable[Kind], outcomes_: Mapping[str, Outcome]) -> Iterable[str]:
    """What the check can do without, in sentences."""
    for kind in kinds:
        outcome = outcomes_[kind.resource_type]
        if outcome.failure is not None:
            yield f"The account's {kind.called} could not be read. {outcome.failure.message}"
        for reason, count in outcome.unread.items():
            yield f"Not read ({count}): {kind.called}, because {reason}."
