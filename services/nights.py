"""Nights: where it is one now, for what must not leave then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import text

from services.company.declaration import Company
from services.errors import NotFound

if TYPE_CHECKING:
    from services.work import Work

ZONES = text(
    """
    SELECT '' AS zone UNION SELECT timezone FROM houses
    UNION SELECT zone FROM notices WHERE state IN ('going', 'held') AND quiet
    """
)


@dataclass(frozen=True)
class Nights:
    """`known` zones, and those of them in which it is day; the empty one is the company's."""

    known: list[str]
    awake: list[str]


async def nights_now(work: Work) -> Nights:
    zones = sorted(await work.session.scalars(ZONES))
    try:
        company = await work.company.profile()
    except NotFound:  # no declaration yet: no nights either
        return Nights(zones, zones)
    awake = [zone for zone in zones if after_quiet(company, work.now, zone) == work.now]
    return Nights(zones, awake)


def after_quiet(company: Company, moment: datetime, zone: str = "") -> datetime:
    """The first moment from this one on that is not at night in `zone` (empty: the company's); a
    night that begins when it ends is none."""
    zone = zone or company.timezone
    return after_night(moment, company.quiet_from, company.quiet_until, zone)


def after_night(moment: datetime, night_begins: str, night_ends: str, zone: str) -> datetime:
    """The same of any hours, HH:MM both."""
    local = moment.astimezone(ZoneInfo(zone))
    begins, ends = time.fromisoformat(night_begins), time.fromisoformat(night_ends)
    clock = local.time()
    through_midnight = begins > ends and (clock >= begins or clock < ends)
    if not (through_midnight or begins <= clock < ends):
        return moment
    day = local.date() + timedelta(days=1 if clock >= ends else 0)
    return datetime.combine(day, ends, tzinfo=local.tzinfo)
