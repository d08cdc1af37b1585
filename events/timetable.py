"""When a scheduled audit is due: a pure function of its schedule.

The day is the schedule's, the time of day the scheduled audit's own: fixed, and spread over the day, so that the
audits of many accounts do not all begin at midnight. AWS says of it only that "the actual start time of each audit
is determined by the system".
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from events.identifiers import scheduled_audit_id
from events.scheduled_audit import Schedule
from events.vocabulary import AccountId, AuditFrequency, DayOfWeek

SECONDS_A_DAY = 86_400
DAY = timedelta(days=1)
DAYS = {AuditFrequency.DAILY: 1, AuditFrequency.WEEKLY: 7, AuditFrequency.BIWEEKLY: 14}
FROM_MONDAY = (
    DayOfWeek.MON,
    DayOfWeek.TUE,
    DayOfWeek.WED,
    DayOfWeek.THU,
    DayOfWeek.FRI,
    DayOfWeek.SAT,
    DayOfWeek.SUN,
)


def time_of_day(scheduled_audit: UUID) -> timedelta:
    """Since midnight, UTC, in whole seconds: the same for a scheduled audit for ever."""
    return timedelta(seconds=scheduled_audit.int % SECONDS_A_DAY)


def timetable(account: AccountId, name: str, generation: int, schedule: Schedule, since: datetime) -> "Timetable":
    """The due times of a scheduled audit that has had its schedule since a moment."""
    return Timetable(schedule, since, time_of_day(scheduled_audit_id(account, name, generation)))


@dataclass(frozen=True)
class Timetable:
    """The due times of a schedule: after the moment at which it was set, without an end.

    The first is on the first day that fits; a BIWEEKLY schedule counts its fortnights from there.
    """

    schedule: Schedule
    since: datetime
    time_of_day: timedelta

    def next_after(self, moment: datetime) -> datetime:
        """The first due time after `moment`."""
        return next(due for due in self._from(max(moment, self.since)) if due > moment)

    def last_up_to(self, moment: datetime) -> datetime | None:
        """The last due time that is not after `moment`; None while there was none."""
        last = None
        for due in self._from(moment - timedelta(days=self._longest_gap)):
            if due > moment:
                return last
            last = due
        return last

    @property
    def _longest_gap(self) -> int:
        return DAYS.get(self.schedule.frequency, 31)

    def _from(self, moment: datetime) -> Iterator[datetime]:
        """The due times in order, from one that is not after `moment`, or from the first."""
        if self.schedule.frequency is AuditFrequency.MONTHLY:
            return (due for due in self._monthly(moment) if due > self.since)
        return self._every(DAYS[self.schedule.frequency], moment)

    def _every(self, days: int, moment: datetime) -> Iterator[datetime]:
        due = self._first()
        due += max((moment - due) // (days * DAY), 0) * days * DAY
        while True:
            yield due
            due += days * DAY

    def _first(self) -> datetime:
        due = self._on(self.since.date())
        while due <= self.since or self.schedule.day_of_week not in (None, FROM_MONDAY[due.weekday()]):
            due += DAY
        return due

    def _monthly(self, moment: datetime) -> Iterator[datetime]:
        year, month = moment.year, moment.month
        while True:
            yield self._on(date(year, month, self._day_in(year, month)))
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)

    def _day_in(self, year: int, month: int) -> int:
        last = monthrange(year, month)[1]
        wanted = self.schedule.day_of_month
        return last if wanted in (None, "LAST") else min(int(wanted), last)

    def _on(self, day: date) -> datetime:
        return datetime.combine(day, time(), UTC) + self.time_of_day
