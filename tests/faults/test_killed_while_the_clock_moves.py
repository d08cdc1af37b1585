"""A service that is killed time and again while its clock is moved through a year starts each due audit once."""

import json
import random
import threading
import urllib.request
from contextlib import suppress
from datetime import datetime, timedelta
from http.client import HTTPException

from dateutil import rrule

from events.audit_task import AuditTaskStarted
from events.identifiers import scheduled_audit_id
from events.store.sqlite import open_sqlite_log
from events.timetable import time_of_day
from events.vocabulary import AccountId
from tests.support.boto3_story import enable
from tests.support.fleet_audit_process import FleetAuditService

SEED = 20261122
KILLS = 4
ACCOUNT = AccountId("000000000000")
CHECK = "LOGGING_DISABLED_CHECK"
MANUAL = {"FLEET_AUDIT_CLOCK": "manual"}
SCHEDULES = {
    "daily": {"frequency": "DAILY"},
    "mondays": {"frequency": "WEEKLY", "dayOfWeek": "MON"},
    "last": {"frequency": "MONTHLY", "dayOfMonth": "LAST"},
}


def test_each_due_audit_is_started_once_at_its_time(tmp_path):
    chance = random.Random(SEED)
    with FleetAuditService(tmp_path, MANUAL) as service:
        began = datetime.fromisoformat(asked(service, None)["now"])
        client = service.client()
        enable(client, CHECK)
        for name, schedule in SCHEDULES.items():
            client.create_scheduled_audit(scheduledAuditName=name, targetCheckNames=[CHECK], **schedule)
        kill_while_moving(service, began + timedelta(days=30), chance)
    end = began + timedelta(days=365)
    for _ in range(KILLS - 1):
        with FleetAuditService(tmp_path, MANUAL) as service:
            now = datetime.fromisoformat(asked(service, None)["now"])
            kill_while_moving(service, now + timedelta(days=90), chance)
    with FleetAuditService(tmp_path, MANUAL) as service:
        if datetime.fromisoformat(asked(service, None)["now"]) < end:
            asked(service, {"advanceTo": end.isoformat()})
    assert [each for each in started(tmp_path) if each[1] <= end] == due(began, end)


def kill_while_moving(service, moment, chance):
    """Kill it at any time between the first millisecond of the move and its end."""
    killer = threading.Timer(chance.uniform(0.001, 0.4), service.process.kill)
    killer.start()
    with suppress(OSError, HTTPException):  # it may be killed before it can answer
        asked(service, {"advanceTo": moment.isoformat()})
    killer.join()
    service.kill()


def asked(service, body):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        f"{service.url}/fleet-audit/clock", data, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def started(home):
    """Name and time of every audit in the log that its schedule started."""
    log = open_sqlite_log(home / "data" / "events.sqlite")
    found, position = [], 0
    try:
        while batch := log.after(position):
            position = batch[-1].position
            found += [
                (each.event.scheduled_audit_name, each.event.timestamp)
                for each in batch
                if isinstance(each.event, AuditTaskStarted)
            ]
    finally:
        log.close()
    return sorted(found, key=lambda each: (each[1], each[0]))


def due(began, end):
    """The same, worked out from recurrence rules."""
    found = []
    for generation, (name, rule) in enumerate(SCHEDULES.items(), start=1):
        at = time_of_day(scheduled_audit_id(ACCOUNT, name, generation))
        first = began.replace(hour=0, minute=0, second=0, microsecond=0) + at
        rules = {
            "DAILY": rrule.rrule(rrule.DAILY, dtstart=first),
            "WEEKLY": rrule.rrule(rrule.WEEKLY, dtstart=first, byweekday=rrule.MO),
            "MONTHLY": rrule.rrule(rrule.MONTHLY, dtstart=first, bymonthday=-1),
        }
        found += [(name, moment) for moment in rules[rule["frequency"]].between(began, end, inc=True)]
    return sorted(found, key=lambda each: (each[1], each[0]))
