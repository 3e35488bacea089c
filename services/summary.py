"""The morning summary: to whom it is due, of which days, and its figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement

from services.access import AsMember, threads_of
from services.figures import Answered
from services.messaging.types import Address
from services.promises import end_of_work
from services.staff import as_member
from services.told_once import find_untold, mark_told

if TYPE_CHECKING:
    from services.work import Work

NOT_LATER_THAN = timedelta(hours=2)  # after its hour: what was down till noon keeps quiet
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Summary:
    """Of the days from `first` to `last`, and of this morning."""

    first: date
    last: date
    came: int
    tickets: int
    unhappy: int
    closed: int
    open: int
    overdue: list[tuple[int, datetime]]
    answers: Answered
    target: int
    missed: int
    promises: int
    stars: float | None
    ratings: int
    visits: int
    to_call: int
    organisations: list[int]
    promised: list[tuple[int | str, datetime]]


class Summaries:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def find_due(self) -> list[int]:
        """Managers and admins who have written to the bot and were not told today, from the
        company's hour on; nobody on its days off."""
        today = await self._today()
        if today is None:
            return []
        return await find_untold(self._work, f"summary {today}", "manager", "admin")

    async def claim(self, member_id: int) -> tuple[Address, Summary] | None:
        """Where to tell it, and what; None when it was told already. Once a day, over any number
        of processes."""
        today = await self._today()
        if today is None:
            return None
        if not await mark_told(self._work, f"summary {today}", member_id):
            return None
        addresses = await self._work.staff.addresses_of(member_id)
        if not addresses:
            return None
        member = await self._work.staff.get(member_id)
        summary = await self.of(as_member(member), today)
        # One person, one message: in Telegram where they have it.
        return min(addresses, key=lambda to: (to.channel != "telegram", to.channel)), summary

    async def of(self, viewer: AsMember, today: date) -> Summary:
        """Of the member's rooms: the last working day before `today` and the days off since."""
        timetable = await self._work.company.timetable()
        first = today - DAY
        while end_of_work(timetable, first) is None and today - first < 31 * DAY:
            first -= DAY

        def begins(day: date) -> datetime:
            return datetime.combine(day, time(), tzinfo=timetable.zone)

        which, figures = threads_of(viewer), self._work.figures
        days = (begins(first), begins(today))
        came, tickets = await figures.came(which, *days)
        missed, promises = await figures.promises(which, *days)
        stars, ratings = await figures.rated(which, *days)
        tomorrow = begins(today + DAY)
        return Summary(
            first=first,
            last=today - DAY,
            came=came,
            tickets=tickets,
            unhappy=(await figures.tones(which, *days)).get("negative", 0),
            closed=await figures.closed(which, *days),
            open=await figures.open(which),
            overdue=await figures.overdue(which),
            answers=await figures.first_answers(which, *days),
            target=(await self._work.company.profile()).first_answer_minutes,
            missed=missed,
            promises=promises,
            stars=stars,
            ratings=ratings,
            visits=await figures.visits(which, begins(today), tomorrow),
            to_call=await figures.to_call(which),
            organisations=await figures.organisations_to_ask(which, tomorrow),
            promised=await self._promised(which, tomorrow),
        )

    async def _promised(
        self, which: ColumnElement[bool], tomorrow: datetime
    ) -> list[tuple[int | str, datetime]]:
        """What stands for today, in local time."""
        local = self._work.company.local
        found = await self._work.figures.promised(which, tomorrow)
        return [(whom, await local(until)) for whom, until in found]

    async def _today(self) -> date | None:
        """The company's day, when it is a working one and the hour has come."""
        local = await self._work.company.local(self._work.now)
        profile = await self._work.company.profile()
        hour, minute = map(int, profile.summary_at.split(":"))
        due = datetime.combine(local.date(), time(hour, minute), tzinfo=local.tzinfo)
        if not due <= local < due + NOT_LATER_THAN:
            return None
        timetable = await self._work.company.timetable()
        return local.date() if end_of_work(timetable, local.date()) else None
