"""How many have sent their readings, and who has not: for those who count."""

# ruff: noqa: S608 (the statements are put together of this module's own constants)

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import text

from services.access import AsMember
from services.company.account_rules import RESOURCES
from services.meters.windows import counting

if TYPE_CHECKING:
    from services.work import Work

METERS = """
    FROM meters m JOIN accounts a ON a.id = m.account_id
    LEFT JOIN houses b ON b.id = a.house_id
    LEFT JOIN readings r ON r.meter_id = m.id AND NOT r.replaced
                        AND r.month = CAST(:months AS jsonb) ->> m.resource::text
    WHERE m.withdrawn_at IS NULL AND a.withdrawn_at IS NULL
      AND (CAST(:all AS boolean) OR a.house_id = ANY(CAST(:houses AS bigint[])))
""".replace(
    "CAST(:months AS jsonb) ->> m.resource::text",
    "CAST(CAST(:months AS jsonb) ->> m.resource AS date)",
)
BY_HOUSE = text(
    f"""
    SELECT coalesce(b.address, '') AS address, count(*) AS meters, count(r.id) AS sent
    {METERS} GROUP BY b.id, b.address ORDER BY b.address NULLS LAST
    """
)
MISSING = text(
    f"""
    SELECT coalesce(b.address, '') AS address, a.place, a.number AS account, m.resource, m.number,
           m.title, (SELECT max(p.month) FROM readings p
                     WHERE p.meter_id = m.id AND NOT p.replaced) AS last,
           EXISTS (SELECT 1 FROM holdings h
                   WHERE h.account_id = a.id AND h.until IS NULL) AS connected
    {METERS} AND r.id IS NULL ORDER BY b.address NULLS LAST, a.place, a.number, m.id
    """
)


@dataclass(frozen=True)
class HouseCount:
    """Meters, and those of them with a reading for the month. Without an address: of no house that
    the company lists."""

    address: str
    meters: int
    sent: int


@dataclass(frozen=True)
class Missing:
    """A meter without a reading. `last`: the month of the last one. `connected`: somebody holds
    the account here."""

    address: str
    place: str
    account: str
    resource: str
    number: str
    title: str
    last: date | None
    connected: bool


class ReadingCounts:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def by_house(self, viewer: AsMember) -> tuple[date, list[HouseCount]]:
        """For the month that counts now. Raises `NotYours`."""
        named, month = await self._named(viewer)
        rows = await self._work.session.execute(BY_HOUSE, named)
        return month, [HouseCount(*row) for row in rows]

    async def missing(self, viewer: AsMember) -> tuple[date, list[Missing]]:
        """Raises `NotYours`."""
        named, month = await self._named(viewer)
        rows = await self._work.session.execute(MISSING, named)
        return month, [Missing(*row) for row in rows]

    async def _named(self, viewer: AsMember) -> tuple[dict[str, object], date]:
        """Of each resource the month that is being taken, or was last: by the company's clock."""
        houses = await self._work.meters.houses(viewer)
        rules = (await self._work.company.profile()).accounts.meters
        today = (await self._work.company.local(self._work.now)).date()
        months = {}
        for resource in RESOURCES:
            counts = counting(rules.window_of(resource), today)
            months[resource] = counts.missed or counts.month
        named = {
            "all": houses is None, "houses": houses or [],
            "months": json.dumps({key: f"{month:%Y-%m-%d}" for key, month in months.items()}),
        }  # fmt: skip
        return named, max(months.values())
