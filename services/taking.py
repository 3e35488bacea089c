"""Taking: which member has a thread, and how it changes hands.

Every change is made under the thread's lock and stands in the journal with who had it before, so
that of two hands that reach for a thread at once one gets it and the other is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, desc, func, select
from sqlalchemy.dialects.postgresql import insert

from services.access import AsMember, Viewer
from services.errors import AlreadySo, NotYours, TakenByAnother
from services.staff import as_member
from services.tables import Member, Message, Room, SaidOnce, Thread
from services.timetable import Timetable

if TYPE_CHECKING:
    from services.work import Work

AT_ONCE = timedelta(minutes=5)  # answers that close look like nobody saw the other
AT_MOST = 200  # threads a round that go back


def patience(room: Room) -> timedelta:
    """Of working time, in which a resident waits for whoever took the thread."""
    return timedelta(minutes=room.rules.get("pool_after_minutes", 30))


def folded(name: str) -> str:
    """How names are compared."""
    return " ".join(name.casefold().replace("ё", "е").split())


class Taking:
    def __init__(self, work: Work) -> None:
        self._work = work

    # ── Hands ────────────────────────────────────────────────────────────────

    async def take(self, viewer: AsMember, thread: Thread, *, from_another: bool = False) -> None:
        """A locked thread for the viewer. Raises `AlreadySo` when it is theirs,
        `TakenByAnother` unless `from_another`."""
        if thread.taken_by == viewer.member_id:
            raise AlreadySo
        if thread.taken_by is not None and not from_another:
            raise TakenByAnother
        await self._give(viewer, thread, viewer.member_id, "taken")

    async def assign(self, viewer: AsMember, thread: Thread, to: Member) -> None:
        """Raises `AlreadySo`, and `NotYours` for a colleague who may not see the thread."""
        theirs = as_member(to)
        if not any(theirs.works_in(room) for room in await self._work.rooms.showing(thread)):
            raise NotYours
        if thread.taken_by == to.id:
            raise AlreadySo
        await self._give(viewer, thread, to.id, "assigned")

    async def release(self, viewer: AsMember, thread: Thread) -> None:
        """Back to everyone. Raises `AlreadySo` when nobody has it."""
        if thread.taken_by is None:
            raise AlreadySo
        await self._give(viewer, thread, None, "released")

    async def deal(self, thread: Thread, to: Member) -> None:
        await self._give(None, thread, to.id, "dealt")

    async def move(self, viewer: AsMember, thread: Thread, room: Room) -> Room:
        """A locked thread goes to another room, whose members see it from now on; nobody has it
        there yet. Returns the room before. Raises `AlreadySo`."""
        before = await self._work.rooms.get(thread.room_id)
        if room.id == before.id:
            raise AlreadySo
        if thread.taken_by is not None:
            await self._give(viewer, thread, None, "released")
        await self._work.surges.show(thread)
        thread.room_id = room.id
        if thread.handed_to == room.id:
            thread.handed_to = None
        ticket = await self._work.threads.ticket(thread.id)  # whose hours are others' now
        await self._work.waiting.count(thread, emergency=ticket is not None and ticket.emergency)
        await self._note(viewer, thread, "moved", before.code, room.code)
        self._work.audit.note(
            viewer.name, "moved", f"thread:{thread.id}", before=before.code, after=room.code
        )
        await self._work.session.flush()
        self._work.ring(f"thread:{thread.id}")
        self._work.ring(f"left:{before.code}:{thread.id}")
        return before

    async def _give(self, viewer: Viewer | None, thread: Thread, to: int | None, what: str) -> None:
        before, thread.taken_by = thread.taken_by, to
        thread.taken_at = None if to is None else self._work.now
        had, has = (None if each is None else str(each) for each in (before, to))
        await self._note(viewer, thread, "taken", had, has, note=what)
        self._work.audit.note(
            viewer.name if viewer else "system", what, f"thread:{thread.id}",
            before=before, after=to,
        )  # fmt: skip
        await self._work.session.flush()
        if to is not None and isinstance(viewer, AsMember):
            await self._work.alarms.accept(thread.id, viewer.member_id)
        self._work.ring(f"thread:{thread.id}")

    async def _note(
        self,
        viewer: Viewer | None,
        thread: Thread,
        what: str,
        before: str | None,
        after: str | None,
        note: str = "",
    ) -> None:
        ticket = await self._work.threads.ticket(thread.id)
        if ticket is not None:
            by = viewer.member_id if isinstance(viewer, AsMember) else None
            self._work.tickets.note(ticket, what, before, after, member_id=by, note=note)

    # ── Whom to give it to ───────────────────────────────────────────────────

    async def colleagues(self, rooms: Sequence[Room]) -> list[Member]:
        """Who works in any of these rooms."""
        found = await self._work.session.scalars(
            select(Member).where(Member.withdrawn_at.is_(None)).order_by(Member.name, Member.id)
        )
        return [m for m in found if any(as_member(m).works_in(room) for room in rooms)]

    def named(self, members: Sequence[Member], words: str) -> list[Member]:
        """Those that these words may mean: by code, by the whole name, by a part of it."""
        wanted = folded(words)
        for fits in (
            lambda m: m.code is not None and m.code.casefold() == wanted,
            lambda m: folded(m.name) == wanted,
            lambda m: wanted in folded(m.name).split(),
            lambda m: wanted in folded(m.name),
        ):
            if found := [member for member in members if fits(member)]:
                return found
        return []

    async def rooms_named(self, thread: Thread, words: str) -> list[Room]:
        """Rooms that take threads of residents, but for the thread's own."""
        wanted, found = folded(words), []
        for room in await self._work.rooms.every():
            serves = await self._work.rooms.serves(room)
            if room.id == thread.room_id or (serves.executors and not serves.own):
                continue
            if room.code == wanted or folded(room.title) == wanted:
                return [room]
            if wanted in folded(room.title):
                found.append(room)
        return found

    # ── Two at once ──────────────────────────────────────────────────────────

    async def answered_by_another(self, thread: Thread, message: Message) -> Message | None:
        """A colleague's answer just before this one, with no word of the resident between."""
        last = await self._work.session.scalar(
            select(Message)
            .where(
                Message.thread_id == thread.id,
                Message.by.in_(("member", "resident")),
                Message.withdrawn_at.is_(None),
                Message.id < message.id,
            )
            .order_by(desc(Message.id))
            .limit(1)
        )
        if last is None or last.by != "member" or last.member_id == message.member_id:
            return None
        return last if last.at > self._work.now - AT_ONCE else None

    async def once(self, key: str, again_after: timedelta | None = None) -> bool:
        """True the first time, and again when so much time has passed."""
        row = insert(SaidOnce).values(key=key, at=self._work.now)
        if again_after is None:
            told = row.on_conflict_do_nothing()
        else:
            told = row.on_conflict_do_update(
                index_elements=[SaidOnce.key],
                set_={"at": self._work.now},
                where=SaidOnce.at <= self._work.now - again_after,
            )
        found = await self._work.session.execute(told.returning(SaidOnce.key))
        return found.first() is not None

    # ── Silence ──────────────────────────────────────────────────────────────

    async def find_forgotten(self) -> list[int]:
        """Threads whose resident has waited for as much working time as the room allows since
        they were taken."""
        since = func.greatest(Thread.waits_since, Thread.taken_at)
        rows = await self._work.session.execute(
            select(Thread.id, Thread.room_id, since)
            .where(
                Thread.state == "open",
                Thread.taken_by.is_not(None),
                Thread.waits_since.is_not(None),
            )
            .order_by(since)
        )
        latest: dict[int, datetime] = {}
        found: list[int] = []
        for thread_id, room_id, began in rows:
            if room_id not in latest:
                latest[room_id] = await self._latest(room_id)
            if began <= latest[room_id]:
                found.append(thread_id)
        return found[:AT_MOST]

    async def _latest(self, room_id: int) -> datetime:
        """Who waits since then or longer has waited for too much working time."""
        room = await self._work.rooms.get(room_id)
        span = patience(room)
        hours = Timetable.of(await self._work.company.profile(), room.rules)
        now = self._work.now
        low, high = now - timedelta(days=400), now
        while high - low > timedelta(seconds=1):
            middle = low + (high - low) / 2
            if hours.working_between(middle, now) >= span:
                low = middle
            else:
                high = middle
        return low

    async def claim_forgotten(self, thread_id: int) -> tuple[Thread, int] | None:
        """Puts it back, and says who had it; None when it is not so any more, or another process
        was quicker."""
        thread = await self._work.session.scalar(
            select(Thread).where(Thread.id == thread_id).with_for_update(skip_locked=True),
            execution_options={"populate_existing": True},
        )
        if thread is None or thread.state != "open":
            return None
        if thread.taken_by is None or thread.waits_since is None or thread.taken_at is None:
            return None
        room = await self._work.rooms.get(thread.room_id)
        hours = Timetable.of(await self._work.company.profile(), room.rules)
        since = max(thread.waits_since, thread.taken_at)
        if hours.working_between(since, self._work.now) < patience(room):
            return None
        had = thread.taken_by
        await self._give(None, thread, None, "silent")
        return thread, had

    async def release_all(self, viewer: AsMember, member_id: int) -> list[Thread]:
        """What somebody has who works here no more."""
        found = await self._work.session.scalars(
            select(Thread)
            .where(Thread.taken_by == member_id, Thread.state == "open")
            .order_by(Thread.id)
            .with_for_update(),
            execution_options={"populate_existing": True},
        )
        threads = list(found)
        for thread in threads:
            await self._give(viewer, thread, None, "released")
        return threads

    # ── Quiet ────────────────────────────────────────────────────────────────

    async def turn_quiet(self, viewer: AsMember, thread: Thread) -> bool:
        """Switches the quiet mode of a locked thread; True when it is on now."""
        thread.quiet = not thread.quiet
        await self._work.session.execute(
            delete(SaidOnce).where(SaidOnce.key.startswith(f"quiet {thread.id} "))
        )
        what = "quiet" if thread.quiet else "quiet over"
        self._work.audit.note(viewer.name, what, f"thread:{thread.id}")
        await self._note(viewer, thread, "quiet", None, "on" if thread.quiet else "off")
        await self._work.session.flush()
        self._work.ring(f"thread:{thread.id}")
        return thread.quiet

    async def tell_quiet(self, thread: Thread, member_id: int) -> bool:
        """Whether this member is still to be told that it is on."""
        return await self.once(f"quiet {thread.id} {member_id}")


def may_release(viewer: AsMember, member: Member) -> bool:
    """Whether this member's yes lets a trainee's answer go."""
    return not member.trainee and viewer.role != "executor"
