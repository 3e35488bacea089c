"""Dealing out new threads: by turn, evenly, by load, to whom the resident knows; all at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

import pytest
from sqlalchemy import select

from services.access import AsMember, AsResident
from services.db import Database
from services.messaging.types import Address, Inbound, Sender
from services.staff import as_member
from services.tables import Member, Room, TicketEvent
from services.work import Work
from tests.support.clock import MovingClock

NAMES = ("Анна", "Борис", "Вера")


async def set_up(db: Database, rule: str, *, shifts: bool = True) -> list[int]:
    async with db.work() as work:
        for other in await work.session.scalars(select(Member)):
            other.withdrawn_at = work.now
        members = [
            Member(name=name, role="dispatcher", title="", desk=True, source="room", rooms=[])
            for name in NAMES
        ]
        work.session.add_all(members)
        await work.session.flush()
        room = await room_of(work)
        room.rules = {"dealing": rule}
        if shifts:
            for member in members:
                await work.shifts.begin(as_member(member), room)
        return [member.id for member in members]


async def room_of(work: Work) -> Room:
    return await work.rooms.of_complex(None)


async def opens(db: Database, who: int = 7) -> int | None:
    """A resident writes; who got it."""
    async with db.work() as work:
        address = Address(channel="telegram", chat=str(who))
        said = Inbound(key=str(who), address=address, sender=Sender(id=str(who)), text="?")
        contact = await work.people.meet(said)
        viewer = AsResident(contact.resident_id, contact.id)
        thread = await work.threads.open(viewer, await room_of(work), "Разговор")
        return thread.taken_by


async def dealt(db: Database, many: int) -> list[int | None]:
    return [await opens(db, number) for number in range(many)]


async def test_without_a_rule_threads_wait_for_a_hand(db: Database) -> None:
    await set_up(db, "")
    assert await opens(db) is None


async def test_in_turn(db: Database) -> None:
    anna, boris, vera = await set_up(db, "turn")
    assert await dealt(db, 7) == [anna, boris, vera, anna, boris, vera, anna]


@pytest.mark.parametrize("rule", ["turn", "evenly", "load"])
async def test_all_at_once_is_fair(db: Database, rule: str) -> None:
    await set_up(db, rule)
    got = await asyncio.gather(*(opens(db, number) for number in range(12)))
    assert set(Counter(got).values()) == {4}


async def test_evenly_counts_today(db: Database, clock: MovingClock) -> None:
    anna, boris, vera = await set_up(db, "evenly")
    async with db.work() as work:
        await work.shifts.hand_over(AsMember(anna, "dispatcher"), await room_of(work), "")
    await dealt(db, 4)
    async with db.work() as work:
        await work.shifts.begin(AsMember(anna, "dispatcher"), await room_of(work))
    assert await dealt(db, 3) == [anna, anna, boris]
    clock.move(hours=15)  # the next day: they all begin at nothing; who got one longest ago
    assert Counter(await dealt(db, 3)) == Counter((anna, boris, vera))


async def test_by_load(db: Database) -> None:
    anna, boris, vera = await set_up(db, "load")
    await dealt(db, 3)
    async with db.work() as work:
        threads = await work.taking.release_all(AsMember(1, "admin"), vera)
        assert len(threads) == 1
    assert await opens(db) == vera
    assert await opens(db) == anna
    assert await opens(db) == boris


async def test_to_whom_the_resident_knows(db: Database) -> None:
    anna, boris, _ = await set_up(db, "known")
    first = await opens(db, 7)
    assert first == anna  # nobody knows them: by load
    async with db.work() as work:
        thread = await work.threads.by_id(1)
        await work.threads.add(thread, "member", "Борис", None, text="Да", member_id=boris)
    assert await opens(db, 7) == boris
    assert await opens(db, 8) not in (None, boris)


async def test_without_shifts_whoever_was_there_lately(db: Database, clock: MovingClock) -> None:
    anna, boris, _ = await set_up(db, "turn", shifts=False)
    assert await opens(db) is None
    async with db.work() as work:
        viewer = AsMember(boris, "dispatcher")
        thread = await work.threads.get(viewer, 1, lock=True)
        await work.taking.take(viewer, thread)
        await work.threads.add(thread, "member", "Анна", None, text="Да", member_id=anna)
    assert set(await dealt(db, 4)) == {anna, boris}
    clock.move(hours=11)
    assert set(await dealt(db, 2)) == {anna, boris}
    clock.move(hours=2)
    assert await dealt(db, 2) == [None, None]


async def test_it_stands_in_the_audit(db: Database) -> None:
    (anna, *_) = await set_up(db, "turn")
    assert await opens(db) == anna
    async with db.work() as work:
        events: Sequence[TicketEvent] = list(await work.session.scalars(select(TicketEvent)))
        assert events == []  # no request yet
        assert await work.audit.count_since("dealt", work.now.replace(year=2020)) == 1
