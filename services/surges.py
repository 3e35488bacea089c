"""Surges: many residents of one house writing about one thing within minutes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import case, desc, func, select, text, update

from services.tables import Home, Message, Room, Surge, SurgeThread, Thread, Ticket

if TYPE_CHECKING:
    from services.work import Work

WITHIN = timedelta(minutes=15)  # so many residents make a surge
LASTS = timedelta(minutes=30)  # after its last resident
ENOUGH = 5  # residents
ENOUGH_FOR_ALARM = 3
ENOUGH_WITHOUT_CATEGORY = 8  # what they ask may be eight things
APART = " ! "


class Surges:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def matter(self, thread: Thread, ticket: Ticket | None) -> tuple[int, str] | None:
        """House and category; None where the house is not known. A conversation without a
        ticket has no category; an emergency is alike only with those of its own name, else smoke
        would be lost among the lifts."""
        if ticket is not None and ticket.emergency:
            return ticket.house_id, f"{ticket.category}{APART}{ticket.what}"
        if ticket is not None:
            return ticket.house_id, ticket.category
        house = await self._work.session.scalar(
            select(Home.house_id).where(Home.id == thread.home_id)
        )
        return (house, "") if house else None

    async def lock(self, house_id: int, category: str) -> None:
        """Until the end of the transaction nobody else decides about this house and category."""
        await self._work.session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:matter, 11))"),
            {"matter": f"surge {house_id} {category}"},
        )

    async def active(self, room: Room, house_id: int, category: str) -> Surge | None:
        return await self._work.session.scalar(
            select(Surge)
            .where(
                Surge.room_id == room.id,
                Surge.house_id == house_id,
                Surge.category == category,
                Surge.last_at >= self._work.now - LASTS,
            )
            .order_by(desc(Surge.id))
            .limit(1)
        )

    async def alike(self, room: Room, house_id: int, category: str) -> list[Thread]:
        """The latest threads of this matter in a room, the newest of each resident."""
        newest = (
            select(func.max(Thread.id))
            .outerjoin(Ticket, Ticket.thread_id == Thread.id)
            .outerjoin(Home, Home.id == Thread.home_id)
            .where(
                Thread.room_id == room.id,
                Thread.opened_at >= self._work.now - WITHIN,
                Ticket.incident_id.is_(None),
                func.coalesce(
                    case(
                        (Ticket.emergency, Ticket.category + APART + Ticket.what),
                        else_=Ticket.category,
                    ),
                    "",
                )
                == category,
                func.coalesce(Ticket.house_id, Home.house_id) == house_id,
            )
            .group_by(Thread.resident_id)
        )
        rows = await self._work.session.scalars(
            select(Thread).where(Thread.id.in_(newest)).order_by(Thread.id)
        )
        return list(rows)

    async def begin(self, room: Room, house_id: int, category: str, post: Message) -> Surge:
        surge = Surge(
            room_id=room.id,
            house_id=house_id,
            category=category,
            message_id=post.id,
            began_at=self._work.now,
            last_at=self._work.now,
        )
        self._work.session.add(surge)
        await self._work.session.flush()
        return surge

    async def join(self, surge: Surge, thread: Thread, *, shown: bool = False) -> None:
        """`shown`: the thread has a post of its own already."""
        self._work.session.add(
            SurgeThread(
                thread_id=thread.id,
                surge_id=surge.id,
                opened_at=self._work.now if shown else None,
            )
        )
        surge.last_at = self._work.now
        await self._work.session.flush()

    async def end(self, surge: Surge) -> None:
        """What was one problem is over: who writes next is no part of it."""
        surge.last_at = self._work.now - LASTS - timedelta(seconds=1)
        await self._work.session.flush()

    async def to_answer(self, surge: Surge) -> list[Thread]:
        """The newest open thread of each resident in it."""
        newest: dict[int, Thread] = {}
        for thread, _ in await self.threads(surge):
            if thread.state == "open":
                newest[thread.resident_id] = thread
        return list(newest.values())

    async def threads(self, surge: Surge) -> list[tuple[Thread, Ticket | None]]:
        """All of them, in the order they came."""
        rows = await self._work.session.execute(
            select(Thread, Ticket)
            .join(SurgeThread, SurgeThread.thread_id == Thread.id)
            .outerjoin(Ticket, Ticket.thread_id == Thread.id)
            .where(SurgeThread.surge_id == surge.id)
            .order_by(Thread.id)
        )
        return [(thread, ticket) for thread, ticket in rows]

    async def get(self, surge_id: int) -> Surge | None:
        return await self._work.session.get(Surge, surge_id)

    async def of_post(self, message_id: int) -> Surge | None:
        """The surge whose growing post this message is."""
        return await self._work.session.scalar(select(Surge).where(Surge.message_id == message_id))

    async def of_thread(self, thread: Thread) -> Surge | None:
        """The surge it belongs to, whether it has a post of its own or not."""
        return await self._work.session.scalar(
            select(Surge)
            .join(SurgeThread, SurgeThread.surge_id == Surge.id)
            .where(SurgeThread.thread_id == thread.id)
        )

    async def hiding(self, thread: Thread) -> Surge | None:
        """The surge in whose post alone the thread is shown; one that is over hides nothing, nor
        one whose request follows an incident."""
        follows = select(Ticket.id).where(
            Ticket.thread_id == thread.id, Ticket.incident_id.is_not(None)
        )
        return await self._work.session.scalar(
            select(Surge)
            .join(SurgeThread, SurgeThread.surge_id == Surge.id)
            .where(
                SurgeThread.thread_id == thread.id,
                SurgeThread.opened_at.is_(None),
                ~follows.exists(),
                Surge.last_at >= self._work.now - LASTS,
            )
        )

    async def open(self, surge: Surge, *, most: int) -> list[Thread]:
        """The next threads that had no post of their own, from now on shown by themselves."""
        hidden = await self._work.session.scalars(
            select(SurgeThread.thread_id)
            .where(SurgeThread.surge_id == surge.id, SurgeThread.opened_at.is_(None))
            .order_by(SurgeThread.thread_id)
            .limit(most)
        )
        threads = [await self._work.threads.by_id(thread_id) for thread_id in hidden]
        return [thread for thread in threads if await self.show(thread)]

    async def opened_since(self, surge: Surge, moment: datetime) -> bool:
        """Whether any of its threads was opened since then."""
        found = await self._work.session.scalar(
            select(SurgeThread.thread_id)
            .where(SurgeThread.surge_id == surge.id, SurgeThread.opened_at >= moment)
            .limit(1)
        )
        return found is not None

    async def show(self, thread: Thread) -> bool:
        """False when it has a post of its own, or never was in a surge."""
        shown = await self._work.session.execute(
            update(SurgeThread)
            .where(SurgeThread.thread_id == thread.id, SurgeThread.opened_at.is_(None))
            .values(opened_at=self._work.now)
            .returning(SurgeThread.thread_id)
        )
        return shown.first() is not None
