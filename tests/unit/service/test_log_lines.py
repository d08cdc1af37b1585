"""Lines of the log hold one record each, whatever is in it, and say what they are about."""

import io
import json
import logging
import re

import pytest

from events.at_hand import EVENT, REQUEST_ID, TASK_ID
from events.audit_task import AuditTaskStarted
from service.observing.log_lines import JsonLines, TextLines, log_to
from service.observing.settings import Observing
from tests.support.example_events import EXAMPLES

HOSTILE = 'a\nb\r\n{"level": "error"}\x1b[2J\x00\u2028c\u0085d\ud800\u202ee"'
STARTED = next(each for each in EXAMPLES if isinstance(each, AuditTaskStarted))


@pytest.fixture(autouse=True)
def nothing_at_hand():
    request, task, event = REQUEST_ID.set(""), TASK_ID.set(""), EVENT.set(None)
    yield
    REQUEST_ID.reset(request)
    TASK_ID.reset(task)
    EVENT.reset(event)


def record(message="It happened.", *args, fields=None, error=None):
    made = logging.LogRecord(
        "service.somewhere",
        logging.WARNING,
        "somewhere.py",
        1,
        message,
        args,
        error and (type(error), error, None),
    )
    made.created = 1767268800.1239
    if fields:
        made.fields = fields
    return made


def as_json(given):
    line = JsonLines().format(given)
    assert len(line.splitlines()) == 1
    return json.loads(line)


def test_a_line_says_when_what_happened_where():
    assert as_json(record("%d of %s", 3, "four")) == {
        "time": "2026-01-01T12:00:00.123Z",
        "level": "warning",
        "logger": "service.somewhere",
        "message": "3 of four",
    }


def test_it_has_the_ids_at_hand():
    REQUEST_ID.set("r1")
    TASK_ID.set("t1")
    EVENT.set(STARTED)

    line = as_json(record())

    assert (line["request_id"], line["task_id"], line["event_id"]) == ("r1", "t1", str(STARTED.event_id))


def test_it_has_fields_of_its_own():
    assert as_json(record(fields={"status": 200}))["status"] == 200


@pytest.mark.parametrize("where", ["message", "argument", "field", "exception"])
def test_nothing_breaks_a_json_line(where):
    given = {
        "message": lambda: record(HOSTILE),
        "argument": lambda: record("%s", HOSTILE),
        "field": lambda: record(fields={"path": HOSTILE}),
        "exception": lambda: record(error=ValueError(HOSTILE)),
    }[where]()

    line = as_json(given)

    said = json.dumps(line)
    assert said.isascii()
    assert line["level"] == "warning"


def test_nothing_breaks_a_line_of_text():
    [line] = TextLines().format(record("%s", HOSTILE, fields={"path": HOSTILE})).splitlines()

    assert line.isprintable()
    assert line.startswith("2026-01-01T12:00:00.123Z WARNING  service.somewhere: a\\nb\\r\\n")


def test_a_traceback_in_text_looks_like_no_line_of_the_log():
    text = TextLines().format(record(error=ValueError(HOSTILE)))

    first, *rest = text.split("\n")
    assert rest
    assert all(line.startswith("    ") for line in rest)
    assert all(line.isprintable() for line in (first, *rest))


def test_the_whole_process_logs_in_the_format_and_from_the_level_that_was_set():
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    try:
        log_to(stream, Observing(log_format="json", log_level="info"))
        logging.getLogger("dramatiq").info("told")
        logging.getLogger("dramatiq").debug("not told")
        root.handlers[0].flush()
    finally:
        root.handlers[0].close()
        root.handlers[:] = before[0]
        root.setLevel(before[1])

    [line] = stream.getvalue().splitlines()
    assert json.loads(line)["message"] == "told"
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", json.loads(line)["time"])
