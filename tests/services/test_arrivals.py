"""How many flats are with us, and what brought them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from services.access import AsMember
from services.db import Database
from services.errors import NotYours
from services.messaging.types import Address, Inbound, Sender
from services.tables import Contact, Entrance, House
from services.work import Work
from tests.services.test_outages import flats_of, houses, live

MANAGER = AsMember(1, "manager")


async def came(work: Work, number: int, payload: str) -> Contact:
    inbound = Inbound(
        key=f"{number} {payload}",
        address=Address(channel="telegram", chat=f"{number}"),
        sender=Sender(id=f"{number}"),
        payload=payload,
    )
    contact = await work.people.meet(inbound)
    await work.arrivals.note(contact, inbound.payload)
    await work.session.flush()
    return contact


async def test_the_first_code_counts(db: Database) -> None:
    async with db.work() as work:
        house = (await houses(work))[0]
        find = select(Entrance).where(Entrance.house_id == house.id).order_by(Entrance.id)
        entrance = (await work.session.scalars(find)).all()[0]
        assert (await came(work, 1, "no-such-house")).came_by == ""
        assert (await came(work, 1, entrance.code.upper())).came_by == entrance.code
        assert (await came(work, 1, house.code)).came_by == entrance.code
        known = await came(work, 2, "")
        await work.people.register(known.resident_id, "Мария", None)
        assert (await came(work, 2, house.code)).came_by == ""


async def test_flats_are_counted_and_not_people(db: Database) -> None:
    async with db.work() as work:
        house = (await houses(work))[0]
        first, second, third = await flats_of(work, house, "1", "2", "3")
        await live(work, "а", [first], contacts=[("telegram", True)])
        await live(work, "б", [first], contacts=[("vk", True)])
        await live(work, "в", [second], contacts=[("telegram", False)])
        await live(work, "г", [third], contacts=[("phone", True)])
        found = await work.session.scalars(select(Contact).where(Contact.channel != "phone"))
        for contact in found:
            contact.came_by = house.code
        await work.session.flush()
        there = next(h for h in await work.arrivals.by_house(MANAGER) if h.house_id == house.id)
        assert there.covered == 1
        assert there.brought == {house.code: 2}  # of one nobody can be written to any more
        assert not there.enough


async def test_below_a_third_is_little(db: Database) -> None:
    async with db.work() as work:
        house = (await houses(work))[0]
        every = next(h for h in await work.arrivals.by_house(MANAGER) if h.house_id == house.id)
        needed = -(-every.flats * 3 // 10)
        numbers = [str(number) for number in range(1, needed + 1)]
        for number, flat in enumerate(await flats_of(work, house, *numbers)):
            before = await work.arrivals.by_house(MANAGER)
            assert not next(h for h in before if h.house_id == house.id).enough
            await live(work, f"житель {number}", [flat], contacts=[("telegram", True)])
        after = await work.arrivals.by_house(MANAGER)
        assert next(h for h in after if h.house_id == house.id).enough


async def test_only_managers_and_only_their_houses(db: Database) -> None:
    async with db.work() as work:
        with pytest.raises(NotYours):
            await work.arrivals.by_house(AsMember(1, "dispatcher"))
        nowhere = AsMember(1, "manager", ("no such room",))
        assert await work.arrivals.by_house(nowhere) == []
        every = await work.session.scalars(select(House.id))
        assert {h.house_id for h in await work.arrivals.by_house(MANAGER)} == set(every)
