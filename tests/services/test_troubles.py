"""Admins hear of the program's own troubles once, where they read, and once that they are over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import delete, insert, select, update

from bot import alerting
from bot.alerting import Alerting
from bot.state import State
from services.db import Database
from services.messaging.outbox import About
from services.messaging.types import Address, Kind, Outbound
from services.tables import Contact, Heard, Member, MemberAccount, Outgoing, Resident
from services.work import Work
from tests.support.clock import MovingClock

QUESTION = Outbound(text="Когда дадут воду?")


class Watch:
    """A process that looks, and what its admins read."""

    def __init__(self, db: Database, clock: MovingClock, folder: Path) -> None:
        self.db, self.clock, self.state = db, clock, State()
        self.alerting = Alerting(self.state, folder)
        self.last = 0

    async def looks(self, **later: float) -> list[tuple[str, str]]:
        """A minute later, or `later`: where something was said, and what."""
        self.clock.move(**(later or {"minutes": 1}))
        async with self.db.work() as work:
            due = await self.alerting.chore.find(work)
        for key in due:
            async with self.db.work() as work:
                await self.alerting.chore.do(work, key)
        async with self.db.work() as work:
            rows = list(
                await work.session.scalars(
                    select(Outgoing)
                    .where(Outgoing.kind == "notice", Outgoing.id > self.last)
                    .order_by(Outgoing.id)
                )
            )
        self.last = rows[-1].id if rows else self.last
        return [(f"{row.channel} {row.chat} {row.topic}".strip(), row.body["text"]) for row in rows]


@pytest_asyncio.fixture
async def admins(db: Database, watch: Watch) -> dict[str, int]:
    """Anna reads Telegram and VK, Boris VK alone, Wera nothing but the desk."""
    found = {}
    async with db.work() as work:
        await work.session.execute(update(Member).values(role="dispatcher"))
        for name, *accounts in (("Анна", "vk", "telegram"), ("Борис", "vk"), ("Вера",)):
            member = Member(
                name=name, role="admin", title="", desk=True, source="file", rooms=[], code=name
            )
            resident = Resident(created_at=work.now)
            work.session.add_all([member, resident])
            await work.session.flush()
            found[name] = member.id
            for number, channel in enumerate(accounts):
                work.session.add(MemberAccount(channel=channel, user_id=name, member_id=member.id))
                work.session.add(
                    Contact(
                        resident_id=resident.id,
                        channel=channel,
                        user_id=name,
                        chat=name,
                        created_at=work.now,
                        last_heard_at=work.now + timedelta(minutes=number),
                    )
                )
    return found


@pytest.fixture
def watch(db: Database, clock: MovingClock, tmp_path: Path) -> Watch:
    return Watch(db, clock, tmp_path)


def to(said: list[tuple[str, str]]) -> list[str]:
    return [where for where, _ in said]


async def hear(work: Work, state: str, **more: Any) -> None:
    number = await work.session.scalar(select(Heard.id).order_by(Heard.id.desc()).limit(1)) or 0
    await work.session.execute(
        insert(Heard).values(
            channel="telegram", key=f"k{number}", chat="5", body={}, state=state,
            received_at=work.now, ready_at=work.now, **more,
        )
    )  # fmt: skip


async def test_rows_set_aside_are_told_once_with_their_number(
    db: Database, watch: Watch, admins: dict[str, int]
) -> None:
    assert await watch.looks() == []
    async with db.work() as work:
        await hear(work, "set_aside", handled_at=work.now, why="ValueError", fault="40417")
    said = await watch.looks()
    desk = f"desk {admins['Вера']} room main"
    assert to(said) == ["telegram Анна", "vk Борис", desk]
    assert "40417" in said[0][1]
    assert "doctor" in said[0][1]
    for _ in range(5):
        assert await watch.looks(minutes=20) == []
    async with db.work() as work:
        await hear(work, "set_aside", handled_at=work.now, why="ValueError", fault="55555")
        await hear(work, "set_aside", handled_at=work.now, why="ValueError", fault="55556")
    again = await watch.looks()
    assert ["55556" in text for _, text in again] == [True] * 3
    async with db.work() as work:
        await hear(work, "set_aside", handled_at=work.now, why="ValueError", fault="66666")
    assert await watch.looks() == []  # within the hour
    async with db.work() as work:
        await work.session.execute(update(Heard).values(state="handled"))
    assert await watch.looks() == []
    over = await watch.looks(minutes=11)
    assert to(over) == ["telegram Анна", "vk Борис", desk]
    assert "больше нет" in over[0][1]
    assert await watch.looks(minutes=11) == []


async def test_an_hour_later_what_was_set_aside_meanwhile_is_told(
    db: Database, watch: Watch, admins: dict[str, int]
) -> None:
    for number, minutes in (("10001", 1), ("10002", 30)):
        async with db.work() as work:
            await hear(work, "set_aside", handled_at=work.now, fault=number)
        await watch.looks(minutes=minutes)
    said = await watch.looks(minutes=45)
    assert ["10002" in text for _, text in said] == [True] * 3
    assert await watch.looks(minutes=61) == []


async def test_a_messenger_that_is_away_is_told_by_another(
    db: Database, watch: Watch, admins: dict[str, int]
) -> None:
    watch.state.set("telegram", "up")
    watch.state.set("vk", "up")
    async with db.work() as work:
        asked = Address(channel="telegram", chat="7")
        await work.outbox.say(asked, QUESTION, Kind.REPLY)
        await work.session.execute(update(Outgoing).values(not_before=work.now))
    watch.state.set("telegram", "down", "out of reach: check TELEGRAM_API_URL")
    assert await watch.looks() == []
    watch.state.set("telegram", "down", "out of reach: its server is busy")
    assert await watch.looks(minutes=4) == []
    said = await watch.looks(minutes=7)
    assert to(said) == ["vk Анна", "vk Борис", f"desk {admins['Вера']} room main"]
    assert "Telegram: нет связи" in said[0][1]
    assert "TELEGRAM_PROXY" in said[0][1]
    assert "задерживается" not in said[0][1]  # it is why the queue waits
    for _ in range(3):
        assert await watch.looks(hours=2) == []
    watch.state.set("telegram", "standby")  # another process leads, and it knows better
    assert await watch.looks(minutes=30) == []
    assert await watch.looks(minutes=30) == []
    watch.state.set("telegram", "up")
    async with db.work() as work:
        await work.session.execute(update(Outgoing).values(state="sent"))
    assert await watch.looks() == []
    over = await watch.looks(minutes=11)
    assert to(over)[0] == "telegram Анна"
    assert "связь есть" in over[0][1]


async def test_a_queue_is_not_over_because_its_messenger_went_away(
    db: Database, watch: Watch, admins: dict[str, int]
) -> None:
    watch.state.set("telegram", "up")
    watch.state.set("vk", "up")
    async with db.work() as work:
        await work.outbox.say(Address(channel="telegram", chat="7"), QUESTION, Kind.REPLY)
    assert "задерживается" in (await watch.looks(minutes=11))[0][1]
    watch.state.set("telegram", "down", "out of reach")
    said = [text for _ in range(8) for _, text in await watch.looks(minutes=10)]
    assert ["Telegram: нет связи" in text for text in said] == [True] * 3
    watch.state.set("telegram", "up")
    async with db.work() as work:
        await work.session.execute(update(Outgoing).values(state="sent"))
    over = [text for _ in range(4) for _, text in await watch.looks(minutes=11)]
    assert sum("связь есть" in text for text in over) == 3
    assert sum("Отправка" in text or "отправка" in text for text in over) == 3


async def test_a_messenger_that_comes_and_goes_is_one_trouble(
    watch: Watch, admins: dict[str, int]
) -> None:
    said = []
    for _ in range(12):  # away for seven minutes, back for eight
        watch.state.set("vk", "down", "x", refused=True)
        for _ in range(7):
            said += await watch.looks()
        watch.state.set("vk", "up")
        for _ in range(8):
            said += await watch.looks()
    assert len(said) == 3
    assert "не пускает" in said[0][1]
    said = []
    for _ in range(12):  # away for seven minutes, back for thirteen: four hours of it
        watch.state.set("vk", "down", "x", refused=True)
        for _ in range(7):
            said += await watch.looks()
        watch.state.set("vk", "up")
        for _ in range(13):
            said += await watch.looks()
    assert len(said) <= 3 * 2 * 5


async def test_a_queue_that_ages(db: Database, watch: Watch, admins: dict[str, int]) -> None:
    async with db.work() as work:
        chat = Address(channel="vk", chat="7")
        await work.outbox.say(chat, QUESTION, Kind.RELAY)
        later = About(not_before=work.now + timedelta(days=1))
        await work.outbox.say(Address(channel="web", chat="7"), QUESTION, Kind.RELAY, later)
        await work.outbox.say(Address(channel="phone", chat="7"), QUESTION, Kind.RELAY)
    assert await watch.looks(minutes=9) == []
    said = await watch.looks(minutes=2)
    assert len(said) == 3
    assert "ВКонтакте: отправка задерживается, 1 сообщение ждёт" in said[0][1]
    assert "сегодня в 11:00" in said[0][1]
    async with db.work() as work:
        await hear(work, "waiting")
    said = await watch.looks(minutes=11)
    assert "не успевает читать: 1 сообщение ждёт" in said[0][1]


async def test_a_group_that_bars_us_is_told_of_by_itself(
    db: Database, watch: Watch, admins: dict[str, int]
) -> None:
    async with db.work() as work:
        room = (await work.rooms.every())[0]
        room.channel, room.chat = "telegram", "-100"
        await work.outbox.post(room, QUESTION, Kind.RELAY)
        await work.rooms.mark_trouble(room.id, "mute", "kicked")
    assert await watch.looks(minutes=30) == []


async def test_a_disk_that_fills(
    watch: Watch, admins: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerting, "LITTLE_DISK", 2**62)
    said = await watch.looks()
    assert len(said) == 3
    assert "мало места" in said[0][1]
    assert await watch.looks(hours=30) == []
    monkeypatch.setattr(alerting, "LITTLE_DISK", 0)
    assert await watch.looks() == []
    assert "снова есть" in (await watch.looks(minutes=11))[0][1]


@pytest_asyncio.fixture
async def second(database_url: str, clock: MovingClock, tmp_path: Path) -> AsyncIterator[Watch]:
    db = Database(database_url, clock)
    yield Watch(db, clock, tmp_path)
    await db.close()


async def test_two_processes_tell_it_once(
    db: Database, watch: Watch, second: Watch, admins: dict[str, int]
) -> None:
    async def both() -> int:
        async with db.work() as work:
            await work.session.execute(delete(Outgoing))
        await asyncio.gather(watch.looks(), second.looks())
        async with db.work() as work:
            return len(list(await work.session.scalars(select(Outgoing))))

    async with db.work() as work:
        await hear(work, "set_aside", handled_at=work.now, fault="1")
    assert await both() == 3
    async with db.work() as work:
        await work.session.execute(delete(Heard))
    assert await both() == 0
    watch.clock.move(minutes=11)
    assert await both() == 3
