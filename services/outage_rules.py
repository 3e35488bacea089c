"""What the company's rules say of an outage: when it may be told, what is to be warned of, and how
long nobody's word is still believed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, or_, select

from services.nights import after_quiet
from services.tables import Notice, Outage
from services.zones import zone_of_outage

if TYPE_CHECKING:
    from services.work import Work

FARTHEST = 60  # days ahead that are counted
TOLD_LATELY = timedelta(hours=3)
BELIEVED_LATE = timedelta(hours=3)  # past its term
BELIEVED_OPEN = timedelta(days=1)  # without one, since a member said last that it goes on
ASK_OPEN_AFTER = timedelta(hours=6)
ASK_AGAIN_AFTER = timedelta(days=1)


async def moment_to_tell(work: Work, outage: Outage) -> datetime:
    """Now; of planned works that are still ahead, the morning where it is night."""
    return await moment_by_day(work, outage, work.now)


async def moment_by_day(work: Work, outage: Outage, moment: datetime) -> datetime:
    """This one, or the morning after it; the latter only of planned works that it still
    precedes: told at night, without a sound, is better than told too late."""
    if not outage.planned or outage.since <= moment:
        return moment
    morning = await after_night(work, outage, moment)
    return morning if morning < outage.since else moment


async def waits_too_long(work: Work, outage: Outage, moment: datetime) -> bool:
    """Whether what is to be told then would reach residents when it has begun, nights counted."""
    return await after_night(work, outage, moment) >= outage.since


async def keeps_to_the_day(work: Work, outage: Outage) -> bool:
    """Whether what is told now may rest through a night on its way: of planned works that are
    still ahead of the next morning."""
    if not outage.planned:
        return False
    company = await work.company.profile()
    now = work.now.astimezone(ZoneInfo(await zone_of_outage(work, outage)))
    tonight = datetime.combine(now.date(), time.fromisoformat(company.quiet_from), now.tzinfo)
    if tonight <= now:
        tonight += timedelta(days=1)
    return max([await after_night(work, outage, each) for each in (now, tonight)]) < outage.since


async def is_night(work: Work, outage: Outage) -> bool:
    return await after_night(work, outage, work.now) > work.now


async def after_night(work: Work, outage: Outage, moment: datetime) -> datetime:
    """Nights are those of its houses."""
    return after_quiet(await work.company.profile(), moment, await zone_of_outage(work, outage))


async def evening_before(work: Work, outage: Outage) -> datetime | None:
    """When residents are reminded; None of an accident, and where they are told that very evening
    or later."""
    if not outage.planned:
        return None
    company = await work.company.profile()
    zone = ZoneInfo(await zone_of_outage(work, outage))
    day = outage.since.astimezone(zone).date() - timedelta(days=1)
    clock = time.fromisoformat(company.outages.remind_at)
    evening = datetime.combine(day, clock, tzinfo=zone)
    if await waits_too_long(work, outage, evening):
        return None
    return evening if await moment_to_tell(work, outage) < evening - TOLD_LATELY else None


# ── Whether it is still so ───────────────────────────────────────────────────


def vouched_at() -> Any:
    """SQL: when a member said last that it goes on, by making it or by a new term."""
    prolonged = (
        select(func.max(Notice.at))
        .where(Notice.outage_id == Outage.id, Notice.kind == "prolonged")
        .correlate(Outage)
        .scalar_subquery()
    )
    return func.greatest(Outage.since, Outage.announced_at, prolonged)


def is_believed(now: datetime) -> Any:
    """SQL: a member may have forgotten to end what is not."""
    return or_(
        and_(Outage.until.is_not(None), Outage.until > now - BELIEVED_LATE),
        and_(Outage.until.is_(None), vouched_at() > now - BELIEVED_OPEN),
    )


def is_to_ask(now: datetime) -> Any:
    """SQL: whether it is over; again each day until somebody answers."""
    return and_(
        or_(
            Outage.until <= now,
            and_(Outage.until.is_(None), vouched_at() <= now - ASK_OPEN_AFTER),
        ),
        or_(Outage.asked_at.is_(None), Outage.asked_at <= now - ASK_AGAIN_AFTER),
    )


async def working_days_ahead(work: Work, outage: Outage, told: datetime) -> int:
    """Whole ones between the day it is told and the day it begins."""
    timetable = await work.company.timetable()  # whose days are the company's own
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
