"""The company as it stands in the database: its profile, hours, kinds of requests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select

from services.company.declaration import Category, Company, list_categories
from services.errors import NotFound
from services.tables import Category as CategoryRow
from services.tables import CompanyRow, Complex, House, Room, Ticket
from services.timetable import Timetable

if TYPE_CHECKING:
    from services.work import Work


class CompanyData:
    def __init__(self, work: Work) -> None:
        self._work = work
        self._profile: Company | None = None
        self._revision: int | None = None
        self._categories: list[Category] | None = None
        self._timetables: dict[int | None, Timetable] = {}

    def stands_at(self, revision: int | None) -> None:
        """What this transaction has read already: the profile that the process keeps may do."""
        self._revision = revision

    async def profile(self) -> Company:
        if self._profile is None and self._revision is not None:
            self._profile = self._work.shelf.company_at(self._revision)
        if self._profile is None:
            row = await self._work.session.get(CompanyRow, 1)
            if row is None:
                raise NotFound("no company file has been applied")
            self._profile = Company.model_validate(row.content)
            self._work.shelf.keep_company(row.revision, self._profile)
        return self._profile

    async def local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo((await self.profile()).timezone))

    async def zone_of_house(self, house_id: int | None) -> str:
        """The name of its zone, the company's where it has none of its own."""
        house = None if house_id is None else await self._work.session.get(House, house_id)
        return (house.timezone if house else "") or (await self.profile()).timezone

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

    async def category_of(self, ticket: Ticket) -> Category | None:
        """The kind that a ticket was filed as, if it is still there."""
        here = await self.categories(ticket.complex_id)
        alike = (c for c in here if (c.code, c.title) == (ticket.category, ticket.what))
        return next(alike, None)

    async def timetable(self, room: Room | None = None) -> Timetable:
        """The hours of a room, the company's own without one."""
        key = room.id if room is not None else None
        if key not in self._timetables:
            rules = room.rules if room is not None else None
            self._timetables[key] = Timetable.of(await self.profile(), rules)
        return self._timetables[key]

    async def is_open(self, moment: datetime, room: Room | None = None) -> bool:
        return (await self.timetable(room)).is_open(moment)

    async def next_opening(self, moment: datetime, room: Room | None = None) -> datetime:
        return (await self.timetable(room)).next_opening(moment)

    async def rooms_to_tell(self, rooms: Sequence[tuple[Room, bool]]) -> list[int]:
        """Of rooms where something is due, those at work now, and those where it is an emergency:
        nobody is woken for anything else."""
        return [
            room.id
            for room, emergency in rooms
            if emergency or await self.is_open(self._work.now, room)
        ]
