"""How a check run can end, with what its message says to a person."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from events.audit_task import CheckOutcome
from events.vocabulary import CheckErrorCode, CheckRunStatus
from workers.aws_account.outcome import Reason
from workers.inventory.kinds import Kind
from workers.judging.look_back import Window

LONGEST_MESSAGE = 2048
"""Characters. Source: `ErrorMessage` in the API's model."""

UNKNOWN_CHECK = CheckOutcome(
    CheckRunStatus.FAILED, message="This version of the service does not have the check that the audit names."
)
CRASHED = CheckOutcome(
    CheckRunStatus.FAILED, message="The check failed because of an error in itself. The service's log says more."
)
GIVEN_UP = CheckOutcome(
    CheckRunStatus.FAILED, message="The check was given up: a part of it was begun several times and never ended."
)


FORGOTTEN = CheckOutcome(
    CheckRunStatus.FAILED,
    error_code=CheckErrorCode.AUDIT_CHECK_DISABLED,
    message="The check was disabled during the audit, and what had been collected for it is deleted.",
)


def not_permitted(missing: Sequence[Kind]) -> CheckOutcome:
    """The check needs kinds of resources of which the inventory knows nothing."""
    message = " ".join(
        f"The inventory does not have the account's {kind.called}. {_advice(kind)}" for kind in missing
    )
    return CheckOutcome(CheckRunStatus.FAILED, error_code=CheckErrorCode.INSUFFICIENT_PERMISSIONS, message=message)


def connections_not_known(window: Window, known_since: datetime | None) -> CheckOutcome:
    """The check needs connections of a time in which none were collected."""
    if known_since is None:
        message = (
            "No source of presence events has told of the account's connections since the check was enabled. "
            "POST events to /fleet-audit/inventory/presence, or have them read from an MQTT broker."
        )
    else:
        known, until = f"{known_since:%Y-%m-%dT%H:%MZ}", f"{window.until:%Y-%m-%dT%H:%MZ}"
        message = (
            f"The account's connections are known since {known} only; the check looks at those until {until}."
        )
    return CheckOutcome(CheckRunStatus.FAILED, error_code=CheckErrorCode.INSUFFICIENT_PERMISSIONS, message=message)


def unreadable(reasons: Sequence[Reason]) -> CheckOutcome:
    """The linked account could not be read as far as the check needs it."""
    codes = [reason.error_code for reason in reasons if reason.error_code is not None]
    message = " ".join(dict.fromkeys(reason.message for reason in reasons))
    return CheckOutcome(CheckRunStatus.FAILED, error_code=codes[0] if codes else None, message=_shortened(message))


def canceled(examined: int, non_compliant: int) -> CheckOutcome:
    """The audit was canceled, when so much of it was done."""
    return CheckOutcome(CheckRunStatus.CANCELED, examined, non_compliant)


def completed(
    examined: int, non_compliant: int, notices: Sequence[str], not_judged: Mapping[str, int]
) -> CheckOutcome:
    """All shards are in.

    `notices` are the plan's, in sentences; `not_judged` counts resources by the reason in words.
    """
    sentences = [*notices, *(f"Not judged ({count}): {reason}." for reason, count in not_judged.items())]
    return CheckOutcome(
        CheckRunStatus.COMPLETED_NON_COMPLIANT if non_compliant else CheckRunStatus.COMPLETED_COMPLIANT,
        resources_examined=examined,
        non_compliant_resources=non_compliant,
        message=_shortened(" ".join(sentences)) or None,
    )


def _advice(kind: Kind) -> str:
    if kind.can_be_none:
        return f"Import them, or a LISTING of {kind.resource_type} that says there are none."
    return f"Import them as a record of {kind.resource_type}."


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_MESSAGE else text[: LONGEST_MESSAGE - 3] + "..."
