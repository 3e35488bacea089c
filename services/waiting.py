"""The clock of the first answer: since when a resident waits, until when somebody should answer.

It begins with the first word that nobody has answered and counts in the hours of the thread's
room; round the clock where the ticket is an emergency. Thanks begin nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, desc, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from services.access import AsMember, Viewer
from services.messaging.types import Attachment
from services.tables import Message, Room, SaidOnce, Thread, Ticket
from services.understanding.reading.thanks import is_thanks

if TYPE_CHECKING:
    from services.work import Work

WARN_AT = 0.8  # of a term
NEVER_OPEN = timedelta(days=1)  # a room without any hours tells it once a day
AT_MOST = 200  # threads told of at once; the rest waits for the next round


@dataclass(frozen=True)
class Late:
    """`percent`: 80 or 100 of the time are over."""

    thread: Thread
    ticket: Ticket | None
    percent: int


class Waiting:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def begin(
        self, thread: Thread, text: str = "", attachments: Sequence[Attachment] = ()
    ) -> None:
        """The resident said this. Nothing happens when they wait already, or only give thanks."""
        if asks_nothing(text, attachments):
            return
        # An answer may have come in the meantime.
        await self._work.session.refresh(thread, ["waits_since"], with_for_update=True)
        if thread.waits_since is not None:
            return
        thread.waits_since = self._work.now
        thread.answer_warned = 0
        ticket = await self._work.threads.ticket(thread.id)
        await self.count(thread, emergency=ticket is not None and ticket.emergency)

    async def count(self, thread: Thread, *, emergency: bool) -> None:
        """Until when the answer is due, if somebody waits for one."""
        if thread.waits_since is None:
            return
        company = await self._work.company.profile()
        term = timedelta(minutes=company.first_answer_minutes)
        room = await self._work.rooms.get(thread.room_id)
        timetable = await self._work.company.timetable(room)

        def after(span: timedelta) -> datetime:
            assert thread.waits_since is not None
            begins = thread.waits_since
            return begins + span if emergency else timetable.add_working(begins, span)

        thread.answer_warn_at, thread.answer_due_at = after(term * WARN_AT), after(term)
        await self._work.session.flush()

    async def begin_again(self, thread: Thread) -> None:
        """An answer was taken back. Where the resident had the last word before it, they wait
        from now on."""
        last = await self._work.session.scalar(
            select(Message)
            .where(
                Message.thread_id == thread.id,
                Message.by.in_(("resident", "member")),
                Message.withdrawn_at.is_(None),
                or_(Message.held_at.is_(None), Message.released_by.is_not(None)),
            )
            .order_by(desc(Message.id))
            .limit(1)
        )
        if last is not None and last.by == "resident" and thread.state == "open":
            files = [Attachment.model_validate(each) for each in last.attachments]
            await self.begin(thread, last.text, files)

    async def end(self, thread: Thread) -> None:
        """Somebody answered, or nobody need any more."""
        await self._work.session.execute(
            update(Thread)
            .where(Thread.id == thread.id)
            .values(waits_since=None, answer_warn_at=None, answer_due_at=None, answer_warned=0)
        )

    async def follow(self, viewer: Viewer, thread: Thread, ticket: Ticket, before: str) -> None:
        """A ticket has a new status. One that a member gave it is told to the resident, and is an
        answer; «Не решено» asks for one."""
        if isinstance(viewer, AsMember):
            if ticket.status != "new":
                await self.end(thread)
        elif ticket.closed_at is None and before in ("done", "declined"):
            await self.begin(thread)

    async def find_rooms(self) -> list[int]:
        """In which rooms somebody is to be told now. While a room is closed, of emergencies
        alone."""
        rows = await self._work.session.execute(
            select(Room, func.bool_or(func.coalesce(Ticket.emergency, False)))
            .join(Thread, Thread.room_id == Room.id)
            .outerjoin(Ticket, Ticket.thread_id == Thread.id)
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
            .outerjoin(Ticket, Ticket.thread_id == Thread.id)
            .where(Thread.room_id == room_id, self._due())
            .order_by(Thread.waits_since, Thread.id)
            .limit(AT_MOST)
            .with_for_update(of=Thread, skip_locked=True)
            .execution_options(populate_existing=True)
        )
        if not await self._work.company.is_open(self._work.now, room):
            find = find.where(Ticket.emergency)
        found: list[Late] = []
        for thread, ticket in await self._work.session.execute(find):
            assert thread.answer_due_at is not None
            percent = 100 if thread.answer_due_at <= self._work.now else 80
            thread.answer_warned = percent
            found.append(Late(thread, ticket, percent))
        await self._work.session.flush()
        return found

    async def take_closing(self, resident_id: int, room: Room) -> bool:
        """Whether this resident is to be told that the room is closed: once while it is."""
        timetable = await self._work.company.timetable(room)
        since = timetable.closed_since(self._work.now) or self._work.now - NEVER_OPEN
        row = insert(SaidOnce).values(key=f"closed {room.id} resident {resident_id}", at=since)
        told = row.on_conflict_do_update(
            index_elements=[SaidOnce.key],
            set_={"at": row.excluded.at},
            where=SaidOnce.at < row.excluded.at,
        )
        found = await self._work.session.execute(told.returning(SaidOnce.key))
        return found.first() is not None

    def _due(self) -> ColumnElement[bool]:
        now = self._work.now
        return and_(
            Thread.waits_since.is_not(None),
            or_(
                and_(Thread.answer_warned < 100, Thread.answer_due_at <= now),
                and_(Thread.answer_warned < 80, Thread.answer_warn_at <= now),
            ),
        )


def asks_nothing(text: str, attachments: Sequence[Attachment]) -> bool:
    """Thanks, or a sticker alone."""
    if attachments:
        return not text.strip() and all(each.kind == "sticker" for each in attachments)
    return is_thanks(text)
