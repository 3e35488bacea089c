"""Figures of the work: how rooms stand now, and what came of some days. A query for each.

`which` chooses threads, as `access.threads_of` and `access.shown_in` do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, case, distinct, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from services.matters import as_problem
from services.tables import (
    Call,
    Message,
    Promise,
    Rating,
    Room,
    Thread,
    Ticket,
    TicketEvent,
    Visit,
)
from services.terms import is_overdue

if TYPE_CHECKING:
    from services.work import Work

Which = ColumnElement[bool]
OPEN = Thread.state == "open"


@dataclass(frozen=True)
class Answered:
    """First answers. `share` of those within the target; both None where nobody asked."""

    share: float | None
    median: timedelta | None


class Figures:
    def __init__(self, work: Work) -> None:
        self._work = work

    # ── Now ──────────────────────────────────────────────────────────────────

    async def open(self, which: Which) -> int:
        """What follows one incident is one."""
        find = select(func.count(distinct(as_problem()))).select_from(Thread)
        find = find.outerjoin(Ticket, Ticket.thread_id == Thread.id)
        return await self._count(find.where(which, OPEN))

    async def unanswered_too_long(self, which: Which) -> list[int | None]:
        """Numbers of the requests, None for a conversation without one; who waits longest first."""
        rows = await self._work.session.scalars(
            select(Ticket.number)
            .select_from(Thread)
            .outerjoin(Ticket, Ticket.thread_id == Thread.id)
            .where(which, OPEN, Thread.waits_since.is_not(None))
            .where(Thread.answer_due_at < self._work.now)
            .order_by(Thread.answer_due_at)
        )
        return list(rows)

    async def overdue(self, which: Which) -> list[tuple[int, datetime]]:
        """Number and term, the most overdue first."""
        rows = await self._work.session.execute(
            select(Ticket.number, Ticket.due_at)
            .join(Thread, Ticket.thread_id == Thread.id)
            .where(which, OPEN, is_overdue(self._work.now))
            .order_by(Ticket.due_at)
        )
        return [(number, due_at) for number, due_at in rows]

    async def promised(
        self, which: Which, before: datetime | None = None
    ) -> list[tuple[int | str, datetime]]:
        """To whom (the number of the request, else what the conversation is called) and until
        when, the next first."""
        find = (
            select(Ticket.number, Thread.subject, Promise.until)
            .select_from(Promise)
            .join(Thread, Promise.thread_id == Thread.id)
            .outerjoin(Ticket, Ticket.thread_id == Thread.id)
            .where(which, Promise.settled_at.is_(None))
            .order_by(Promise.until)
        )
        if before is not None:
            find = find.where(Promise.until < before)
        rows = await self._work.session.execute(find)
        return [(number or subject, until) for number, subject, until in rows]

    async def waiting_for_residents(self, which: Which) -> int:
        find = select(func.count()).select_from(Ticket)
        find = find.join(Thread, Ticket.thread_id == Thread.id)
        return await self._count(find.where(which, Ticket.status == "waiting"))

    async def to_call(self, which: Which) -> int:
        """Residents without a messenger who have something to hear."""
        find = select(func.count()).select_from(Call).join(Thread, Call.thread_id == Thread.id)
        return await self._count(find.where(which, Call.settled_at.is_(None)))

    async def visits(self, which: Which, since: datetime, until: datetime) -> int:
        find = select(func.count()).select_from(Visit)
        find = find.join(Ticket, Visit.ticket_id == Ticket.id)
        find = find.join(Thread, Ticket.thread_id == Thread.id)
        return await self._count(
            find.where(which, Visit.state == "agreed")
            .where(Visit.begins_at >= since, Visit.begins_at < until)
        )  # fmt: skip

    async def organisations_to_ask(self, which: Which, until: datetime) -> list[int]:
        """Requests that others do for us, and of which it is time to ask before `until`."""
        rows = await self._work.session.scalars(
            select(Ticket.number)
            .join(Thread, Ticket.thread_id == Thread.id)
            .where(which, Ticket.organisation != "", Ticket.closed_at.is_(None))
            .where(Ticket.remind_at < until)
            .order_by(Ticket.remind_at)
        )
        return list(rows)

    # ── Of some days ─────────────────────────────────────────────────────────

    async def came(self, which: Which, since: datetime, until: datetime) -> tuple[int, int]:
        """New conversations, and how many of them are requests; what follows one incident is
        one."""
        row = await self._work.session.execute(
            select(
                func.count(distinct(as_problem())),
                func.count(distinct(case((Ticket.id.is_not(None), as_problem())))),
            )
            .select_from(Thread)
            .outerjoin(Ticket, Ticket.thread_id == Thread.id)
            .where(which, Thread.opened_at >= since, Thread.opened_at < until)
        )
        threads, tickets = row.one()
        return threads, tickets

    async def tones(self, which: Which, since: datetime, until: datetime) -> dict[str, int]:
        """How the residents of new conversations sound: negative, neutral, positive."""
        rows = await self._work.session.execute(
            select(Thread.tone, func.count())
            .where(which, Thread.tone != "")
            .where(Thread.opened_at >= since, Thread.opened_at < until)
            .group_by(Thread.tone)
        )
        return {tone: count for tone, count in rows}  # noqa: C416 (rows are no pairs to mypy)

    async def closed(self, which: Which, since: datetime, until: datetime) -> int:
        """What followed one incident is one."""
        find = select(func.count(distinct(as_problem()))).select_from(Thread)
        find = find.outerjoin(Ticket, Ticket.thread_id == Thread.id)
        return await self._count(
            find.where(which, Thread.closed_at >= since, Thread.closed_at < until)
        )

    async def first_answers(self, which: Which, since: datetime, until: datetime) -> Answered:
        """Of conversations begun then by residents themselves, in the working time of each room;
        emergencies round the clock. Who waits and still has time is left out."""
        asked = self._first(Message.at, Message.thread_id == Thread.id, Message.by == "resident")
        said = self._first(
            Message.at,
            Message.thread_id == Thread.id,
            Message.by == "member",
            Message.withdrawn_at.is_(None),
            or_(Message.held_at.is_(None), Message.released_by.is_not(None)),
        )
        moved = self._first(
            TicketEvent.at,
            TicketEvent.ticket_id == Ticket.id,
            TicketEvent.what == "status",
            TicketEvent.member_id.is_not(None),
        )
        rows = await self._work.session.execute(
            select(
                Room, func.coalesce(Ticket.emergency, False), asked, func.least(said, moved),
                Thread.answer_due_at,
            )
            .select_from(Thread)
            .join(Room, Thread.room_id == Room.id)
            .outerjoin(Ticket, Ticket.thread_id == Thread.id)
            .where(which, Thread.opened_at >= since, Thread.opened_at < until)
            .where(Ticket.filed_by.is_(None))
        )  # fmt: skip
        target = timedelta(minutes=(await self._work.company.profile()).first_answer_minutes)
        took: list[timedelta] = []
        never = 0
        for room, emergency, begins, answered, due_at in rows:
            if begins is None:
                continue
            if answered is None:
                never += due_at is not None and due_at < self._work.now
            elif emergency:
                took.append(max(answered - begins, timedelta(0)))
            else:
                timetable = await self._work.company.timetable(room)
                took.append(timetable.working_between(begins, answered))
        if not took and not never:
            return Answered(None, None)
        in_time = sum(each <= target for each in took)
        usual = timedelta(seconds=median(e.total_seconds() for e in took)) if took else None
        return Answered(in_time / (len(took) + never), usual)

    async def promises(self, which: Which, since: datetime, until: datetime) -> tuple[int, int]:
        """Missed, and all that were kept or missed."""
        row = await self._work.session.execute(
            select(func.count(case((Promise.outcome == "missed", 1))), func.count())
            .select_from(Promise)
            .join(Thread, Promise.thread_id == Thread.id)
            .where(which, Promise.outcome.in_(("kept", "missed")))
            .where(Promise.settled_at >= since, Promise.settled_at < until)
        )
        missed, every = row.one()
        return missed, every

    async def rated(
        self, which: Which, since: datetime, until: datetime
    ) -> tuple[float | None, int]:
        """The average and how many rated; of several ratings of a request the latest counts."""
        latest = (
            select(func.max(Rating.id))
            .join(Ticket, Rating.ticket_id == Ticket.id)
            .join(Thread, Ticket.thread_id == Thread.id)
            .where(which, Rating.at >= since, Rating.at < until)
            .group_by(Rating.ticket_id)
        )
        row = await self._work.session.execute(
            select(func.avg(Rating.stars), func.count()).where(Rating.id.in_(latest))
        )
        average, many = row.one()
        return (float(average), many) if many else (None, 0)

    def _first(
        self, moment: InstrumentedAttribute[datetime], *which: Which
    ) -> ColumnElement[datetime]:
        return select(func.min(moment)).where(*which).correlate(Thread, Ticket).scalar_subquery()

    async def _count(self, find: object) -> int:
        return int(await self._work.session.scalar(find) or 0)  # type: ignore[call-overload]
