"""The company as it stands in the database: its profile, hours, kinds of requests."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select

from services.company.declaration import DAYS, Category, Company, list_categories
from services.errors import NotFound
from services.tables import Category as CategoryRow
from services.tables import CompanyRow, Complex

if TYPE_CHECKING:
    from services.work import Work


class CompanyData:
    def __init__(self, work: Work) -> None:
        self._work = work
        self._profile: Company | None = None
        self._categories: list[Category] | None = None

    async def profile(self) -> Company:
        if self._profile is None:
            row = await self._work.session.get(CompanyRow, 1)
            if row is None:
                raise NotFound("no company file has been applied")
            self._profile = Company.model_validate(row.content)
        return self._profile

    async def local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo((await self.profile()).timezone))

    async def categories(self, complex_id: int | None, *, own_flat: bool = True) -> list[Category]:
        """Kinds of requests in a complex, in the company's order. `own_flat=False`: only those
        about the common parts, and emergencies."""
        place = None if complex_id is None else await self._work.session.get(Complex, complex_id)
        code, features = (place.code, place.features) if place else ("", [])
        here = list_categories(await self._every_category(), code, features)
        return [
            category for category in here if own_flat or not category.own_flat or category.emergency
        ]

    async def _every_category(self) -> list[Category]:
        if self._categories is None:
            rows = await self._work.session.scalars(
                select(CategoryRow)
                .where(CategoryRow.withdrawn_at.is_(None))
                .order_by(CategoryRow.position)
            )
            self._categories = [Category.model_validate(row.content) for row in rows]
        return self._categories

    async def category(self, key: str) -> Category:
        row = await self._work.session.scalar(select(CategoryRow).where(CategoryRow.key == key))
        if row is None:
            raise NotFound(key)
        return Category.model_validate(row.content)

    async def is_open(self, moment: datetime) -> bool:
        return open_at(await self.profile(), moment)

    async def next_opening(self, moment: datetime) -> datetime:
        return next_opening(await self.profile(), moment)


def open_at(company: Company, moment: datetime) -> bool:
    local = moment.astimezone(ZoneInfo(company.timezone))
    return any(opens <= local < closes for opens, closes in _hours_of(company, local))


def next_opening(company: Company, moment: datetime) -> datetime:
    """The next moment staff are at work, in the company's time zone; now if they are. A year
    ahead at the latest, whatever the calendar says."""
    local = moment.astimezone(ZoneInfo(company.timezone))
    for ahead in range(366):
        for opens, closes in _hours_of(company, local + timedelta(days=ahead)):
            if ahead == 0 and closes <= local:
                continue
            return max(opens, local)
    return local + timedelta(days=366)


def _hours_of(company: Company, local: datetime) -> list[tuple[datetime, datetime]]:
    """The working intervals of that local day, in order."""
    day = local.date()
    if day in company.holidays:
        return []

    def at(clock: str) -> datetime:
        hour, minute = map(int, clock.split(":"))
        start = datetime.combine(day, time(hour % 24, minute), tzinfo=local.tzinfo)
        return start + timedelta(days=hour // 24)

    name = DAYS[day.weekday()]
    return sorted((at(h.opens), at(h.closes)) for h in company.hours if name in h.days)
