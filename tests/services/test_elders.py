"""Who is an elder of which house, also after messengers were linked."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from services.access import AsMember
from services.db import Database
from services.errors import NotYours
from services.tables import Elder, House
from services.work import Work
from tests.services.linked import give, join, meet, settle
from tests.services.test_news import DISPATCHER, add_members, file


async def houses(work: Work) -> list[House]:
    return list(await work.session.scalars(select(House).order_by(House.id)))


async def test_only_a_house_of_ones_own_and_only_common_requests(db: Database) -> None:
    async with db.work() as work:
        await add_members(work)
        viewer = await meet(work, "telegram")
        first, second, *_ = await houses(work)
        assert await work.elders.turn(DISPATCHER, viewer.resident_id, first)
        ticket, _ = await file(work)
        await settle(work, viewer, 0, "77", "Мария")
        (seen,) = await work.elders.common_tickets(viewer, first)
        assert (seen.number, seen.what) == (ticket.number, ticket.what)
        with pytest.raises(NotYours):
            await work.elders.common_tickets(viewer, second)
        stranger = await meet(work, "telegram", "2")
        with pytest.raises(NotYours):
            await work.elders.common_tickets(stranger, first)
        assert await work.elders.houses(stranger) == []
        assert not await work.elders.turn(DISPATCHER, viewer.resident_id, first)
        with pytest.raises(NotYours):
            await work.elders.common_tickets(viewer, first)


@pytest.mark.parametrize("role", ["executor", ""])
async def test_who_may_appoint(db: Database, role: str) -> None:
    async with db.work() as work:
        viewer = await meet(work, "telegram")
        house, *_ = await houses(work)
        with pytest.raises(NotYours):
            await work.elders.turn(AsMember(1, role), viewer.resident_id, house)


async def test_an_elder_stays_one_when_messengers_are_linked(db: Database) -> None:
    async with db.work() as work:
        await add_members(work)
        viewer = await meet(work, "vk")
        house, *_ = await houses(work)
        await work.elders.turn(DISPATCHER, viewer.resident_id, house)
    link = await join(db, "vk", await give(db, "telegram"))
    assert isinstance(link, int)
    async with db.work() as work:
        viewer = await meet(work, "telegram")
        assert [each.id for each in await work.elders.houses(viewer)] == [house.id]
        assert not await work.elders.turn(DISPATCHER, viewer.resident_id, house)
        assert await work.elders.houses(viewer) == []
        assert [elder.until for elder in await work.session.scalars(select(Elder))] == [work.now]


async def test_who_moves_out_of_the_house_is_its_elder_no_more(db: Database) -> None:
    async with db.work() as work:
        await add_members(work)
        viewer = await meet(work, "telegram")
        first, second, *_ = await houses(work)
        for number in ("1", "2"):
            await work.people.add_home(
                viewer, first.id, entrance_id=None, flat_id=None, unlisted=number
            )
        for house in (first, second):
            assert await work.elders.turn(DISPATCHER, viewer.resident_id, house)
        one, another = await work.people.places(viewer)
        await work.people.leave_home(viewer, one.home_id)
        assert [each.id for each in await work.elders.houses(viewer)] == [first.id, second.id]
        await work.people.leave_home(viewer, another.home_id)
        assert [each.id for each in await work.elders.houses(viewer)] == [second.id]
        with pytest.raises(NotYours):
            await work.elders.common_tickets(viewer, first)
        await work.people.record_consent(viewer, "1", "text", given=False)
        assert await work.elders.houses(viewer) == []
