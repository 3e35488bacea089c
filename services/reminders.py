"""Reminders of what is to be paid: from a draft to the last person reminded.

Every change locks the reminder and looks at its state first: a second press finds `AlreadySo`.
What repeats each month stays scheduled; each of its times is a reminder of its own.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import desc, func, or_, select, text

from services import reminder_audience, reminder_results, reminder_sending
from services.access import AsMember, check_counting
from services.errors import AlreadySo, NobodyToTell, SameMailing
from services.messaging.types import Outbound
from services.reminder_audience import Owing
from services.reminder_draft import ReminderDraft, is_personal, key_of, names, without_sums
from services.reminder_lists import SAME_WITHIN, UNDER_WAY, ReminderLists
from services.reminder_results import Result
from services.tables import Notice, Reminder, Room

SHOW_EVERY = timedelta(seconds=10)
SHOW_STANDING = timedelta(minutes=1)
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('reminders', 0))"


class Reminders(ReminderLists):
    # ── Making ───────────────────────────────────────────────────────────────

    async def keep(
        self, viewer: AsMember, room: Room, way: str, draft: ReminderDraft,
        reminder_id: int | None = None,
    ) -> Reminder:  # fmt: skip
        """A new draft, or a changed one; a scheduled one becomes a draft again. Raises `NotYours`,
        `AlreadySo`."""
        check_counting(viewer)
        if reminder_id is None:
            reminder = Reminder(member_id=viewer.member_id, room_id=room.id, way=way, repeats="")
            self._work.session.add(reminder)
        else:
            reminder = await self.get(viewer, reminder_id, lock=True)
            expect(reminder, "draft", "scheduled")
        reminder.state, reminder.start_at, reminder.repeats = "draft", None, ""
        reminder.made_at, reminder.kind, reminder.tone = self._work.now, draft.kind, draft.tone
        reminder.text, reminder.audience = draft.text, draft.debtors.as_json()
        reminder.form = {**draft.form, "names_sums": await self._names_sums(draft.text)}
        reminder.key = key_of(reminder)
        await self._work.session.flush()
        return reminder

    async def _names_sums(self, words: str) -> bool:
        return names(words, "sum") and bool(await self.with_sums())

    async def with_sums(self) -> list[str]:
        """The messengers in which a reminder may name a sum."""
        known = ("telegram", "vk", "max", "web")
        return [each for each in known if (await self._work.showing.of(each)).sums_in_reminders]

    async def measure(self, reminder: Reminder) -> Owing:
        return await reminder_audience.choose(self._work, reminder)

    # ── Sending ──────────────────────────────────────────────────────────────

    async def start(self, reminder: Reminder, what: Outbound, member_id: int | None) -> Owing:
        """Of a locked one: who gets it is fixed now, a notice for each zone. Raises `AlreadySo`,
        `SameMailing`, `NobodyToTell`; nothing was changed then."""
        expect(reminder, "draft", "scheduled")
        # One person has one reminder under way at a time: two starts wait for each other.
        await self._work.session.execute(text(ONE_AT_A_TIME))
        await self._expect_alone(reminder)
        owing = await self.measure(reminder)
        if not owing.people:
            raise NobodyToTell
        now = self._work.now
        with_sums = await self.with_sums() if names(reminder.text, "sum") else []
        reminder.form = {**reminder.form, "names_sums": bool(with_sums)}
        reminder.state, reminder.started_at, reminder.shown_at = "running", now, now
        for zone in owing.zones:
            notice = Notice(
                kind=reminder.kind, reminder_id=reminder.id, text=what.header, at=now,
                not_before=now, member_id=member_id, people={}, flats=0, flats_reached=0,
                state="going", guard="debt", quiet=True, zone=zone, urgent=False,
            )  # fmt: skip
            self._work.session.add(notice)
            await reminder_sending.enqueue(
                self._work, reminder, notice, what,
                plain=without_sums(reminder.text), summed=reminder.text, with_sums=with_sums,
                personal=is_personal(reminder.text),
            )  # fmt: skip
        self._note(reminder, "started a reminder", member_id, people=owing.everybody)
        self._work.ring("chores")
        await self._work.session.flush()
        return owing

    async def schedule(
        self, viewer: AsMember, reminder: Reminder, at: datetime, *, monthly: bool = False
    ) -> None:
        """Of a locked one. Raises `AlreadySo`, `SameMailing`."""
        expect(reminder, "draft", "scheduled")
        reminder.repeats = "monthly" if monthly else ""
        reminder.key = key_of(reminder)
        await self._expect_alone(reminder)
        day = (await self._work.company.local(at)).day
        reminder.form = {**reminder.form, "day": day}
        reminder.state, reminder.start_at = "scheduled", at
        self._note(reminder, "scheduled a reminder", viewer.member_id)
        await self._work.session.flush()

    async def _expect_alone(self, reminder: Reminder) -> None:
        """Two who submit the same at one moment wait for each other here. Raises `SameMailing`."""
        await self._work.session.execute(
            select(func.pg_advisory_xact_lock(func.hashtextextended(f"debts {reminder.key}", 0)))
        )
        same = await self._work.session.scalar(
            select(Reminder.id)
            .where(
                Reminder.key == reminder.key,
                Reminder.id != reminder.id,
                or_(
                    Reminder.state.in_(UNDER_WAY),
                    (Reminder.state == "done")
                    & (Reminder.started_at > self._work.now - SAME_WITHIN),
                ),
            )
            .order_by(desc(Reminder.id))
            .limit(1)
        )
        if same is not None:
            raise SameMailing(same)

    async def hold(self, viewer: AsMember, reminder: Reminder) -> None:
        """Of a locked one: nothing more leaves from the next claim on. Raises `AlreadySo`."""
        expect(reminder, "running")
        reminder.state = "paused"
        await self._work.notices.hold(*await self._notices(reminder))
        self._note(reminder, "held a reminder", viewer.member_id)
        await self._work.session.flush()

    async def go_on(self, viewer: AsMember, reminder: Reminder) -> None:
        """Of a locked one. Raises `AlreadySo`, also for a stopped one."""
        expect(reminder, "paused")
        reminder.state = "running"
        await self._work.notices.go_on(*await self._notices(reminder))
        self._note(reminder, "went on with a reminder", viewer.member_id)
        self._work.ring("chores")
        await self._work.session.flush()

    async def stop(self, viewer: AsMember, reminder: Reminder) -> None:
        """Of a locked one: what has not left yet leaves no more. Raises `AlreadySo`."""
        expect(reminder, "draft", "scheduled", "running", "paused")
        if reminder.state in ("draft", "scheduled"):
            reminder.state = "dropped"
        else:
            reminder.state = "stopped"
            await self._work.notices.stop(*await self._notices(reminder))
        reminder.ended_at = self._work.now
        self._note(reminder, f"{reminder.state} a reminder", viewer.member_id)
        await self._work.session.flush()

    async def _notices(self, reminder: Reminder) -> list[int]:
        rows = await self._work.session.scalars(
            select(Notice.id).where(Notice.reminder_id == reminder.id).order_by(Notice.id)
        )
        return list(rows)

    # ── By the clock ─────────────────────────────────────────────────────────

    async def find_to_start(self) -> list[int]:
        return await self._find(*self._to_start())

    async def claim_to_start(self, reminder_id: int) -> Reminder | None:
        """Of one that repeats: this time's own one. The other waits for the next month."""
        reminder = await self._claim(reminder_id, *self._to_start())
        if reminder is None or reminder.repeats != "monthly":
            return reminder
        assert reminder.start_at is not None
        reminder.start_at = await self._a_month_later(reminder, reminder.start_at)
        return await self.this_time(reminder)

    async def this_time(self, reminder: Reminder) -> Reminder:
        """Of one that repeats, and is locked: a draft of its own to be sent now; its next time
        stays as it is. Any other is itself."""
        if reminder.repeats != "monthly":
            return reminder
        once = Reminder(
            kind=reminder.kind, tone=reminder.tone, text=reminder.text, state="draft",
            audience=dict(reminder.audience), repeats="", member_id=reminder.member_id,
            room_id=reminder.room_id, way=reminder.way, made_at=self._work.now,
            form={
                **reminder.form, "of": reminder.id,
                "names_sums": await self._names_sums(reminder.text),
            },
        )  # fmt: skip
        once.key = key_of(once)
        self._work.session.add(once)
        await self._work.session.flush()
        return once

    async def _a_month_later(self, reminder: Reminder, at: datetime) -> datetime:
        """The same hour of the same day; the last day of a month that has no such day. Months that
        were missed are not made up for."""
        zone = ZoneInfo((await self._work.company.profile()).timezone)
        there, day = at.astimezone(zone), int(reminder.form["day"])
        while there <= self._work.now:
            year, month = there.year + there.month // 12, there.month % 12 + 1
            last = calendar.monthrange(year, month)[1]
            there = there.replace(year=year, month=month, day=min(day, last))
        return there

    async def find_to_show(self) -> list[int]:
        return await self._find(*self._to_show())

    async def claim_to_show(self, reminder_id: int) -> Reminder | None:
        return await self._claim(reminder_id, *self._to_show())

    async def next_in(self) -> float | None:
        """Seconds until one is to be started or shown; None: there is none."""
        starts = select(func.min(Reminder.start_at)).where(Reminder.state == "scheduled")
        shown = select(func.min(Reminder.shown_at)).where(Reminder.state == "running")
        start = await self._work.session.scalar(starts)
        last = await self._work.session.scalar(shown)
        due = [start] if start else []
        due += [last + SHOW_EVERY] if last else []
        return (min(due) - self._work.now).total_seconds() if due else None

    def _to_start(self) -> Sequence[Any]:
        return (Reminder.state == "scheduled", Reminder.start_at <= self._work.now)

    def _to_show(self) -> Sequence[Any]:
        return (Reminder.state == "running", Reminder.shown_at <= self._work.now - SHOW_EVERY)

    async def _find(self, *which: Any) -> list[int]:
        return list(await self._work.session.scalars(select(Reminder.id).where(*which)))

    async def _claim(self, reminder_id: int, *which: Any) -> Reminder | None:
        find = select(Reminder).where(Reminder.id == reminder_id, *which)
        return await self._work.session.scalar(
            find.with_for_update(skip_locked=True), execution_options={"populate_existing": True}
        )

    async def put_back(self, reminder: Reminder) -> None:
        """Of a claimed one that could not begin: a draft again; one of a monthly one is gone."""
        monthly = "of" in reminder.form
        reminder.state, reminder.start_at = "dropped" if monthly else "draft", None
        reminder.made_at = self._work.now
        await self._work.session.flush()

    def note_shown(self, reminder: Reminder, *, moves: bool) -> None:
        reminder.shown_at = self._work.now + (timedelta(0) if moves else SHOW_STANDING - SHOW_EVERY)

    async def give_up(self, reminder: Reminder) -> None:
        """Of a claimed one: what waits for too long is dropped."""
        await reminder_results.give_up(self._work, reminder)

    async def end(self, reminder: Reminder) -> None:
        """Of a locked one of which nothing is left."""
        reminder.state, reminder.ended_at = "done", self._work.now
        await reminder_results.forget_unsent(self._work, reminder.id)
        self._note(reminder, "ended a reminder", None)
        await self._work.session.flush()

    async def sum_to_name(self, row_id: int, channel: str) -> str | None:
        """Of a row about to leave; None: it goes without. Raises `NotYours`."""
        return await reminder_sending.sum_to_name(self._work, row_id, channel)

    async def result(self, reminder: Reminder, *, answers: bool = True) -> Result:
        return await reminder_results.measure(self._work, reminder, answers=answers)

    async def find_paid(self) -> list[int]:
        return await reminder_results.find_due(self._work)

    async def count_paid(self, reminder_id: int) -> None:
        await reminder_results.count_paid(self._work, reminder_id)

    async def note_opened(
        self, reminder_id: int, resident_id: int, *, opened: bool = True
    ) -> list[int]:
        """The accounts this person was reminded of; empty where they were not. `opened`: they look
        at them now."""
        return await reminder_results.note_opened(
            self._work, reminder_id, resident_id, opened=opened
        )

    def _note(self, reminder: Reminder, what: str, member_id: int | None, **more: Any) -> None:
        who = f"member:{member_id}" if member_id else "system"
        self._work.audit.note(who, what, f"reminder:{reminder.id}", kind=reminder.kind, **more)
        self._work.ring(f"reminder:{reminder.id}")


def expect(reminder: Reminder, *states: str) -> None:
    if reminder.state not in states:
        raise AlreadySo
