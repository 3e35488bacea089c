"""Until when a request is to be done, counted round the clock or in the hours of its room."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, func, or_, select

from services.access import AsResident, Viewer
from services.company.declaration import Category
from services.matters import is_behind
from services.tables import Room, Thread, Ticket
from services.timetable import Timetable
from services.waiting import AT_MOST, WARN_AT, Late

if TYPE_CHECKING:
    from services.work import Work


def is_overdue(now: datetime) -> ColumnElement[bool]:
    """A ticket that waits for its resident is late by no fault of ours; of those that follow one
    incident the oldest is."""
    return and_(
        Ticket.closed_at.is_(None),
        Ticket.status != "waiting",
        Ticket.due_at <= now,
        ~is_behind(),
    )


class Terms:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def begin(self, category: Category, complex_id: int) -> tuple[datetime, datetime]:
        """When 80 % of the term are over, and when all of it is, from now on."""
        return (
            await self._after(category, complex_id, category.term * WARN_AT),
            await self._after(category, complex_id, category.term),
        )

    async def begin_again(self, old: Ticket) -> tuple[datetime, datetime]:
        """As long a term as the old request would have today; of a kind that is no more, as long
        as it had."""
        category = await self._work.company.category_of(old)
        if category is not None:
            return await self.begin(category, old.complex_id)
        span = old.due_at - old.created_at
        return self._work.now + span * WARN_AT, self._work.now + span

    async def follow(self, viewer: Viewer, ticket: Ticket, before: str, status: str) -> None:
        """What a new status does to the term: «Не решено» begins it anew, and while a ticket
        waited for its resident it stood still."""
        if isinstance(viewer, AsResident) and ticket.closed_at is not None:
            ticket.warn_at, ticket.due_at = await self.begin_again(ticket)
            ticket.due_warned = 0
        elif before == "waiting" and ticket.waiting_since is not None:
            ticket.due_at = await self._later(ticket, ticket.due_at, ticket.waiting_since)
            if ticket.warn_at is not None:
                ticket.warn_at = await self._later(ticket, ticket.warn_at, ticket.waiting_since)

    async def _later(self, ticket: Ticket, moment: datetime, stood_since: datetime) -> datetime:
        """What was left until `moment` then is left now."""
        if moment <= stood_since:
            return moment
        category = await self._work.company.category_of(ticket)
        if category is None or not category.in_working_time:
            return moment + (self._work.now - stood_since)
        timetable = await self._timetable(ticket.complex_id)
        left = timetable.working_between(stood_since, moment)
        return timetable.add_working(self._work.now, left)

    async def _after(self, category: Category, complex_id: int, span: timedelta) -> datetime:
        if not category.in_working_time:
            return self._work.now + span
        return (await self._timetable(complex_id)).add_working(self._work.now, span)

    async def _timetable(self, complex_id: int) -> Timetable:
        return await self._work.company.timetable(await self._work.rooms.of_complex(complex_id))

    async def find_rooms(self) -> list[int]:
        """In which rooms somebody is to be told now. While a room is closed, of emergencies
        alone."""
        rows = await self._work.session.execute(
            select(Room, func.bool_or(Ticket.emergency))
            .join(Thread, Thread.room_id == Room.id)
            .join(Ticket, Ticket.thread_id == Thread.id)
            .where(self._due())
            .group_by(Room.id)
            .order_by(Room.id)
        )
        return await self._work.company.rooms_to_tell([(room, urgent) for room, urgent in rows])

    async def claim(self, room_id: int) -> list[Late]:
        """What is due in the room, marked as told; what another process holds waits for the next
        round."""
        room = await self._work.rooms.get(room_id)
        find = (
            select(Thread, Ticket)
            .join(Ticket, Ticket.thread_id == Thread.id)
            .where(Thread.room_id == room_id, self._due())
            .order_by(Ticket.due_at, Ticket.id)
            .limit(AT_MOST)
            .with_for_update(of=(Thread, Ticket), skip_locked=True)
            .execution_options(populate_existing=True)
        )
        if not await self._work.company.is_open(self._work.now, room):
            find = find.where(Ticket.emergency)
        found: list[Late] = []
        for thread, ticket in await self._work.session.execute(find):
            percent = 100 if ticket.due_at <= self._work.now else 80
            ticket.due_warned = percent
            found.append(Late(thread, ticket, percent))
        await self._work.session.flush()
        return found

    def _due(self) -> ColumnElement[bool]:
        now = self._work.now
        return or_(
            and_(is_overdue(now), Ticket.due_warned < 100),
            and_(
                Ticket.closed_at.is_(None), Ticket.status != "waiting",
                Ticket.due_warned < 80, Ticket.warn_at <= now, ~is_behind(),
            ),
        )  # fmt: skip
