"""What a person wants of us: in which messenger they are written to first, and when they are left
in peace. Answers and dangers ask for neither."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from services.access import AsResident
from services.errors import NotYours
from services.messaging.types import PHONE
from services.nights import after_night, after_quiet
from services.tables import Contact, Resident, Thread

if TYPE_CHECKING:
    from services.work import Work

DAY, STEP, ENOUGH = timedelta(days=1), timedelta(minutes=10), timedelta(hours=2)


class Preferences:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def messengers(self, viewer: AsResident) -> list[str]:
        """Channels in which this person can be written to."""
        contacts = await self._work.people.reachable(viewer.resident_id)
        return sorted({contact.channel for contact in contacts} - {PHONE})

    async def prefer(self, viewer: AsResident, channel: str) -> None:
        """Empty: wherever they wrote last. Raises `NotYours` for a messenger that is not theirs."""
        if channel and channel not in await self.messengers(viewer):
            raise NotYours
        resident = await self._work.people.resident(viewer.resident_id)
        resident.prefers = channel
        self._note(viewer, "prefers", channel=channel)

    async def leaves_time(self, begins: str, ends: str) -> bool:
        """Whether such hours leave `ENOUGH` of a day beside the company's night; without it news
        would wait for ever."""
        company = await self._work.company.profile()
        noon = datetime(2026, 1, 1, 12, tzinfo=UTC)  # any day without a change of the clocks
        steps = [noon + STEP * number for number in range(int(DAY / STEP))]
        free = [
            moment for moment in steps
            if after_night(moment, begins, ends, "UTC") == moment
            and after_quiet(company, moment, "UTC") == moment
        ]  # fmt: skip
        return len(free) * STEP >= ENOUGH

    async def be_quiet(self, viewer: AsResident, begins: str, ends: str) -> None:
        """`HH:MM` by the clock of the house; both empty: at no hours of their own."""
        resident = await self._work.people.resident(viewer.resident_id)
        resident.quiet_from, resident.quiet_until = begins, ends
        self._note(viewer, "quiet hours", begins=begins, ends=ends)

    async def where_to_tell(self, thread: Thread) -> Contact:
        """Of what nobody asked about just now: in the messenger they prefer, while it takes
        anything; else where they would be answered."""
        resident = await self._work.people.resident(thread.resident_id)
        for contact in await self._work.people.reachable(thread.resident_id):
            if contact.channel == resident.prefers:
                return contact
        return await self._work.people.where_to_answer(thread)

    async def after_quiet(self, resident_id: int, moment: datetime, zone: str) -> datetime:
        """The first moment from this one on that is not in the person's own quiet hours. `zone`:
        of the house, by its full name."""
        resident: Resident = await self._work.people.resident(resident_id)
        if not resident.quiet_from:
            return moment
        return after_night(moment, resident.quiet_from, resident.quiet_until, zone)

    def _note(self, viewer: AsResident, what: str, **details: str) -> None:
        self._work.audit.note(viewer.name, what, f"resident:{viewer.resident_id}", **details)
