"""Elders of a house: residents who see its common requests, and nothing of anybody's flat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, or_, select, text, tuple_, update

from services.access import AsMember, AsResident, check_elder
from services.errors import NotYours
from services.tables import Elder, House, Link, Thread, Ticket

if TYPE_CHECKING:
    from services.work import Work

MAY_APPOINT = ("dispatcher", "manager", "admin")
STILL_SHOWN = timedelta(days=14)  # after the end

# Each menu takes it, so it is written in SQL.
IS_ONE = """
    SELECT EXISTS (SELECT 1 FROM elders WHERE until IS NULL AND (
        resident_id = :resident OR resident_id IN (
            SELECT from_resident_id FROM links
            WHERE to_resident_id = :resident AND undone_at IS NULL)))
"""


@dataclass(frozen=True)
class Common:
    """All that an elder sees of a request."""

    number: int
    what: str
    status: str
    due_at: datetime


class Elders:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def turn(self, viewer: AsMember, resident_id: int, house: House) -> bool:
        """Gives the role, or takes it where it was given: whether they have it now. Raises
        `NotYours` for whoever may not."""
        if viewer.role not in MAY_APPOINT:
            raise NotYours
        self._work.dialogues.forget()
        elder = await self._now(resident_id, house.id, lock=True)
        if elder is not None:
            await self._work.session.execute(
                update(Elder)
                .where(
                    is_of(resident_id),
                    Elder.house_id == house.id,
                    Elder.until.is_(None),
                )
                .values(until=self._work.now)
            )
        else:
            self._work.session.add(
                Elder(
                    resident_id=resident_id,
                    house_id=house.id,
                    member_id=viewer.member_id,
                    since=self._work.now,
                )
            )
        what = "elder" if elder is None else "no elder"
        self._work.audit.note(viewer.name, what, f"resident:{resident_id}", house=house.code)
        await self._work.session.flush()
        return elder is None

    async def move_out(self, viewer: AsResident, house_id: int | None = None) -> None:
        """Of a house in which they have no home any more; None: of every one."""
        self._work.dialogues.forget()
        ends = update(Elder).where(is_of(viewer.resident_id), Elder.until.is_(None))
        if house_id is not None:
            ends = ends.where(Elder.house_id == house_id)
        ended = await self._work.session.scalars(
            ends.values(until=self._work.now).returning(Elder.house_id)
        )
        for house in sorted(set(ended)):
            about = f"resident:{viewer.resident_id}"
            self._work.audit.note(viewer.name, "no elder", about, house_id=house)

    async def is_one(self, viewer: AsResident) -> bool:
        """Whether the viewer is the elder of any house now."""
        if known := self._work.dialogues.known(viewer.resident_id):
            return known.elder
        found = await self._work.session.scalar(text(IS_ONE), {"resident": viewer.resident_id})
        return bool(found)

    async def houses(self, viewer: AsResident) -> list[House]:
        """Whose elder the viewer is now."""
        return await self.houses_of(viewer.resident_id)

    async def houses_of(self, resident_id: int) -> list[House]:
        """For staff, who see it with the thread."""
        rows = await self._work.session.scalars(
            select(House)
            .join(Elder, Elder.house_id == House.id)
            .where(is_of(resident_id), Elder.until.is_(None))
            .distinct()
            .order_by(House.position, House.id)
        )
        return list(rows)

    async def common_tickets(self, viewer: AsResident, house: House) -> list[Common]:
        """Of one house: about its common parts by their kind, or filed by its address alone. Open
        ones first, then those that ended lately. Raises `NotYours`."""
        check_elder(await self._now(viewer.resident_id, house.id))
        kinds = [
            (kind.code, kind.title)
            for kind in await self._work.company.categories(house.complex_id, own_flat=False)
            if not kind.own_flat
        ]
        common = and_(Ticket.flat_id.is_(None), Thread.home_id.is_(None))
        if kinds:
            common = or_(common, tuple_(Ticket.category, Ticket.what).in_(kinds))
        lately = Ticket.closed_at > self._work.now - STILL_SHOWN
        rows = await self._work.session.execute(
            select(Ticket.number, Ticket.what, Ticket.status, Ticket.due_at)
            .join(Thread, Ticket.thread_id == Thread.id)
            .where(
                and_(Ticket.house_id == house.id, common),
                or_(Ticket.closed_at.is_(None), lately),
            )
            .order_by(Ticket.closed_at.is_not(None), Ticket.id.desc())
        )
        return [Common(*row) for row in rows]

    async def _now(self, resident_id: int, house_id: int, *, lock: bool = False) -> Elder | None:
        find = (
            select(Elder)
            .where(
                is_of(resident_id),
                Elder.house_id == house_id,
                Elder.until.is_(None),
            )
            .limit(1)
        )
        return await self._work.session.scalar(find.with_for_update() if lock else find)


def is_of(resident_id: int) -> ColumnElement[bool]:
    """This person, and whom they were before they linked their messengers."""
    linked = select(Link.from_resident_id).where(
        Link.to_resident_id == resident_id, Link.undone_at.is_(None)
    )
    return or_(Elder.resident_id == resident_id, Elder.resident_id.in_(linked))
