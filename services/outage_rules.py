"""What the company's rules say of an outage: when it may be told, and what is to be warned of."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from services.news import after_quiet
from services.tables import Outage

if TYPE_CHECKING:
    from services.work import Work

FARTHEST = 60  # days ahead that are counted
TOLD_LATELY = timedelta(hours=3)


async def moment_to_tell(work: Work, outage: Outage) -> datetime:
    """Now; of planned works that are still ahead, the morning where it is night."""
    if not outage.planned or outage.since <= work.now:
        return work.now
    return after_quiet(await work.company.profile(), work.now)


async def is_night(work: Work) -> bool:
    return after_quiet(await work.company.profile(), work.now) > work.now


async def evening_before(work: Work, outage: Outage) -> datetime | None:
    """When residents are reminded; None of an accident, and where they are told that very evening
    or later."""
    if not outage.planned:
        return None
    company = await work.company.profile()
    zone = ZoneInfo(company.timezone)
    day = outage.since.astimezone(zone).date() - timedelta(days=1)
    clock = time.fromisoformat(company.outages.remind_at)
    evening = datetime.combine(day, clock, tzinfo=zone)
    return evening if await moment_to_tell(work, outage) < evening - TOLD_LATELY else None


async def working_days_ahead(work: Work, outage: Outage, told: datetime) -> int:
    """Whole ones between the day it is told and the day it begins."""
    timetable = await work.company.timetable()
    first = told.astimezone(timetable.zone).date() + timedelta(days=1)
    last = outage.since.astimezone(timetable.zone).date()
    ahead = [first + timedelta(days=n) for n in range(min((last - first).days, FARTHEST))]
    spans = [whole_day(day, timetable.zone) for day in ahead]
    return sum(timetable.working_between(*span) > timedelta(0) for span in spans)


async def permitted(work: Work, outage: Outage) -> timedelta | None:
    """How long it may last at once; None: there is no bound."""
    hours = (await work.company.profile()).outages.permitted_hours
    bound = getattr(hours, outage.what)
    return timedelta(hours=bound) if bound else None


def whole_day(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    begins = datetime.combine(day, time(), tzinfo=zone)
    return begins, datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
