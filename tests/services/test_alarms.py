"""Alarms by the clock: once a step, whatever processes run; and which emergency a danger is."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from handlers import alarms as told
from services.access import AsResident
from services.company.declaration import Category
from services.db import Database
from services.emergencies import choose_category, is_same, kinds_of
from services.messaging.types import Address, Inbound, Sender
from services.staff import as_member
from services.tables import Alarm, Member, MemberAccount, Message, Outgoing, Thread
from services.work import Work
from tests.support.clock import MovingClock


async def member(work: Work, code: str) -> Member:
    found = await work.session.scalar(select(Member).where(Member.code == code))
    assert found is not None
    return found


async def reaches(work: Work, code: str) -> None:
    """The member has started the bot."""
    chat = f"7{(await member(work, code)).id}"
    await work.session.merge(
        MemberAccount(channel="telegram", user_id=chat, member_id=(await member(work, code)).id)
    )
    await hears(work, chat, "/start")


async def hears(work: Work, chat: str, text: str) -> AsResident:
    address = Address(channel="telegram", chat=chat)
    said = Inbound(key=f"{chat} {text}", address=address, sender=Sender(id=chat), text=text)
    contact = await work.people.meet(said)
    return AsResident(contact.resident_id, contact.id)


async def raise_one(db: Database, chat: str = "500", *, anonymous: bool = False) -> int:
    async with db.work() as work:
        viewer = await hears(work, chat, "Пахнет газом")
        room = (await work.rooms.every())[0]
        thread = await work.threads.open(viewer, room, "🚨 Пахнет газом")
        await work.threads.add(thread, "resident", "", None, text="Пахнет газом")
        line = await work.threads.add(thread, "system", "", None, text="Тревога")
        alarm = await work.alarms.begin(
            thread, "gas", line, house_id=None, exact=False, anonymous=anonymous
        )
        return alarm.id


async def alarm(db: Database, alarm_id: int) -> Alarm:
    async with db.work() as work:
        found = await work.alarms.get(alarm_id)
        assert found is not None
        return found


async def due(db: Database) -> list[int]:
    async with db.work() as work:
        return await work.alarms.find_due()


async def call_next(db: Database, alarm_id: int) -> None:
    async with db.work() as work:
        await told.call_next(work, alarm_id)


async def alarmed_chats(db: Database) -> list[str]:
    async with db.work() as work:
        rows = await work.session.scalars(
            select(Outgoing)
            .where(Outgoing.kind == "alarm", Outgoing.room_id.is_(None))
            .order_by(Outgoing.id)
        )
        return [row.chat for row in rows if row.channel != "desk"]


async def test_two_processes_call_once(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        await reaches(work, "anna")
        await work.shifts.begin(
            as_member(await member(work, "anna")), (await work.rooms.every())[0]
        )
    ident = await raise_one(db)
    clock.move(minutes=2, seconds=59)
    assert await due(db) == []
    clock.move(seconds=1)
    assert await due(db) == [ident]
    other = Database(db.url, clock)
    await asyncio.gather(*(call_next(each, ident) for each in (db, other) * 4))
    await other.close()
    assert len(await alarmed_chats(db)) == 1
    assert (await alarm(db, ident)).step == 1
    assert await due(db) == []


async def test_a_restart_goes_on_where_it_was(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        for code in ("anna", "olga"):
            await reaches(work, code)
        await work.shifts.begin(
            as_member(await member(work, "anna")), (await work.rooms.every())[0]
        )
    ident = await raise_one(db)
    for calls in (1, 2, 3):
        clock.move(minutes=3)
        again = Database(db.url, clock)
        await call_next(again, ident)
        await again.close()
        assert len(await alarmed_chats(db)) == calls
    assert (await alarmed_chats(db))[-1] == "500"  # the resident, when nobody was left
    assert await due(db) == []
    clock.move(days=1)
    assert await due(db) == []


async def test_taken_at_the_same_moment_by_one(db: Database) -> None:
    ident = await raise_one(db)
    thread_id = (await alarm(db, ident)).thread_id

    async def take(code: str) -> bool:
        async with db.work() as work:
            return await work.alarms.accept(thread_id, (await member(work, code)).id)

    taken = await asyncio.gather(*(take(code) for code in ("anna", "olga", "igor") * 3))
    assert taken.count(True) == 1
    found = await alarm(db, ident)
    assert (found.outcome, found.next_at) == ("accepted", None)


async def test_who_took_it_is_told_once(db: Database, clock: MovingClock) -> None:
    ident = await raise_one(db)
    async with db.work() as work:
        await work.alarms.accept(
            (await alarm(db, ident)).thread_id, (await member(work, "anna")).id
        )

    async def tell() -> None:
        async with db.work() as work:
            await told.tell_taken(work, ident)

    await asyncio.gather(*(tell() for _ in range(5)))
    async with db.work() as work:
        rows = await work.session.scalars(select(Outgoing).where(Outgoing.chat == "500"))
        assert len([row for row in rows if "приняли" in row.body["text"]]) == 1
        assert await work.alarms.find_untold() == []


async def test_a_room_in_trouble_is_not_waited_for(db: Database) -> None:
    async with db.work() as work:
        await reaches(work, "olga")
        room = (await work.rooms.every())[0]
        await work.rooms.mark_trouble(room.id, "mute", "исключили")
    ident = await raise_one(db)
    assert await due(db) == [ident]


async def test_a_closed_thread_calls_nobody(db: Database, clock: MovingClock) -> None:
    ident = await raise_one(db)
    async with db.work() as work:
        thread = await work.session.get(Thread, (await alarm(db, ident)).thread_id)
        assert thread is not None
        await work.threads.close(thread)
    clock.move(minutes=10)
    assert await due(db) == []
    assert (await alarm(db, ident)).outcome == "closed"


async def test_words_are_erased_only_where_no_consent_came(
    db: Database, clock: MovingClock
) -> None:
    silent, agreed = (
        await raise_one(db, "500", anonymous=True),
        await raise_one(db, "501", anonymous=True),
    )
    async with db.work() as work:
        viewer = await hears(work, "501", "да")
        version = (await work.company.profile()).consent.version
        await work.people.record_consent(viewer, version, "Согласны?", given=True)
        days = timedelta(days=(await work.company.profile()).danger_words_days)
    clock.move(seconds=days.total_seconds() + 1)
    async with db.work() as work:
        found = await work.forgetting.find_due()
    assert found == [silent, agreed]
    for ident in found * 2:
        async with db.work() as work:
            await told.forget(work, ident)
    async with db.work() as work:
        assert await work.forgetting.find_due() == []
        rows = await work.session.scalars(select(Message).where(Message.by == "resident"))
        assert sorted(message.text for message in rows) == ["", "Пахнет газом"]
    assert (await alarm(db, silent)).erased_at is not None


# ── Which emergency it is ────────────────────────────────────────────────────


def emergency(title: str, key: str = "") -> Category:
    return Category(code="other", key=key or "x", title=title, emergency=True)


@pytest.mark.parametrize(
    ("title", "key", "kinds"),
    [
        ("Авария, затопление", "", {"flood"}),
        ("Пахнет газом", "", {"gas"}),
        ("Искрит, горит проводка", "", {"sparks", "fire"}),
        ("Застряли в лифте", "", {"lift"}),
        ("Вода", "flood", {"flood"}),
        ("Прочее", "", set()),
    ],
)
def test_what_a_category_is_for(title: str, key: str, kinds: set[str]) -> None:
    assert kinds_of(emergency(title, key)) == kinds


def test_the_nearest_one_is_chosen() -> None:
    flood, gas = emergency("Затопление"), emergency("Пахнет газом")
    ordinary = Category(code="plumbing", title="Прорвало трубу")
    for kind in ("flood", "burst", "sewage"):
        assert choose_category(kind, [ordinary, gas, flood]) == flood
    assert choose_category("gas", [flood, gas]) == gas
    assert choose_category("fire", [flood, gas]) is None


def test_water_is_water() -> None:
    assert is_same("burst", "flood")
    assert is_same("other", "gas")
    assert not is_same("gas", "fire")
