"""Decent hours: when somebody may be reminded of what they owe, and how often (law 230-FZ, art. 7,
taken as a ceiling). The hours are those of the house, holidays those of the company and of the
Labour Code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from services.company.account_rules import ReminderRules
from services.company.declaration import Company
from services.errors import NotFound

if TYPE_CHECKING:
    from services.work import Work

MARGIN = timedelta(minutes=1)  # what is claimed in the last minute may arrive after it
FARTHEST = 14  # days
SATURDAY = 5


@dataclass(frozen=True)
class DebtHours:
    """`decent`: the zones in which it is such an hour now; without a declaration none is."""

    decent: list[str] = field(default_factory=list)
    rules: ReminderRules = field(default_factory=ReminderRules)

    def named(self) -> dict[str, Any]:
        """As the guard asks for them."""
        return {
            "decent": self.decent,
            "per_day": self.rules.per_day,
            "per_week": self.rules.per_week,
            "per_month": self.rules.per_month,
            "pay_by_day": self.rules.pay_by,
        }


async def debt_hours_now(work: Work, zones: Sequence[str]) -> DebtHours:
    try:
        company = await work.company.profile()
    except NotFound:
        return DebtHours()
    decent = [zone for zone in zones if is_decent(company, work.now, zone)]
    return DebtHours(decent, company.accounts.reminders)


def is_decent(company: Company, moment: datetime, zone: str = "") -> bool:
    """`zone` empty: the company's. The last minute is left out: a message takes its time."""
    there = moment.astimezone(ZoneInfo(zone or company.timezone))
    begins, ends = hours_of(company, there.date())
    day = datetime.combine(there.date(), time(), there.tzinfo)
    clock = there.replace(second=0, microsecond=0) - day
    return _since_midnight(begins) <= clock < _since_midnight(ends) - MARGIN


def next_decent(company: Company, moment: datetime, zone: str = "") -> datetime:
    """This moment, or the first of such hours after it."""
    if is_decent(company, moment, zone):
        return moment
    there = moment.astimezone(ZoneInfo(zone or company.timezone))
    for ahead in range(FARTHEST):
        day = there.date() + timedelta(days=ahead)
        begins, ends = hours_of(company, day)
        at = datetime.combine(day, time.fromisoformat(begins), there.tzinfo)
        if at > moment and begins < ends:
            return at
    return moment


def hours_of(company: Company, day: date) -> tuple[str, str]:
    rules = company.accounts.reminders
    if is_day_off(company, day):
        return rules.days_off_from, rules.days_off_until
    return rules.workdays_from, rules.workdays_until


def is_day_off(company: Company, day: date) -> bool:
    """A Saturday on which the company works stays one: that its residents do is not known."""
    closed = any(each.date == day and each.opens >= each.closes for each in company.special_days)
    return (
        day.weekday() >= SATURDAY
        or day in company.holidays
        or f"{day:%m-%d}" in company.accounts.reminders.holidays
        or closed
    )


def _since_midnight(clock: str) -> timedelta:
    hour, minute = map(int, clock.split(":"))
    return timedelta(hours=hour, minutes=minute)
