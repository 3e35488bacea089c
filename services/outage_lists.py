"""Outages as the desk lists them: drafts, what is off and ahead, and what is over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, text

from services.access import AsMember
from services.outages import NOW, check
from services.tables import Complex, House, Outage, OutagePlace, Room

if TYPE_CHECKING:
    from services.work import Work

PAGE = 20
DRAFTS = 20


class OutageLists:
    """Each raises `NotYours` for those who may not announce."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def drafts(self, viewer: AsMember) -> list[Outage]:
        """Which this member began at the desk, the newest first."""
        check(viewer)
        return await self._find(
            [Outage.state == "draft", Outage.way == "desk", Outage.member_id == viewer.member_id],
            [Outage.id.desc()],
            DRAFTS,
        )

    async def now(self, viewer: AsMember) -> list[Outage]:
        """Told or to be told, and not over; the earliest first."""
        check(viewer)
        where = [Outage.state.in_(NOW), await self._theirs(viewer)]
        return await self._find(where, [Outage.since, Outage.id])

    async def past(self, viewer: AsMember, skip: int = 0) -> list[Outage]:
        """Over or called off, without drafts that nobody was to hear of; a page, the one that
        ended last first."""
        check(viewer)
        meant = or_(Outage.announced_at.is_not(None), Outage.announce_at.is_not(None))
        where = [Outage.state.in_(("restored", "cancelled")), meant, await self._theirs(viewer)]
        return await self._find(where, [Outage.ended_at.desc(), Outage.id.desc()], PAGE, skip)

    async def of_key(self, viewer: AsMember, key: str) -> Outage | None:
        """What was begun with this key of a page. Whoever comes second waits for the first."""
        check(viewer)
        await self._work.session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"),
            {"key": f"outage {key}"},
        )
        return await self._work.session.scalar(
            select(Outage).where(
                Outage.member_id == viewer.member_id,
                Outage.way == "desk",
                Outage.form["key"].as_string() == key,
            )
        )

    async def _theirs(self, viewer: AsMember) -> Any:
        every = await self._work.session.scalars(select(Room))
        rooms = [room.id for room in every if viewer.works_in(room)]
        of_houses = (
            select(OutagePlace.outage_id)
            .join(House, OutagePlace.house_id == House.id)
            .join(Complex, House.complex_id == Complex.id)
            .where(Complex.room_id.in_(rooms))
        )
        return or_(Outage.room_id.in_(rooms), Outage.id.in_(of_houses))

    async def _find(
        self, where: Sequence[Any], order: Sequence[Any], most: int | None = None, skip: int = 0
    ) -> list[Outage]:
        find = select(Outage).where(*where).order_by(*order).limit(most).offset(skip)
        return list(await self._work.session.scalars(find))
