"""Which reminders there are, and who of staff may see them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import desc, select, text

from services.access import MAY_COUNT, AsMember, check_counting
from services.errors import NotYours
from services.tables import House, Member, Reminder

if TYPE_CHECKING:
    from services.work import Work

UNDER_WAY = ("scheduled", "running", "paused")
ENDED = ("stopped", "done")
SAME_WITHIN = timedelta(days=1)
MOST_DRAFTS = 3


class ReminderLists:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def get(self, viewer: AsMember, reminder_id: int, *, lock: bool = False) -> Reminder:
        """Raises `NotYours`: only for those who work for all of its houses, and its own member."""
        check_counting(viewer)
        reminder = await self._work.session.get(
            Reminder, reminder_id, with_for_update=lock or None, populate_existing=True
        )
        if reminder is None or not await self._may(viewer, reminder):
            raise NotYours
        return reminder

    async def _may(self, viewer: AsMember, reminder: Reminder) -> bool:
        if viewer.role == "admin" or reminder.member_id == viewer.member_id:
            return True
        mine = {house.id for house in await self._work.places.houses_of(viewer)}
        houses = set(reminder.audience["houses"])
        return houses <= mine if houses else not viewer.rooms

    async def houses(self, reminder: Reminder) -> list[House]:
        rows = await self._work.session.scalars(
            select(House)
            .where(House.id.in_(reminder.audience["houses"]))
            .order_by(House.position, House.id)
        )
        return list(rows)

    async def under_way(self, viewer: AsMember) -> list[Reminder]:
        find = select(Reminder).where(Reminder.state.in_(UNDER_WAY)).order_by(Reminder.id)
        return await self._seen(viewer, find)

    async def drafts(self, viewer: AsMember) -> list[Reminder]:
        """The viewer's own of the last day, the newest first."""
        find = select(Reminder).where(
            Reminder.state == "draft",
            Reminder.member_id == viewer.member_id,
            Reminder.made_at > self._work.now - SAME_WITHIN,
        )
        return await self._seen(viewer, find.order_by(desc(Reminder.id)).limit(MOST_DRAFTS))

    async def of_key(self, viewer: AsMember, key: str) -> Reminder | None:
        """What was begun with this key of a page. Whoever comes second waits for the first."""
        check_counting(viewer)
        await self._work.session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"),
            {"key": f"reminder of page {key}"},
        )
        return await self._work.session.scalar(
            select(Reminder).where(
                Reminder.member_id == viewer.member_id, Reminder.form["key"].as_string() == key
            )
        )

    async def lately(self, viewer: AsMember, most: int) -> list[Reminder]:
        """Those that ended, the last first."""
        find = select(Reminder).where(Reminder.state.in_(ENDED))
        found = await self._seen(viewer, find.order_by(desc(Reminder.ended_at)).limit(most * 4))
        return found[:most]

    async def _seen(self, viewer: AsMember, find: Any) -> list[Reminder]:
        check_counting(viewer)
        rows = await self._work.session.scalars(find)
        return [reminder for reminder in rows if await self._may(viewer, reminder)]

    async def zones(self, reminder: Reminder) -> set[str]:
        """Of the houses it is for; the empty one is the company's."""
        find = select(House.timezone).distinct()
        if reminder.audience["houses"]:
            return set(
                await self._work.session.scalars(
                    find.where(House.id.in_(reminder.audience["houses"]))
                )
            )
        return set(await self._work.session.scalars(find)) | {""}

    async def maker_counts(self, reminder: Reminder) -> bool:
        """Whether who made it is still one of those who send reminders."""
        maker = await self._work.session.get_one(Member, reminder.member_id)
        return maker.withdrawn_at is None and maker.role in MAY_COUNT
