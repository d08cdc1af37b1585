"""What docs/notifications.md shows does what it says."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.events import EXPIRING, History
from workers.notifying.message import notification_message
from workers.notifying.signature import signed_headers, signing_key

PAGE = (Path(__file__).parents[4] / "docs" / "notifications.md").read_text(encoding="utf-8")
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
BODY = b'{"taskId": "1"}'


@pytest.fixture
def is_genuine():
    [snippet] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(snippet, names)
    return names["is_genuine"]


@pytest.mark.parametrize("secret", ["x" * 24, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
def test_a_receiver_can_tell_what_is_genuine(is_genuine, secret):
    headers = signed_headers(signing_key(secret), "id-1", MOMENT, BODY)
    now = MOMENT.timestamp() + 60
    assert is_genuine(headers, BODY, secret, now)
    assert not is_genuine(headers, BODY + b" ", secret, now)
    assert not is_genuine(headers, BODY, "y" * 24, now)
    assert not is_genuine({**headers, "webhook-id": "id-2"}, BODY, secret, now)
    assert not is_genuine(headers, BODY, secret, now + 600)


def test_the_message_that_is_shown_is_like_one_that_is_sent():
    [shown] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    history = History()
    history.task_started(check_names=[EXPIRING], scheduled_audit_name="nightly")
    history.check_outcome_recorded()
    history.task_completed()
    sent = notification_message(history.events)
    assert list(json.loads(shown)) == list(sent)
    assert list(json.loads(shown)["auditDetails"][0]) == list(sent["auditDetails"][0])
