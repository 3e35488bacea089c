"""When staff are at work, and how much working time lies between two moments.

Pure arithmetic: moments come in and go out aware, in UTC, so that a change of the clocks in some
zone neither adds nor loses an hour. Hours are read on the wall of the company's own zone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from services.company.declaration import DAYS, Company, Hours, SpecialDay

DAY = timedelta(days=1)
A_YEAR = 366  # days looked ahead for an opening
AT_MOST = 10 * A_YEAR  # days a term may take; a calendar without working days ends there

HOURS = TypeAdapter(tuple[Hours, ...])
HOLIDAYS = TypeAdapter(tuple[date, ...])
SPECIAL_DAYS = TypeAdapter(tuple[SpecialDay, ...])

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Timetable:
    """A special day stands instead of what the week and the holidays say; several entries of one
    date are its parts."""

    zone: ZoneInfo
    hours: tuple[Hours, ...]
    holidays: frozenset[date]
    special_days: tuple[SpecialDay, ...]

    @classmethod
    def of(cls, company: Company, rules: Mapping[str, Any] | None = None) -> Timetable:
        """`rules`: a room's. Each thing it says stands instead of the company's; a room that is
        open day and night keeps no holidays but those it names itself."""
        rules = rules or {}
        own_hours = HOURS.validate_python(rules.get("hours", ()))
        holidays = HOLIDAYS.validate_python(rules.get("holidays", ()))
        special = SPECIAL_DAYS.validate_python(rules.get("special_days", ()))
        if not never_closes(own_hours):
            holidays = holidays or company.holidays
            special = special or company.special_days
        return cls(
            ZoneInfo(company.timezone), own_hours or company.hours, frozenset(holidays), special
        )

    def is_open(self, moment: datetime) -> bool:
        return any(opens <= moment for opens, _ in self._from(moment, days=1))

    def is_working_day(self, day: date) -> bool:
        """Whether somebody is at work on it at all."""
        return bool(self._of_day(day))

    def next_opening(self, moment: datetime) -> datetime:
        """The next moment staff are at work; this one if they are. A year ahead at the latest,
        whatever the calendar says."""
        for opens, _ in self._from(moment, days=A_YEAR):
            return opens
        return moment.astimezone(UTC) + A_YEAR * DAY

    def closes_at(self, moment: datetime) -> datetime | None:
        """The end of the working time that `moment` is in, the next break included; None when
        nobody is at work, or nobody leaves within a fortnight."""
        ends: datetime | None = None
        for opens, closes in self._from(moment, days=15):
            if opens > (ends or moment):
                return ends
            ends = closes
        return None if ends is None or ends > moment + 14 * DAY else ends

    def closed_since(self, moment: datetime) -> datetime | None:
        """When the closed time that `moment` is in began; None when it is open, or was closed for
        a year."""
        if self.is_open(moment):
            return None
        day = moment.astimezone(self.zone).date() - DAY
        for back in range(A_YEAR):
            ended = [e for _, e in self._of_days(day - back * DAY, days=3) if e <= moment]
            if ended:
                return max(ended)
        return None

    def add_working(self, moment: datetime, span: timedelta) -> datetime:
        """The moment at which `span` of working time has passed. What would end exactly with the
        working day ends there, not with the next one's beginning."""
        if span <= timedelta(0):
            return moment.astimezone(UTC)
        left = span
        for opens, closes in self._from(moment, days=AT_MOST):
            if closes - opens >= left:
                return opens + left
            left -= closes - opens
        return moment.astimezone(UTC) + AT_MOST * DAY

    def working_between(self, a: datetime, b: datetime) -> timedelta:
        """How much working time lies between them; nothing when `b` is not after `a`."""
        total = timedelta(0)
        for opens, closes in self._from(a, days=AT_MOST):
            if opens >= b:
                break
            total += min(closes, b) - opens
        return total

    def _from(self, moment: datetime, *, days: int) -> Iterator[Span]:
        """What is left of the working intervals after `moment`, in order, none overlapping."""
        # One day back: where the clocks go forward at midnight, a day's end lies in the next one.
        day = moment.astimezone(self.zone).date() - DAY
        ended = moment.astimezone(UTC)
        for opens, closes in self._of_days(day, days=days + 2):
            if closes > ended:
                yield max(opens, ended), closes
                ended = closes

    def _of_days(self, first: date, *, days: int) -> Iterator[Span]:
        for ahead in range(days):
            yield from self._of_day(first + ahead * DAY)

    def _of_day(self, day: date) -> Sequence[Span]:
        hours: Sequence[Hours | SpecialDay] = [s for s in self.special_days if s.date == day]
        if not hours and day not in self.holidays:
            name = DAYS[day.weekday()]
            hours = [h for h in self.hours if name in h.days]
        spans = [(self._at(day, h.opens), self._at(day, h.closes, end=True)) for h in hours]
        return sorted(span for span in spans if span[0] < span[1])

    def _at(self, day: date, clock: str, *, end: bool = False) -> datetime:
        """An hour that the clocks show twice is worked twice; one that they skip comes right after
        the jump."""
        hour, minute = map(int, clock.split(":"))
        wall = datetime.combine(day + hour // 24 * DAY, time(hour % 24, minute), tzinfo=self.zone)
        first, second = wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)
        return max(first, second) if end else first


def never_closes(hours: Sequence[Hours]) -> bool:
    """Day and night, every day of the week."""
    whole = {day for h in hours if (h.opens, h.closes) == ("00:00", "24:00") for day in h.days}
    return whole == set(DAYS)
