"""A service that is killed time and again while its clock is moved through a year starts each due audit once."""

import json
import random
import threading
import urllib.request
from contextlib import suppress
from datetime import datetime, timedelta
from http.client import HTTPException

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as Keys
from dateutil import rrule

from events.audit_task import AuditTaskStarted
from events.identifiers import scheduled_audit_id
from events.store.sqlite import open_sqlite_log
from events.timetable import time_of_day
from events.vocabulary import AccountId
from tests.support.boto3_story import enable
from tests.support.credentialed import made
from tests.support.fleet_audit_process import FleetAuditService

SEED = 20261122
KILLS = 4
ACCOUNTS = [AccountId(f"{number:012}") for number in range(1, 7)]
CHECK = "LOGGING_DISABLED_CHECK"
MANUAL = {"FLEET_AUDIT_CLOCK": "manual"}
SCHEDULES = {
    "sundays": {"frequency": "WEEKLY", "dayOfWeek": "SUN"},
    "mondays": {"frequency": "WEEKLY", "dayOfWeek": "MON"},
    "fortnightly": {"frequency": "BIWEEKLY", "dayOfWeek": "FRI"},
    "thirtieth": {"frequency": "MONTHLY", "dayOfMonth": "30"},
    "last": {"frequency": "MONTHLY", "dayOfMonth": "LAST"},
}


def test_each_due_audit_of_thirty_schedules_is_started_once_at_its_time(tmp_path):
    chance = random.Random(SEED)
    credentials = {
        account: made(tmp_path, "--account", account, "--role", "ADMINISTRATOR") for account in ACCOUNTS
    }
    driver = credentials[ACCOUNTS[0]]
    with FleetAuditService(tmp_path, MANUAL) as service:
        began = asked(service, driver)
        for each in credentials.values():
            client = each.client(service.url)
            enable(client, CHECK)
            for name, schedule in SCHEDULES.items():
                client.create_scheduled_audit(scheduledAuditName=name, targetCheckNames=[CHECK], **schedule)
        kill_while_moving(service, driver, began + timedelta(days=30), chance)
    end = began + timedelta(days=365)
    for _ in range(KILLS - 1):
        with FleetAuditService(tmp_path, MANUAL) as service:
            kill_while_moving(service, driver, asked(service, driver) + timedelta(days=90), chance)
    with FleetAuditService(tmp_path, MANUAL) as service:
        if asked(service, driver) < end:
            asked(service, driver, {"advanceTo": end.isoformat()})
    assert [each for each in started(tmp_path) if each[-1] <= end] == due(began, end)


def kill_while_moving(service, driver, moment, chance):
    """Kill it at any time between the first millisecond of the move and its end."""
    killer = threading.Timer(chance.uniform(0.001, 1.0), service.process.kill)
    killer.start()
    with suppress(OSError, HTTPException):  # it may be killed before it can answer
        asked(service, driver, {"advanceTo": moment.isoformat()})
    killer.join()
    service.kill()


def asked(service, driver, move=None):
    """Move the clock if it is to be moved; returns where it stands."""
    body = b"" if move is None else json.dumps(move).encode()
    method = "GET" if move is None else "POST"
    url = f"{service.url}/fleet-audit/clock"
    signed = AWSRequest(method, url, data=body, headers={"Content-Type": "application/json"})
    SigV4Auth(Keys(driver.access_key_id, driver.secret), "iot", "us-east-1").add_auth(signed)
    request = urllib.request.Request(url, body or None, dict(signed.headers.items()), method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return datetime.fromisoformat(json.load(answer)["now"])


def started(home):
    """Account, name and time of every audit in the log that its schedule started."""
    log = open_sqlite_log(home / "data" / "events.sqlite")
    found, position = [], 0
    try:
        while batch := log.after(position):
            position = batch[-1].position
            found += [
                (each.event.account, each.event.scheduled_audit_name, each.event.timestamp)
                for each in batch
                if isinstance(each.event, AuditTaskStarted)
            ]
    finally:
        log.close()
    return sorted(found)


def due(began, end):
    """The same, worked out from recurrence rules."""
    return sorted(
        (account, name, moment)
        for account in ACCOUNTS
        for generation, name in enumerate(SCHEDULES, start=1)
        for moment in recurrence(account, name, generation, began).between(began, end, inc=True)
    )


def recurrence(account, name, generation, began):
    at = time_of_day(scheduled_audit_id(account, name, generation))
    first = began.replace(hour=0, minute=0, second=0, microsecond=0) + at
    if name == "sundays":
        return rrule.rrule(rrule.WEEKLY, dtstart=first, byweekday=rrule.SU)
    if name == "mondays":
        return rrule.rrule(rrule.WEEKLY, dtstart=first, byweekday=rrule.MO)
    if name == "fortnightly":  # counted from its first day
        friday = next(
            each for each in rrule.rrule(rrule.WEEKLY, dtstart=first, byweekday=rrule.FR) if each > began
        )
        return rrule.rrule(rrule.WEEKLY, dtstart=friday, interval=2)
    if name == "thirtieth":  # in a shorter month, its last day
        return rrule.rrule(rrule.MONTHLY, dtstart=first.replace(day=1), bymonthday=(28, 29, 30), bysetpos=-1)
    return rrule.rrule(rrule.MONTHLY, dtstart=first.replace(day=1), bymonthday=-1)
