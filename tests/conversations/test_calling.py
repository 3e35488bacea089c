"""Residents without a messenger: what they are to be told is a call for the room."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from services.messaging.types import PHONE
from services.staff import as_member
from services.tables import Call, Outgoing, SessionRow, Ticket
from services.tables import Member as MemberRow
from tests.conversations.test_access import forge
from tests.support.drivers.telegram import InGroup
from tests.support.people import Member, Resident
from tests.support.world import World

pytestmark = [pytest.mark.only("telegram"), pytest.mark.rooms("forum")]

GENERAL: Any = None
CALL = "☎️ У жителя нет мессенджера: позвоните (Иванова Мария, +7 912 345-67-89)"


async def caller(member: Member, words: str = "", kind: str = "Другое") -> Any:
    """The topic of a request that came by phone."""
    words = words or "/new Садовая 5 кв 4, Иванова Мария, +7 912 345-67-89, течёт кран"
    await member.says(words, GENERAL)
    await member.sees(GENERAL, "Проверьте")
    await member.presses(kind, GENERAL)
    return await member.finds("№1001")


async def rows(world: World) -> list[Outgoing]:
    await world.settled()
    async with world.app.db.session() as session:
        found = await session.scalars(
            select(Outgoing).where(Outgoing.channel == PHONE).order_by(Outgoing.id)
        )
        return list(found)


async def calls(member: Member, topic: Any) -> list[str]:
    """The lines about calling that stand in the topic now."""
    await member.reads(topic)
    return [line.text for line in await member.driver.look(topic) if "☎️" in line.text]


async def test_an_answer_is_a_call_to_make(member: Member, world: World) -> None:
    topic = await caller(member)
    assert await calls(member, topic) == []
    await member.says("Мастер будет завтра с десяти", topic)
    await world.settled()
    await world.chores_done()
    line = await member.sees(topic, CALL)
    assert "Сказать:\n— Мастер будет завтра с десяти" in line.text
    assert line.buttons == ["Дозвонились", "Не дозвонились"]
    await member.sees(topic, "Обзвонить: +7 912 345-67-89")
    await member.presses("Дозвонились", topic)
    done = await member.sees(topic, "☎️ Дозвонились — Анна Соколова, сегодня в")
    assert "Мастер будет завтра с десяти" in done.text
    assert done.buttons == []
    await member.sees_mark(topic, "Мастер будет завтра с десяти", "👍")
    assert [row.state for row in await rows(world)] == ["sent"]
    assert "Обзвонить" not in await member.reads(topic)
    assert len(await world.audit("called")) == 1
    assert await world.count(SessionRow) == 0


async def test_one_line_however_much_there_is_to_tell(member: Member, world: World) -> None:
    topic = await caller(member)
    await member.says("/status в работе", topic)
    await world.waits(minutes=2)
    await member.says("Нужно перекрыть стояк", topic)
    await world.waits(minutes=2)
    await member.says("/status выполнена", topic)
    await world.waits(minutes=2)
    await world.settled()
    (line,) = await calls(member, topic)
    for words in ("Нужно перекрыть стояк", "Заявка №1001: Сделали."):
        assert words in line
    for words in ("В работе.", "нажмите «Не решено»", "Оцените"):
        assert words not in line
    assert await world.count(Call) == 1


async def test_nobody_answers(member: Member, world: World) -> None:
    topic = await caller(member)
    await member.says("Будем завтра", topic)
    await world.waits(minutes=1)
    for times in ("1 раз", "2 раза"):
        await member.presses("Не дозвонились", topic)
        await member.sees(topic, f"Не дозвонились: {times}, последний — сегодня в")
    await member.sees(topic, "не дозвонились 2 раза")
    assert [row.state for row in await rows(world)] == ["waiting"]
    assert len(await calls(member, topic)) == 1
    await member.presses("Дозвонились", topic)
    await member.sees(topic, "☎️ Дозвонились — Анна Соколова")


async def test_what_is_taken_back_or_changed_is_not_told(member: Member, world: World) -> None:
    topic = await caller(member)
    await member.says("Будем завтра", topic)
    await world.waits(minutes=1)
    await member.edits("Будем завтра", "Будем в пятницу", topic)
    await world.waits(minutes=1)
    (line,) = await calls(member, topic)
    assert "— Будем в пятницу" in line
    assert "завтра" not in line
    await member.says("/recall", topic)
    await world.waits(minutes=1)
    await member.sees(topic, "Звонить жителю уже не нужно.")
    assert await calls(member, topic) == []
    await member.says("Будем в субботу", topic)
    await world.waits(minutes=1)
    (line,) = await calls(member, topic)
    assert "— Будем в субботу" in line


async def test_a_correction_after_the_call_is_told_too(member: Member, world: World) -> None:
    topic = await caller(member)
    await member.says("Будем завтра", topic)
    await world.waits(minutes=1)
    await member.presses("Дозвонились", topic)
    await member.edits("Будем завтра", "Будем в пятницу", topic)
    await world.waits(minutes=1)
    lines = await calls(member, topic)
    assert "— поправка: Будем в пятницу" in lines[-1]
    await member.says("/called", topic)
    await member.says("/recall", topic)
    await world.waits(minutes=1)
    assert "прошлый ответ отменён" in (await calls(member, topic))[-1]


async def test_who_came_without_a_phone(member: Member, world: World) -> None:
    topic = await caller(member, "/new Садовая 5 кв 4, пришла, течёт кран")
    await member.says("Мастер завтра", topic)
    await world.waits(minutes=1)
    await member.sees(topic, "У жителя нет ни мессенджера, ни телефона")
    await member.sees(topic, "Обзвонить: телефона нет")


async def test_commands_do_the_same(member: Member, world: World) -> None:
    topic = await caller(member)
    await member.says("/called", topic)
    await member.sees(topic, "Этому жителю сейчас ничего передавать не нужно.")
    await member.says("Завтра", topic)
    await world.waits(minutes=1)
    await member.says("/missed", topic)
    await member.sees(topic, "Не дозвонились: 1 раз")
    await member.says("/called", topic)
    await member.sees(topic, "☎️ Дозвонились")
    await member.says("/called", GENERAL)
    await member.sees(GENERAL, "Здесь непонятно, о какой заявке речь")


async def test_pressed_twice_and_forged(member: Member, world: World) -> None:
    topic = await caller(member)
    await member.says("Завтра", topic)
    await world.waits(minutes=1)
    await world.settled()
    line = await member.sees(topic, CALL)
    await member.presses("Дозвонились", topic)
    await member.sees(topic, "☎️ Дозвонились")
    assert isinstance(member.driver, InGroup)
    async with world.app.db.session() as session:
        call = await session.scalar(select(Call))
        assert call is not None
    await forge(world, member.driver.user, f"staff/called/{call.id}")
    await member.sees(GENERAL, "По этому разговору уже позвонили.")
    await forge(world, member.driver.user, "staff/missed/77")
    await world.settled()
    assert [row.about for row in await world.audit("refused")] == ["staff/missed/77"]
    assert len(await world.audit("called")) == 1
    assert line.buttons


async def test_the_desk_says_that_it_waits_for_a_call(member: Member, world: World) -> None:
    topic = await caller(member)
    desk = await world.member("anna", at_desk=True)
    thread = await desk.finds("№1001")
    await desk.says("Мастер будет в среду", thread)
    await desk.sees_mark(thread, "Мастер будет в среду", "to_call")
    await world.waits(minutes=1)
    await desk.sees(thread, "Обзвонить: +7 912 345-67-89")
    await desk.says("/called", thread)
    await desk.sees_mark(thread, "Мастер будет в среду", "delivered")
    await member.sees(topic, "☎️ Дозвонились")


async def test_the_list_of_a_members_rooms(member: Member, world: World) -> None:
    topic = await caller(member)
    await member.says("Завтра", topic)
    await world.waits(minutes=1)
    async with world.app.db.work() as work:
        found = await work.session.scalar(select(MemberRow).where(MemberRow.code == "anna"))
        assert found is not None
        viewer = as_member(found)
        (one,) = await work.calls.to_call(viewer)
        assert (one.phone, one.resident.name) == ("+79123456789", "Иванова Мария")
        elsewhere = type(viewer)(viewer.member_id, "dispatcher", ("nowhere",))
        assert await work.calls.to_call(elsewhere) == []
    await member.says("/calls", GENERAL)
    await member.sees(
        GENERAL, "Обзвонить:\n№1001 · Иванова Мария · +7 912 345-67-89 · ждёт: сегодня в"
    )
    await member.says("/called", topic)
    await member.says("/calls", GENERAL)
    await member.sees(GENERAL, "Звонить никому не нужно.")


async def test_an_executor_in_private_is_told_of_their_own_alone(
    member: Member, world: World
) -> None:
    assert world.tg is not None
    petr = world.tg.user("Пётр", 503)
    await petr.starts("")
    topic = await caller(member)
    await member.says("/executor Пётр", topic)
    card = await petr.hears("Вам заявка №1001")
    async with world.app.db.work() as work:
        row = await work.session.scalar(select(MemberRow).where(MemberRow.code == "petr"))
        assert row is not None
        row.rooms = ["nowhere"]
    await member.says("Завтра", topic)
    await world.waits(minutes=1)
    assert await calls(member, topic)
    await petr.says("/calls", reply_to=card)
    await petr.hears("Звонить никому не нужно.")


async def test_what_was_agreed_on_by_phone_is_no_call(member: Member, world: World) -> None:
    topic = await caller(member)
    await member.says("/visit завтра 10-12", topic)
    await world.waits(minutes=1)
    await member.says("/called", topic)
    await member.says("/visit согласован", topic)
    await member.sees(topic, "согласован — Анна Соколова.")
    await world.waits(minutes=1)
    await member.says("/calls", GENERAL)
    await member.sees(GENERAL, "Звонить никому не нужно.")


async def test_nothing_is_stuck_and_no_machine_asks(member: Member, world: World) -> None:
    topic = await caller(member)
    await member.says("/status ждёт нужен доступ в квартиру", topic)
    await world.waits(days=4)
    await world.waits(days=4)
    await world.settled()
    (line,) = await calls(member, topic)
    assert "Ждём вашего ответа" in line
    assert "ещё нужна" not in line
    async with world.app.db.work() as work:
        assert PHONE not in await work.outbox.count_waiting()
        ticket = await work.session.scalar(select(Ticket))
        assert ticket is not None
        assert ticket.asked_at is None
    await world.app.state.measure(world.app.db, world.app.metrics)
    shown = world.app.metrics.render().decode()
    assert "outbox phone" not in shown


async def test_done_closes_after_a_week_like_any(member: Member, world: World) -> None:
    topic = await caller(member)
    await member.says("/close", topic)
    await world.waits(days=8)
    await world.settled()
    async with world.app.db.session() as session:
        ticket = await session.scalar(select(Ticket))
        assert ticket is not None
        assert ticket.closed_for_good_at is not None


async def test_a_resident_with_a_messenger_is_not_called(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.files()
    topic = await member.finds("№1001")
    await member.says("Завтра", topic)
    await resident.hears("Завтра")
    await world.waits(minutes=1)
    assert await calls(member, topic) == []
    assert await world.count(Call) == 0
