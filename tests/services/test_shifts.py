"""Shifts: who is on duty, under races, in rooms that share a place, and forgotten."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from services.access import AsMember
from services.db import Database
from services.errors import AlreadySo, NotFound, NotYours
from services.staff import as_member
from services.tables import Member, Room, Shift
from services.work import Work
from tests.support.clock import MovingClock


async def member(work: Work, code: str) -> Member:
    found = await work.session.scalar(select(Member).where(Member.code == code))
    assert found is not None
    return found


async def viewer(work: Work, code: str) -> AsMember:
    return as_member(await member(work, code))


async def main_room(work: Work) -> Room:
    return (await work.rooms.every())[0]


async def room_of(work: Work, code: str, chat: str) -> Room:
    room = Room(code=code, title=code, channel="telegram", chat=chat, rules={})
    work.session.add(room)
    await work.session.flush()
    return room


async def test_on_duty_in_the_order_they_came_and_by_role(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        room = await main_room(work)
        assert await work.shifts.on_duty(room) == []
        await work.shifts.begin(await viewer(work, "igor"), room)
    clock.move(minutes=5)
    async with db.work() as work:
        room = await main_room(work)
        await work.shifts.begin(await viewer(work, "anna"), room)
        assert [m.code for m in await work.shifts.on_duty(room)] == ["igor", "anna"]
        assert [m.code for m in await work.shifts.on_duty(room, "dispatcher")] == ["anna"]
        assert await work.shifts.on_duty(room, "manager") == []
        (await member(work, "anna")).withdrawn_at = work.now
        await work.session.flush()
        assert [m.code for m in await work.shifts.on_duty(room)] == ["igor"]


async def test_rooms_of_one_chat_share_their_shifts(db: Database) -> None:
    async with db.work() as work:
        first, second = await room_of(work, "a", "-1"), await room_of(work, "b", "-1")
        elsewhere = await room_of(work, "c", "-2")
        await work.shifts.begin(await viewer(work, "anna"), second)
        assert len(await work.shifts.on_duty(first)) == 1
        assert len(await work.shifts.on_duty(second)) == 1
        assert await work.shifts.on_duty(elsewhere) == []
        with pytest.raises(AlreadySo):
            await work.shifts.begin(await viewer(work, "anna"), first)


async def test_begun_twice_at_once_it_is_one_shift(db: Database) -> None:
    async def begin() -> bool:
        try:
            async with db.work() as work:
                await work.shifts.begin(await viewer(work, "anna"), await main_room(work))
                await asyncio.sleep(0.02)
        except AlreadySo:
            return False
        return True

    assert sum(await asyncio.gather(*(begin() for _ in range(4)))) == 1


async def test_handed_over_twice_at_once_it_is_handed_over_once(db: Database) -> None:
    async with db.work() as work:
        await work.shifts.begin(await viewer(work, "anna"), await main_room(work))

    async def hand_over(code: str) -> bool:
        try:
            async with db.work() as work:
                room, to = await main_room(work), await member(work, code)
                await work.shifts.hand_over(await viewer(work, "anna"), room, "всё тихо", to)
                await asyncio.sleep(0.02)
        except NotFound:
            return False
        return True

    assert sum(await asyncio.gather(hand_over("olga"), hand_over("sergey"))) == 1
    async with db.work() as work:
        room = await main_room(work)
        (now,) = await work.shifts.on_duty(room)
        ended = await work.session.scalar(select(Shift).where(Shift.ended_at.is_not(None)))
        assert ended is not None
        assert ended.handed_to == now.id
        before = await work.shifts.last_ended(room, "dispatcher")
        assert before is not None
        assert (before[0].summary, before[1].code) == ("всё тихо", "anna")
        assert await work.shifts.last_ended(room, "executor") is None


async def test_who_may_not(db: Database) -> None:
    async with db.work() as work:
        room = await main_room(work)
        anna = await viewer(work, "anna")
        with pytest.raises(NotFound):
            await work.shifts.hand_over(anna, room, "")
        await work.shifts.begin(anna, room)
        with pytest.raises(AlreadySo):
            await work.shifts.hand_over(anna, room, "", await member(work, "anna"))
        igor = await member(work, "igor")
        igor.rooms = ["other"]
        with pytest.raises(NotYours):
            await work.shifts.hand_over(anna, room, "", igor)
        with pytest.raises(NotYours):
            await work.shifts.begin(as_member(igor), room)


async def test_who_takes_over_may_be_on_duty_already(db: Database) -> None:
    async with db.work() as work:
        room = await main_room(work)
        for code in ("anna", "olga"):
            await work.shifts.begin(await viewer(work, code), room)
        await work.shifts.hand_over(
            await viewer(work, "anna"), room, "", await member(work, "olga")
        )
        assert [m.code for m in await work.shifts.on_duty(room)] == ["olga"]


async def test_a_forgotten_shift_is_over_before_the_clock_gets_to_it(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        await work.shifts.begin(await viewer(work, "anna"), await main_room(work))
    clock.move(hours=15, minutes=59)
    async with db.work() as work:
        assert await work.shifts.find_forgotten() == []
        assert len(await work.shifts.on_duty(await main_room(work))) == 1
    clock.move(minutes=2)
    async with db.work() as work:
        (found,) = await work.shifts.find_forgotten()
        assert await work.shifts.on_duty(await main_room(work)) == []

    async def end() -> bool:
        async with db.work() as work:
            claimed = await work.shifts.claim_forgotten(found)
            await asyncio.sleep(0.05)
            return claimed is not None

    assert sum(await asyncio.gather(*(end() for _ in range(4)))) == 1


async def test_a_new_shift_ends_the_forgotten_one(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        await work.shifts.begin(await viewer(work, "anna"), await main_room(work))
    clock.move(hours=20)
    async with db.work() as work:
        await work.shifts.begin(await viewer(work, "anna"), await main_room(work))
        assert await work.shifts.find_forgotten() == []
        assert len(await work.shifts.on_duty(await main_room(work))) == 1
