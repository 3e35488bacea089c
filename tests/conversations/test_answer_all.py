"""`/answerall`: one text for many, looked at first and sent once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from services.access import AsMember
from services.answer_all import AnswerAlls
from services.db import Database
from services.errors import AlreadySo
from services.tables import AnswerAll, Message
from tests.support.people import Member, Resident
from tests.support.world import World

LIFT = "/answerall Садовая 5, лифт: Мастер будет к 18:00."


async def three(world: World) -> list[Resident]:
    """Two about the lift of «Садовая», one about «Сосновая»."""
    people = []
    for number, (house, flat) in enumerate(
        [("sadovaya-5", "4"), ("sadovaya-5", "5"), ("sosnovaya-3", "5")]
    ):
        resident = world.resident(f"Житель{number}")
        await resident.settles_in(house, flat, f"Житель{number}")
        await resident.files(f"Лифт стоит {number}")
        people.append(resident)
    for resident in people:
        await resident.forgets()
    return people


async def presses(member: Member, label: str, topic: Any) -> None:
    """In a group by its button; a browser sends its action."""
    await member._settle()
    if member.driver.name != "desk":
        await member.presses(label, topic)
        return
    for line in reversed(await member.driver.look(topic)):
        for row in (line.raw or {}).get("buttons", []):
            for button in row:
                if button["label"].startswith(label):
                    await member.driver.forge(topic, button["action"])  # type: ignore[attr-defined]
                    return
    raise AssertionError(f"no button «{label}»")


async def answers(world: World) -> list[Message]:
    await world.settled()
    async with world.app.db.work() as work:
        from sqlalchemy import select

        return list(await work.session.scalars(select(Message).where(Message.by == "member")))


async def test_looked_at_then_sent_to_each(member: Member, world: World) -> None:
    first, second, other = await three(world)
    topic = await member.finds("№1001")
    await member.says(LIFT, topic)
    line = await member.sees(topic, "2 обращения: №1001, №1002.")
    assert "«Мастер будет к 18:00.»" in line.text
    await first.hears_nothing()
    await presses(member, "Отправить всем (2)", topic)
    await member.sees(topic, "Ответ отправлен в 2 обращения — Анна Соколова.")
    for resident, number in ((first, 1001), (second, 1002)):
        heard = await resident.hears("Мастер будет к 18:00.")
        assert heard.text.startswith(f"Анна Соколова, диспетчер · заявка №{number}")
    await other.hears_nothing()
    await member.sees(await member.finds("№1002"), "Мастер будет к 18:00.")
    assert len(await world.audit("answered all")) == 1
    # What the resident says next belongs there, and the answer is an ordinary one.
    await second.says("Спасибо большое, ждём")
    await member.sees(await member.finds("№1002"), "Спасибо большое, ждём")


async def test_pressed_twice_is_sent_once(member: Member, world: World) -> None:
    first, _, _ = await three(world)
    topic = await member.finds("№1001")
    await member.says(LIFT, topic)
    await presses(member, "Отправить всем (2)", topic)
    await member.sees(topic, "Ответ отправлен")
    await presses(member, "Отправить всем (2)", topic)
    await member.sees(topic, "Этот ответ уже отправлен или отменён.")
    await presses(member, "Отмена", topic)
    assert len(await answers(world)) == 2
    await first.hears("Мастер будет")
    await first.hears_nothing()


@pytest.mark.rooms("forum")
@pytest.mark.only("telegram")
async def test_two_members_press_at_once(member: Member, world: World) -> None:
    await three(world)
    topic = await member.finds("№1001")
    await member.says(LIFT, topic)
    await member.sees(topic, "Уйдёт каждому")
    assert world.group is not None
    olga = world.sits_in(world.group, "Ольга", 501)
    await asyncio.gather(
        member.presses("Отправить всем (2)", topic), olga.presses("Отправить всем (2)", topic)
    )
    said = await answers(world)
    assert len(said) == 2
    assert len({message.member_id for message in said}) == 1
    await member.sees(topic, "Этот ответ уже отправлен")


@pytest.mark.rooms("desk")
@pytest.mark.only("web")
async def test_taken_at_once_by_two_transactions(member: Member, world: World) -> None:
    await three(world)
    topic = await member.finds("№1001")
    await member.says(LIFT, topic)
    await member.sees(topic, "Уйдёт каждому")
    db: Database = world.app.db

    async def take() -> int | None:
        async with db.work() as work:
            try:
                _, threads = await AnswerAlls(work).take(AsMember(2, "dispatcher"), 1)
            except AlreadySo:
                return None
            return len(threads)

    assert sorted(await asyncio.gather(*(take() for _ in range(6))), key=str) == [2, *[None] * 5]


async def test_what_was_closed_meanwhile_is_left_out(member: Member, world: World) -> None:
    first, second, _ = await three(world)
    topic = await member.finds("№1001")
    await member.says(LIFT, topic)
    await member.says("/close", await member.finds("№1002"))
    await second.hears("Сделали")
    await second.forgets()
    third = world.resident("Новый")  # not in the preview, so not answered
    await third.settles_in("sadovaya-5", "6", "Новый")
    await third.files("Лифт снова")
    await third.forgets()
    await presses(member, "Отправить всем (2)", topic)
    await member.sees(topic, "Ответ отправлен в 1 обращение — Анна Соколова. Не ушло: 1")
    await first.hears("Мастер будет")
    await second.hears_nothing()
    await third.hears_nothing()


@pytest.mark.only("web")
async def test_after_an_hour_it_is_stale(member: Member, world: World) -> None:
    first, _, _ = await three(world)
    topic = await member.finds("№1001")
    await member.says(LIFT, topic)
    await world.waits(minutes=61)
    await first.forgets()
    await presses(member, "Отправить всем (2)", topic)
    await member.sees(topic, "Этому списку больше часа")
    assert await answers(world) == []


@pytest.mark.only("web")
async def test_cancelled(member: Member, world: World) -> None:
    await three(world)
    topic = await member.finds("№1001")
    await member.says(LIFT, topic)
    await presses(member, "Отмена", topic)
    await member.sees(topic, "Отменено, никому не ушло.")
    await presses(member, "Отправить всем (2)", topic)
    await member.sees(topic, "уже отправлен или отменён")
    assert await answers(world) == []


@pytest.mark.parametrize(
    ("to_whom", "told"),
    [
        ("Садовая 5", "ул. Садовая, 5 — 2 обращения: №1001, №1002."),
        ("ул. Садовая, 5, Лифт", "ул. Садовая, 5, Лифт — 2 обращения"),
        ("лифт, садовой 5", "ул. Садовая, 5, Лифт — 2 обращения"),
        ("Садовый", "Садовый — 2 обращения"),
        ("лифт", "Лифт — 3 обращения: №1001, №1002, №1003."),
        ("всем", "Все открытые — 3 обращения"),
        ("Садовая 5, сантехника", "открытых обращений нет (ул. Садовая, 5, Сантехника)"),
        ("Лесная 7", "Не понял, кому: «Лесная 7»."),
        ("Садовая 5 кв 4", "Не понял, кому"),
    ],
)
@pytest.mark.rooms("desk")
@pytest.mark.only("web")
async def test_to_whom(member: Member, world: World, to_whom: str, told: str) -> None:
    await three(world)
    topic = await member.finds("№1001")
    await member.says(f"/answerall {to_whom}: Чиним.", topic)
    await member.sees(topic, told)


@pytest.mark.rooms("desk")
@pytest.mark.only("web")
async def test_what_is_not_said_whole(member: Member, world: World) -> None:
    await three(world)
    topic = await member.finds("№1001")
    for typed, told in (
        ("/answerall", "Один ответ всем, кто ждёт."),
        ("/answerall Садовая 5", "Один ответ всем, кто ждёт."),
        ("/answerall Садовая 5:", "после двоеточия пусто"),
    ):
        await member.says(typed, topic)
        await member.sees(topic, told)
    await member.says("/answerall Садовая 5\nЧиним.", topic)
    await member.sees(topic, "«Чиним.»")
    assert await world.count(AnswerAll) == 1


@pytest.mark.rooms("forum")
@pytest.mark.only("telegram")
async def test_executors_answer_nobody_at_once(member: Member, world: World) -> None:
    await three(world)
    topic = await member.finds("№1001")
    assert world.group is not None
    petr = world.sits_in(world.group, "Пётр", 503)
    await petr.says(LIFT, topic)
    await petr.sees(topic, "могут диспетчер, управляющий и администратор")
    await member.says(LIFT, topic)
    await member.sees(topic, "Уйдёт каждому")
    await petr.presses("Отправить всем (2)", topic)
    await petr.sees(topic, "ничего не сделано")
    assert await answers(world) == []
    assert len(await world.audit("refused")) == 2
