"""Promises: what members told a resident about when, and whether they kept it.

A promise is kept by the next word of a member to the resident, or the next status, once half of
its time is over; by the end of the conversation at any moment. Words soon after it («код не
нужен?») settle nothing. Each member has one in a thread: a new one stands instead of the old.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, extract, or_, select

from services.access import Viewer
from services.tables import Message, Promise, Room, Thread, Ticket
from services.timetable import Timetable
from services.understanding.saying.promising import find_promise

if TYPE_CHECKING:
    from services.work import Work

WARNED_AT_MOST_BEFORE = timedelta(hours=1)
GRACE = timedelta(minutes=3)
AT_MOST = 200  # items a round


class Promises:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def standing(self, thread_id: int) -> list[Promise]:
        """Those of a thread that are not over, the next due first."""
        return await self._find(Promise.thread_id == thread_id)

    async def stands_in(self, message_id: int) -> bool:
        return bool(await self._find(Promise.message_id == message_id))

    async def make(self, thread: Thread, message: Message) -> Promise | None:
        """What an answer promises, of a locked thread; None: nothing that is understood."""
        until = await self.read(thread, message.text, self._work.now)
        if until is None or message.member_id is None:
            return None
        return await self.set(thread, message.member_id, until, message.id)

    async def set(
        self, thread: Thread, member_id: int, until: datetime, message_id: int
    ) -> Promise:
        for old in await self.standing(thread.id):
            if old.member_id == member_id:
                await self._settle(old, "withdrawn")
        promise = Promise(
            thread_id=thread.id,
            message_id=message_id,
            member_id=member_id,
            made_at=self._work.now,
            until=until,
        )
        self._work.session.add(promise)
        await self._work.session.flush()
        await self._note(promise, "promised")
        return promise

    async def reread(self, thread: Thread, message: Message) -> bool:
        """An answer of a locked thread was edited: what counts is what it says now. What was
        settled or taken back by hand stays so. True when something changed."""
        rows = await self._work.session.scalars(
            select(Promise).where(Promise.message_id == message.id).order_by(Promise.id)
        )
        known = list(rows)
        if not known:
            return await self.make(thread, message) is not None
        promise = known[-1]
        if promise.settled_at is not None:
            return False
        until = await self.read(thread, message.text, promise.made_at)
        if until == promise.until:
            return False
        if until is None or until <= self._work.now:
            await self._settle(promise, "withdrawn")
        else:
            promise.until, promise.warned_at = until, None
            await self._work.session.flush()
            await self._note(promise, "promised")
        return True

    async def withdraw(self, message: Message) -> bool:
        """The words were taken back. True when they had promised something."""
        found = await self._find(Promise.message_id == message.id)
        for promise in found:
            await self._settle(promise, "withdrawn")
        return bool(found)

    async def cancel(self, viewer: Viewer, thread_id: int, member_id: int) -> list[Promise]:
        """Takes back the member's own, else whatever stands in the thread. Raises `NotYours`."""
        await self._work.threads.get(viewer, thread_id, lock=True)
        standing = await self.standing(thread_id)
        mine = [promise for promise in standing if promise.member_id == member_id]
        for promise in mine or standing:
            await self._settle(promise, "withdrawn")
        return mine or standing

    async def hear(self, thread_id: int) -> bool:
        """The resident was told something, or the state changed. True when that settles a
        promise."""
        now = self._work.now
        late = [
            promise
            for promise in await self.standing(thread_id)
            if promise.made_at + (promise.until - promise.made_at) / 2 <= now
        ]
        for promise in late:
            await self._settle(promise, "kept" if now <= promise.until + GRACE else "missed")
        return bool(late)

    async def close(self, thread_id: int) -> None:
        """The conversation ended: nobody waits any more."""
        for promise in await self.standing(thread_id):
            in_time = self._work.now <= promise.until + GRACE
            await self._settle(promise, "kept" if in_time else "missed")

    async def read(self, thread: Thread, text: str, since: datetime) -> datetime | None:
        """The moment that words of `since` promise, in UTC and still ahead."""
        room = await self._work.rooms.get(thread.room_id)
        timetable = await self._work.company.timetable(room)
        local = await self._work.company.local(since)
        found = find_promise(text, local, lambda day: end_of_work(timetable, day))
        return found.astimezone(UTC) if found and found > self._work.now else None

    # ── By the clock ─────────────────────────────────────────────────────────

    async def find_to_warn(self) -> list[int]:
        """Four fifths of their time are over, or all but an hour."""
        return await self._find_ids(*self._to_warn())

    async def claim_to_warn(self, promise_id: int) -> Promise | None:
        promise = await self._claim(promise_id, *self._to_warn())
        if promise is not None:
            promise.warned_at = self._work.now
            await self._work.session.flush()
        return promise

    async def find_missed(self) -> list[int]:
        """Those whose moment is past, while somebody is at work to make up for it; emergencies at
        any hour."""
        rooms = await self._work.session.scalars(
            select(Room)
            .join(Thread, Thread.room_id == Room.id)
            .join(Promise, Promise.thread_id == Thread.id)
            .where(*self._missed())
            .distinct()
        )
        now = self._work.now
        at_work = [r.id for r in rooms if (await self._work.company.timetable(r)).is_open(now)]
        urgent = select(Ticket.thread_id).where(Ticket.emergency)
        return await self._find_ids(
            *self._missed(), or_(Thread.room_id.in_(at_work), Thread.id.in_(urgent))
        )

    async def claim_missed(self, promise_id: int) -> Promise | None:
        promise = await self._claim(promise_id, *self._missed())
        if promise is not None:
            await self._settle(promise, "missed")
        return promise

    def _to_warn(self) -> Sequence[ColumnElement[bool]]:
        now = self._work.now
        return (
            Promise.settled_at.is_(None),
            Promise.warned_at.is_(None),
            Promise.until > now,
            Promise.until <= now + WARNED_AT_MOST_BEFORE,
            extract("epoch", Promise.until - now) * 5
            <= extract("epoch", Promise.until - Promise.made_at),
        )

    def _missed(self) -> Sequence[ColumnElement[bool]]:
        return (Promise.settled_at.is_(None), Promise.until < self._work.now - GRACE)

    async def _find_ids(self, *which: ColumnElement[bool]) -> list[int]:
        rows = await self._work.session.scalars(
            select(Promise.id)
            .join(Thread, Promise.thread_id == Thread.id)
            .where(*which)
            .order_by(Promise.until, Promise.id)
            .limit(AT_MOST)
        )
        return list(rows)

    async def _claim(self, promise_id: int, *which: ColumnElement[bool]) -> Promise | None:
        """Under the thread's lock, which whoever makes or settles one holds too."""
        of_it = select(Promise.thread_id).where(Promise.id == promise_id).scalar_subquery()
        locked = await self._work.session.scalar(
            select(Thread.id).where(Thread.id == of_it).with_for_update(skip_locked=True)
        )
        if locked is None:
            return None
        return await self._work.session.scalar(
            select(Promise).where(Promise.id == promise_id, *which),
            execution_options={"populate_existing": True},
        )

    async def _find(self, *which: ColumnElement[bool]) -> list[Promise]:
        rows = await self._work.session.scalars(
            select(Promise)
            .where(Promise.settled_at.is_(None), *which)
            .order_by(Promise.until, Promise.id)
        )
        return list(rows)

    async def _settle(self, promise: Promise, outcome: str) -> None:
        promise.settled_at, promise.outcome = self._work.now, outcome
        await self._work.session.flush()
        await self._note(promise, f"promise {outcome}")

    async def _note(self, promise: Promise, what: str) -> None:
        self._work.ring(f"thread:{promise.thread_id}")
        ticket = await self._work.threads.ticket(promise.thread_id)
        about = f"ticket:{ticket.number}" if ticket else f"thread:{promise.thread_id}"
        until = promise.until.isoformat(timespec="minutes")
        self._work.audit.note(f"member:{promise.member_id}", what, about, until=until)
        if ticket is not None:
            self._work.tickets.note(ticket, what, None, until, member_id=promise.member_id)


def end_of_work(timetable: Timetable, day: date) -> datetime | None:
    """When staff leave on that day, in their own time; None on a day off."""
    begins = datetime.combine(day, time(), tzinfo=timetable.zone)
    over = datetime.combine(day + timedelta(days=1), time(), tzinfo=timetable.zone)
    ends, moment = None, timetable.next_opening(begins)
    while moment < over:
        closes = timetable.closes_at(moment)
        ends = over if closes is None else min(closes, over)
        moment = timetable.next_opening(ends)
        if ends == over:
            break
    return ends.astimezone(timetable.zone) if ends else None
