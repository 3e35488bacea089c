"""Whose clock it is: a house may live by another one than the company's.

A zone is named as in the company file (`Asia/Yekaterinburg`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select

from services.tables import House, Outage, OutagePlace

if TYPE_CHECKING:
    from services.work import Work

Wall = Callable[[datetime], datetime]


async def zones_of_houses(work: Work, house_ids: Sequence[int]) -> dict[str, list[int]]:
    """The houses by their zone, each named in full: a house that names none has the company's.
    The order is that of the houses given."""
    own = (await work.company.profile()).timezone
    rows = await work.session.execute(
        select(House.id, House.timezone).where(House.id.in_(house_ids))
    )
    named = {house_id: zone or own for house_id, zone in rows}
    zones: dict[str, list[int]] = {}
    for house_id in dict.fromkeys(house_ids):
        if house_id in named:
            zones.setdefault(named[house_id], []).append(house_id)
    return zones


async def zone_of_outage(work: Work, outage: Outage) -> str:
    """That of its houses: the form lets in no houses of several zones. Where the company file
    moved one of them since, the first one's."""
    places = select(OutagePlace.house_id).where(OutagePlace.outage_id == outage.id)
    houses = await work.session.scalars(places.order_by(OutagePlace.id))
    zones = await zones_of_houses(work, list(houses))
    return next(iter(zones), (await work.company.profile()).timezone)


async def wall_of(work: Work, outage: Outage) -> Wall:
    """Shows a moment as the clocks on the walls of its houses do."""
    return wall(await zone_of_outage(work, outage))


def wall(zone: str) -> Wall:
    info = ZoneInfo(zone)
    return lambda moment: moment.astimezone(info)
