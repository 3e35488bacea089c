"""Alarms: danger that a resident told of, until a member by name has taken it.

An alarm belongs to a thread. Nobody within `alarm_minutes`: the clock calls those on duty, then
managers, then admins. Taking one takes all of its surge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, desc, or_, select, update
from sqlalchemy.orm import aliased

from services.access import AsMember
from services.emergencies import is_same
from services.errors import AlreadySo
from services.messaging.types import Address
from services.staff import as_member
from services.tables import Alarm, Member, Message, Room, SurgeThread, Thread, Ticket

if TYPE_CHECKING:
    from services.work import Work

AGAIN_WITHIN = timedelta(minutes=30)  # since it was told last, the same danger is no new alarm
PLACE_WITHIN = timedelta(days=1)  # an address that comes later is not the alarm's
STEPS = ("duty", "managers", "admins")
AT_MOST = 200  # alarms a round


@dataclass(frozen=True)
class Called:
    """Whom the clock calls now. `at`: their private chats in messengers; the desk of those who
    have it is told besides. Nobody: there is no one left."""

    members: Sequence[Member] = ()
    at: Sequence[Address] = ()


class Alarms:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def begin(
        self,
        thread: Thread,
        kind: str,
        line: Message,
        *,
        house_id: int | None,
        exact: bool,
        anonymous: bool,
    ) -> Alarm:
        """`line`: the system line that stands for it. A room that nobody can write to is not
        waited for."""
        now, room = self._work.now, await self._work.rooms.get(thread.room_id)
        alarm = Alarm(
            thread_id=thread.id,
            message_id=line.id,
            kind=kind,
            raised_at=now,
            heard_at=now,
            house_id=house_id,
            exact=exact,
            anonymous=anonymous,
            step=0,
            called=[],
            outcome="",
            next_at=now if room.trouble else now + await self._patience(),
        )
        self._work.session.add(alarm)
        self._work.audit.note("system", "alarm", f"thread:{thread.id}", kind=kind)
        await self._work.session.flush()
        if room.trouble:
            self._work.ring("chores")
        return alarm

    async def keep_voice(self, thread: Thread, line: Message) -> None:
        """What a person without consent said aloud: nobody is called, and it is erased in time."""
        if await self.of_thread(thread.id) is None:
            now = self._work.now
            self._work.session.add(
                Alarm(
                    thread_id=thread.id, message_id=line.id, kind="voice", raised_at=now,
                    heard_at=now, exact=True, anonymous=True, step=0, called=[], outcome="heard",
                    settled_at=now,
                )
            )  # fmt: skip
            await self._work.session.flush()

    async def get(self, alarm_id: int) -> Alarm | None:
        return await self._work.session.get(Alarm, alarm_id, populate_existing=True)

    async def of_thread(self, thread_id: int) -> Alarm | None:
        return await self._work.session.scalar(select(Alarm).where(Alarm.thread_id == thread_id))

    async def recent(self, resident_id: int, kind: str) -> Alarm | None:
        """The alarm that these words belong to, if they were said of it a moment ago. One that was
        called off is none: whoever says it again may be right."""
        rows = await self._work.session.scalars(
            select(Alarm)
            .join(Thread, Alarm.thread_id == Thread.id)
            .where(
                Thread.resident_id == resident_id,
                Thread.state == "open",
                Alarm.heard_at > self._work.now - AGAIN_WITHIN,
                Alarm.outcome.in_(("", "accepted")),
                Alarm.kind != "voice",
            )
            .order_by(desc(Alarm.id))
        )
        found = [alarm for alarm in rows if is_same(alarm.kind, kind)]
        return next((each for each in found if each.kind == kind), found[0] if found else None)

    async def unplaced(self, resident_id: int) -> list[Alarm]:
        """Alarms of a resident that want an address, or a ticket."""
        rows = await self._work.session.scalars(
            select(Alarm)
            .join(Thread, Alarm.thread_id == Thread.id)
            .outerjoin(Ticket, Ticket.thread_id == Thread.id)
            .where(
                Thread.resident_id == resident_id,
                Thread.state == "open",
                Alarm.raised_at > self._work.now - PLACE_WITHIN,
                Alarm.outcome.in_(("", "accepted")),
                or_(Alarm.exact.is_(False), Ticket.id.is_(None)),
            )
            .order_by(Alarm.id)
        )
        return list(rows)

    # ── Who took it ──────────────────────────────────────────────────────────

    async def accept(self, thread_id: int, member_id: int) -> bool:
        """By «Принято», or whatever else a member does in the thread. False when there is nothing
        to take. Whoever waits for it is told by a chore."""
        mine, others = aliased(SurgeThread), aliased(SurgeThread)
        neighbours = (
            select(others.thread_id)
            .join(mine, mine.surge_id == others.surge_id)
            .where(mine.thread_id == thread_id)
        )
        taken = await self._work.session.execute(
            update(Alarm)
            .where(
                or_(Alarm.thread_id == thread_id, Alarm.thread_id.in_(neighbours)),
                Alarm.outcome == "",
            )
            .values(
                outcome="accepted", member_id=member_id, settled_at=self._work.now, next_at=None
            )
            .returning(Alarm.thread_id)
            .execution_options(synchronize_session=False)
        )
        threads = list(taken.scalars())
        for each in threads:
            self._work.audit.note(f"member:{member_id}", "alarm taken", f"thread:{each}")
            self._work.ring(f"thread:{each}")
        if threads:
            self._work.ring("chores")
        return thread_id in threads

    async def call_off(self, viewer: AsMember, alarm: Alarm, thread: Thread) -> None:
        """«Ложная тревога» in a locked thread: from now on it is one like any other. Raises
        `AlreadySo`."""
        if alarm.outcome in ("false", "closed", "heard"):
            raise AlreadySo
        alarm.outcome, alarm.member_id = "false", viewer.member_id
        alarm.settled_at, alarm.next_at = self._work.now, None
        ticket = await self._work.threads.ticket(thread.id)
        if ticket is not None and ticket.emergency:
            ticket.emergency = False
            self._work.tickets.note(ticket, "false alarm", None, None, member_id=viewer.member_id)
        await self._work.session.flush()
        await self._work.waiting.count(thread, emergency=False)
        self._work.audit.note(viewer.name, "false alarm", f"thread:{thread.id}")
        self._work.ring(f"thread:{thread.id}")

    async def close(self, thread_id: int) -> None:
        """Its thread was closed: nobody need take it any more."""
        await self._work.session.execute(
            update(Alarm)
            .where(Alarm.thread_id == thread_id, Alarm.outcome == "")
            .values(outcome="closed", settled_at=self._work.now, next_at=None)
            .execution_options(synchronize_session=False)
        )

    async def move(self, alarm: Alarm, thread: Thread, room: Room) -> None:
        """The address is another room's: there the clock begins anew."""
        thread.room_id, thread.taken_by, thread.taken_at = room.id, None, None
        if alarm.outcome == "":
            alarm.step, alarm.next_at = 0, self._work.now + await self._patience()
        await self._work.session.flush()
        await self._work.waiting.count(thread, emergency=True)
        self._work.audit.note("system", "alarm moved", f"thread:{thread.id}", room=room.code)

    async def taker(self, alarm: Alarm) -> Member:
        """Also who has left since."""
        member = await self._work.session.get(Member, alarm.member_id)
        assert member is not None
        return member

    async def stands_behind(self, alarm: Alarm) -> bool:
        """Of a surge the oldest alarm that nobody took calls for all; the others look again
        later."""
        surge = await self._work.surges.of_thread(await self._work.threads.by_id(alarm.thread_id))
        if surge is None:
            return False
        first = next((each for each in await self.of_surge(surge.id) if not each.outcome), alarm)
        if first.id == alarm.id:
            return False
        alarm.next_at = self._work.now + await self._patience()
        await self._work.session.flush()
        return True

    async def join_surge(self, thread: Thread) -> None:
        """One more of a surge that a member has taken is theirs as well."""
        surge = await self._work.surges.of_thread(thread)
        for each in await self.of_surge(surge.id) if surge is not None else ():
            if each.outcome == "accepted" and each.member_id is not None:
                await self.accept(thread.id, each.member_id)
                return

    async def of_surge(self, surge_id: int) -> list[Alarm]:
        rows = await self._work.session.scalars(
            select(Alarm)
            .join(SurgeThread, SurgeThread.thread_id == Alarm.thread_id)
            .where(SurgeThread.surge_id == surge_id)
            .order_by(Alarm.id),
            execution_options={"populate_existing": True},
        )
        return list(rows)

    async def find_untold(self) -> list[int]:
        return await self._find(Alarm.outcome == "accepted", Alarm.told_at.is_(None))

    async def claim_untold(self, alarm_id: int) -> tuple[Alarm, Thread] | None:
        """Marked as made known; None when that was done meanwhile."""
        found = await self._claim(alarm_id, Alarm.outcome == "accepted", Alarm.told_at.is_(None))
        if found is not None:
            found[0].told_at = self._work.now
            await self._work.session.flush()
        return found

    # ── By the clock ─────────────────────────────────────────────────────────

    async def find_due(self) -> list[int]:
        return await self._find(Alarm.next_at <= self._work.now)

    async def claim_due(self, alarm_id: int) -> tuple[Alarm, Thread] | None:
        """Locked, and still nobody's; None: it was taken, or another process has it."""
        return await self._claim(alarm_id, Alarm.next_at <= self._work.now, Alarm.outcome == "")

    async def call_next(self, alarm: Alarm, room: Room) -> Called:
        """The next ones who were not called yet; a step that reaches nobody takes no time."""
        while alarm.step < len(STEPS):
            step, alarm.step = STEPS[alarm.step], alarm.step + 1
            members = [m for m in await self._members(step, room) if m.id not in alarm.called]
            at = [each for m in members for each in await self._work.staff.addresses_of(m.id)]
            at_desk = step == "duty" and any(member.desk for member in members)
            if at or at_desk:
                alarm.called = [*alarm.called, *(member.id for member in members)]
                alarm.next_at = self._work.now + await self._patience()
                await self._work.session.flush()
                return Called(members, at)
        alarm.next_at = None
        await self._work.session.flush()
        return Called()

    async def was_called(self, member_id: int, line: Message) -> bool:
        """By this line, in private."""
        alarm = await self._work.session.scalar(select(Alarm).where(Alarm.message_id == line.id))
        return alarm is not None and member_id in alarm.called

    async def _members(self, step: str, room: Room) -> list[Member]:
        if step == "duty":
            return await self._work.shifts.on_duty(room)
        admin = or_(Member.role == "admin", Member.granted)
        fits = admin if step == "admins" else and_(Member.role == "manager", ~admin)
        rows = await self._work.session.scalars(
            select(Member).where(fits, Member.withdrawn_at.is_(None)).order_by(Member.id)
        )
        return [member for member in rows if as_member(member).works_in(room)]

    async def _patience(self) -> timedelta:
        return timedelta(minutes=(await self._work.company.profile()).alarm_minutes)

    async def _find(self, *which: ColumnElement[bool]) -> list[int]:
        rows = await self._work.session.scalars(
            select(Alarm.id).where(*which).order_by(Alarm.id).limit(AT_MOST)
        )
        return list(rows)

    async def _claim(
        self, alarm_id: int, *which: ColumnElement[bool]
    ) -> tuple[Alarm, Thread] | None:
        """The thread's lock first, as everywhere."""
        thread = await self._work.session.scalar(
            select(Thread)
            .join(Alarm, Alarm.thread_id == Thread.id)
            .where(Alarm.id == alarm_id, *which)
            .with_for_update(of=Thread, skip_locked=True),
            execution_options={"populate_existing": True},
        )
        alarm = await self._work.session.scalar(
            select(Alarm).where(Alarm.id == alarm_id, *which).with_for_update(skip_locked=True),
            execution_options={"populate_existing": True},
        )
        return (alarm, thread) if alarm is not None and thread is not None else None
