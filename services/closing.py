"""Closing for good: when a conversation is over, and how the next one goes on from it.

One rule: a thread is over seven days after it was closed, when its ticket is done or it has none.
Until then words are added to it and «Не решено» opens it; after that a new thread continues it. A
declined ticket is never over: the resident may object whenever they like.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import desc, select

from services.access import AsResident
from services.tables import Room, Thread, Ticket

if TYPE_CHECKING:
    from services.work import Work

OVER_AFTER = timedelta(days=7)


class Closing:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def is_over(self, thread: Thread) -> bool:
        if thread.state != "closed" or thread.closed_at is None:
            return False
        if thread.closed_at > self._work.now - OVER_AFTER:
            return False
        ticket = await self._work.threads.ticket(thread.id)
        return ticket is None or ticket.status == "done"

    def is_left(self, thread: Thread) -> bool:
        """Open, but nobody waits for an answer there or has said a word for as long."""
        silent = thread.last_at <= self._work.now - OVER_AFTER
        return thread.waits_since is None and silent

    async def latest(self, thread: Thread, *, with_ticket: bool = False) -> Thread:
        """The thread that goes on from this one, or from what goes on from it; itself while there
        is none."""
        while True:
            find = select(Thread).where(
                Thread.continues_id == thread.id,
                Thread.resident_id == thread.resident_id,  # they may have been parted meanwhile
            )
            if with_ticket:
                find = find.join(Ticket, Ticket.thread_id == Thread.id)
            later = await self._work.session.scalar(find.order_by(desc(Thread.id)).limit(1))
            if later is None:
                return thread
            thread = later

    async def first_ticket(self, thread: Thread) -> Ticket | None:
        """The ticket that it all began with: of this thread or of one before it."""
        while (ticket := await self._work.threads.ticket(thread.id)) is None:
            if thread.continues_id is None:
                return None
            thread = await self._work.threads.by_id(thread.continues_id)
        return ticket

    async def go_on(self, viewer: AsResident, old: Thread, subject: str) -> Thread:
        """A new thread that continues a locked one, in the same room while there is one."""
        room: Room = await self._work.rooms.get(old.room_id)
        if room.withdrawn_at is not None:
            room = await self._work.rooms.of_complex(None)
        thread = await self._work.threads.open(viewer, room, subject[:120], home_id=old.home_id)
        thread.continues_id = old.id
        await self._work.session.flush()
        self._work.audit.note(viewer.name, "continued", f"thread:{thread.id}", old=old.id)
        return thread
