"""How many have sent their readings, and who has not: for those who count."""

# ruff: noqa: S608 (the statements are put together of this module's own constants)

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select, text

from services.access import AsMember
from services.company.account_rules import RESOURCES, MeterRules
from services.meters.windows import counting
from services.tables import House

if TYPE_CHECKING:
    from services.work import Work

# The month that counts for a meter, by its resource and the zone of its house.
METERS = """
    FROM meters m JOIN accounts a ON a.id = m.account_id
    LEFT JOIN houses b ON b.id = a.house_id
    CROSS JOIN LATERAL (SELECT CAST(
        CAST(:months AS jsonb) -> coalesce(nullif(b.timezone, ''), CAST(:own AS text))
            ->> m.resource AS date) AS month) c
    LEFT JOIN readings r ON r.meter_id = m.id AND NOT r.replaced AND r.month = c.month
    WHERE m.withdrawn_at IS NULL AND a.withdrawn_at IS NULL
      AND (CAST(:all AS boolean) OR a.house_id = ANY(CAST(:houses AS bigint[])))
"""
BY_HOUSE = text(
    f"""
    SELECT coalesce(b.address, '') AS address, count(*) AS meters, count(r.id) AS sent,
           array_agg(DISTINCT c.month) AS months
    {METERS} GROUP BY b.id, b.address ORDER BY b.address NULLS LAST
    """
)
MISSING = text(
    f"""
    SELECT coalesce(b.address, '') AS address, a.place, a.number AS account, m.resource, m.number,
           m.title, c.month, (SELECT max(p.month) FROM readings p
                     WHERE p.meter_id = m.id AND NOT p.replaced) AS last,
           EXISTS (SELECT 1 FROM holdings h
                   WHERE h.account_id = a.id AND h.until IS NULL) AS connected
    {METERS} AND r.id IS NULL ORDER BY b.address NULLS LAST, a.place, a.number, m.id
    """
)


@dataclass(frozen=True)
class HouseCount:
    """Meters, and those of them with a reading for the month that counts for each: `months` are
    all of them. Without an address: of no house that the company lists."""

    address: str
    meters: int
    sent: int
    months: tuple[date, ...]


@dataclass(frozen=True)
class Missing:
    """A meter without a reading for `month`. `last`: the month of the last one. `connected`:
    somebody holds the account here."""

    address: str
    place: str
    account: str
    resource: str
    number: str
    title: str
    month: date
    last: date | None
    connected: bool


class ReadingCounts:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def by_house(self, viewer: AsMember) -> list[HouseCount]:
        """For the months that count there now. Raises `NotYours`."""
        rows = await self._work.session.execute(BY_HOUSE, await self._named(viewer))
        return [HouseCount(each, meters, sent, tuple(m)) for each, meters, sent, m in rows]

    async def missing(self, viewer: AsMember) -> list[Missing]:
        """Raises `NotYours`."""
        rows = await self._work.session.execute(MISSING, await self._named(viewer))
        return [Missing(*row) for row in rows]

    async def _named(self, viewer: AsMember) -> dict[str, object]:
        """For each zone and resource the month that is being taken, or was last."""
        houses = await self._work.meters.houses(viewer)
        company = await self._work.company.profile()
        zones = set(await self._work.session.scalars(select(House.timezone).distinct()))
        months = {
            zone: self._months(company.accounts.meters, zone)
            for zone in zones - {""} | {company.timezone}
        }
        return {
            "all": houses is None, "houses": houses or [], "own": company.timezone,
            "months": json.dumps(months),
        }  # fmt: skip

    def _months(self, rules: MeterRules, zone: str) -> dict[str, str]:
        today = self._work.now.astimezone(ZoneInfo(zone)).date()
        counted = {each: counting(rules.window_of(each), today) for each in RESOURCES}
        return {each: f"{c.missed or c.month:%Y-%m-%d}" for each, c in counted.items()}
