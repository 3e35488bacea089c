"""Dealing out: new threads of a room go to whoever is on duty, by the room's rule.

"turn": one after another; "evenly": who was dealt the fewest today; "load": who has the fewest
open ones; "known": who answered this resident last, else by load. Threads that begin at once are
dealt one after another.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import case, desc, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert

from services.staff import as_member
from services.tables import AuditRecord, Dealt, Member, Message, Room, Thread

if TYPE_CHECKING:
    from services.work import Work

AT_WORK = timedelta(hours=12)  # after the last thing done, where nobody began a shift
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Dealing:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def deal(self, thread: Thread, room: Room) -> Member | None:
        """None where the room does not deal, or nobody is there: the thread waits for a hand."""
        rule = room.rules.get("dealing", "")
        if not rule or thread.taken_by is not None:
            return None
        await self._work.session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended('deal', :room))"),
            {"room": room.id},
        )
        members = {member.id: member for member in await self.on_duty(room)}
        if not members:
            return None
        chosen = members[await self._choose(rule, thread, room, list(members))]
        await self._work.taking.deal(thread, chosen)
        await self._remember(room, chosen)
        return chosen

    async def on_duty(self, room: Room) -> list[Member]:
        """Who has a shift here; without shifts, dispatchers who did something here lately."""
        found = await self._work.shifts.on_duty(room)
        if not found:
            found = await self._seen_lately(room)
        able = [m for m in found if m.role != "executor" and as_member(m).works_in(room)]
        return sorted(able, key=lambda member: member.id)

    async def _seen_lately(self, room: Room) -> list[Member]:
        since = self._work.now - AT_WORK
        here = (
            Thread.room_id == room.id,
            Thread.state.in_(("open", "closed")),
            Thread.last_at >= since,
        )
        answered = (
            select(Message.member_id)
            .join(Thread, Message.thread_id == Thread.id)
            .where(*here, Message.by == "member", Message.at >= since)
        )
        # Whoever was dealt something need not be there: only what they did themselves counts.
        took = (
            select(AuditRecord.id)
            .join(Thread, AuditRecord.about == func.concat("thread:", Thread.id))
            .where(
                *here,
                AuditRecord.at >= since,
                AuditRecord.what == "taken",
                AuditRecord.who == func.concat("member:", Member.id),
            )
        )
        rows = await self._work.session.scalars(
            select(Member).where(
                or_(Member.id.in_(answered), took.exists()),
                Member.role == "dispatcher",
                Member.withdrawn_at.is_(None),
            )
        )
        return list(rows)

    async def _choose(self, rule: str, thread: Thread, room: Room, ids: list[int]) -> int:
        if rule == "known":
            known = await self._known_to(thread, ids)
            if known is not None:
                return known
        today = (await self._work.company.local(self._work.now)).date()
        rows = await self._work.session.scalars(
            select(Dealt).where(Dealt.room_id == room.id, Dealt.member_id.in_(ids))
        )
        dealt = {row.member_id: row for row in rows}
        load = await self._load(ids) if rule in ("load", "known") else {}

        def turn(member_id: int) -> tuple[int, datetime, int]:
            row = dealt.get(member_id)
            many = load.get(member_id, 0)
            if rule == "evenly":
                many = row.count if row is not None and row.day == today else 0
            return many, row.last_at if row is not None else LONG_AGO, member_id

        return min(ids, key=turn)

    async def _known_to(self, thread: Thread, ids: list[int]) -> int | None:
        """Whoever of them answered this resident last."""
        return await self._work.session.scalar(
            select(Message.member_id)
            .join(Thread, Message.thread_id == Thread.id)
            .where(
                Thread.resident_id == thread.resident_id,
                Message.by == "member",
                Message.member_id.in_(ids),
            )
            .order_by(desc(Message.id))
            .limit(1)
        )

    async def _load(self, ids: list[int]) -> dict[int, int]:
        rows = await self._work.session.execute(
            select(Thread.taken_by, func.count())
            .where(Thread.state == "open", Thread.taken_by.in_(ids))
            .group_by(Thread.taken_by)
        )
        return {member_id: many for member_id, many in rows if member_id is not None}

    async def _remember(self, room: Room, member: Member) -> None:
        today = (await self._work.company.local(self._work.now)).date()
        latest = await self._work.session.scalar(
            select(func.max(Dealt.last_at)).where(Dealt.room_id == room.id)
        )
        # Whoever waited for the lock began earlier: the moments are kept in the order of turns.
        at = max(self._work.now, (latest or LONG_AGO) + timedelta(microseconds=1))
        row = insert(Dealt).values(
            room_id=room.id, member_id=member.id, last_at=at, day=today, count=1
        )
        await self._work.session.execute(
            row.on_conflict_do_update(
                index_elements=[Dealt.room_id, Dealt.member_id],
                set_={
                    "last_at": row.excluded.last_at,
                    "day": row.excluded.day,
                    "count": case((Dealt.day == today, Dealt.count + 1), else_=1),
                },
            )
        )
