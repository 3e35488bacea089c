"""Shifts: who is on duty in a room, and what one hands over to the next.

A room is a place: those that share a chat share its shifts, kept under the first of them.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, desc, select
from sqlalchemy.dialects.postgresql import insert

from services.access import AsMember
from services.errors import AlreadySo, NotFound, NotYours
from services.staff import as_member
from services.tables import Member, Room, Shift

if TYPE_CHECKING:
    from services.work import Work

FORGOTTEN_AFTER = timedelta(hours=16)
AT_MOST = 200  # items a round


class Shifts:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def on_duty(self, room: Room, role: str | None = None) -> list[Member]:
        """Who began a shift in this room and has not ended it, the longest on duty first."""
        return [member for _, member in await self.running(room, role)]

    async def running(self, room: Room, role: str | None = None) -> list[tuple[Shift, Member]]:
        """A shift that nobody ended is over by itself, whether the clock got to it or not."""
        find = (
            select(Shift, Member)
            .join(Member, Shift.member_id == Member.id)
            .join(Room, Shift.room_id == Room.id)
            .where(
                Room.channel == room.channel,
                Room.chat == room.chat,
                Shift.ended_at.is_(None),
                Shift.began_at > self._work.now - FORGOTTEN_AFTER,
                Member.withdrawn_at.is_(None),
            )
            .order_by(Shift.began_at, Shift.id)
        )
        if role is not None:
            find = find.where(Shift.role == role)
        rows = await self._work.session.execute(find)
        return [(shift, member) for shift, member in rows]

    async def of_member(self, room: Room, member_id: int) -> Shift | None:
        """The shift this member has in the room now."""
        running = await self.running(room)
        return next((shift for shift, member in running if member.id == member_id), None)

    async def begin(self, viewer: AsMember, room: Room) -> Shift:
        """Raises `NotYours`, and `AlreadySo` for who is on duty there."""
        if not viewer.works_in(room):
            raise NotYours
        return await self._begin(viewer.member_id, viewer.role, room, viewer.name)

    async def _begin(self, member_id: int, role: str, room: Room, by: str) -> Shift:
        place = await self._place(room)
        for old in await self._standing(
            Shift.room_id == place.id,
            Shift.member_id == member_id,
            Shift.began_at <= self._work.now - FORGOTTEN_AFTER,
        ):
            self._end(old, "system")
        await self._work.session.flush()
        row = insert(Shift).values(
            room_id=place.id, member_id=member_id, role=role, began_at=self._work.now
        )
        shift: Shift | None = await self._work.session.scalar(
            row.on_conflict_do_nothing().returning(Shift)
        )
        if shift is None:
            raise AlreadySo
        self._work.audit.note(by, "shift began", f"member:{member_id}", room=place.code)
        return shift

    async def hand_over(
        self, viewer: AsMember, room: Room, summary: str, to: Member | None = None
    ) -> Shift:
        """Ends the member's own shift; `to` is on duty from now on, if they were not. Raises
        `NotFound` for who is not on duty, `NotYours` for a colleague of other rooms, `AlreadySo`
        for who would hand over to themselves."""
        if to is not None and to.id == viewer.member_id:
            raise AlreadySo
        mine = await self.of_member(room, viewer.member_id)
        standing = await self._standing(Shift.id == mine.id) if mine else []
        if not standing:
            raise NotFound("no shift")
        shift = standing[0]
        if to is not None:
            if not as_member(to).works_in(room):
                raise NotYours
            with suppress(AlreadySo):  # two were on duty, and one goes home
                await self._begin(to.id, to.role, room, viewer.name)
        self._end(shift, viewer.name, summary=summary, to=to)
        await self._work.session.flush()
        return shift

    async def last_ended(self, room: Room, role: str) -> tuple[Shift, Member] | None:
        """What was handed over last by who has that role here."""
        rows = await self._work.session.execute(
            select(Shift, Member)
            .join(Member, Shift.member_id == Member.id)
            .join(Room, Shift.room_id == Room.id)
            .where(
                Room.channel == room.channel,
                Room.chat == room.chat,
                Shift.role == role,
                Shift.ended_at.is_not(None),
                Shift.summary != "",
            )
            .order_by(desc(Shift.ended_at))
            .limit(1)
        )
        row = rows.first()
        return (row[0], row[1]) if row else None

    async def find_forgotten(self) -> list[int]:
        """Shifts that nobody ended in sixteen hours."""
        rows = await self._work.session.scalars(
            select(Shift.id).where(*self._forgotten()).order_by(Shift.id).limit(AT_MOST)
        )
        return list(rows)

    async def claim_forgotten(self, shift_id: int) -> Shift | None:
        """Ends it; None when another process was quicker."""
        for shift in await self._standing(Shift.id == shift_id, *self._forgotten(), skip=True):
            self._end(shift, "system")
            await self._work.session.flush()
            return shift
        return None

    def _forgotten(self) -> tuple[ColumnElement[bool], ...]:
        since = self._work.now - FORGOTTEN_AFTER
        return (Shift.ended_at.is_(None), Shift.began_at <= since)

    async def _standing(self, *which: ColumnElement[bool], skip: bool = False) -> list[Shift]:
        """Shifts that are not over, locked."""
        rows = await self._work.session.scalars(
            select(Shift)
            .where(Shift.ended_at.is_(None), *which)
            .order_by(Shift.id)
            .with_for_update(skip_locked=skip),
            execution_options={"populate_existing": True},
        )
        return list(rows)

    def _end(self, shift: Shift, by: str, *, summary: str = "", to: Member | None = None) -> None:
        shift.ended_at = self._work.now
        shift.handed_to = to.id if to else None
        shift.summary = summary
        self._work.audit.note(
            by, "shift ended", f"member:{shift.member_id}", to=to.id if to else None
        )

    async def _place(self, room: Room) -> Room:
        first = await self._work.session.scalar(
            select(Room)
            .where(Room.channel == room.channel, Room.chat == room.chat)
            .order_by(Room.withdrawn_at.is_not(None), Room.id)
            .limit(1)
        )
        return first or room
