"""The executors' room in trouble: groups that move, have no topics, or lose one; what was said
before the hand-over."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.conversations.test_executors import filed, lines
from tests.support.people import Member, Resident
from tests.support.telegram import Group
from tests.support.world import World

pytestmark = [pytest.mark.only("telegram"), pytest.mark.rooms("forum")]


@pytest_asyncio.fixture(params=["forum", "group"])
async def group(world: World, request: pytest.FixtureRequest) -> AsyncIterator[Group]:
    assert world.tg is not None
    made = world.tg.group("Мастера", forum=request.param == "forum")
    yield await world.names_executors("sad", group=made)


@pytest.fixture
def master(world: World, group: Group) -> Member:
    return world.sits_in(group, "Пётр", 503)


async def moved(world: World, group: Group, master: Member) -> tuple[Group, Member]:
    """The company file gives the executors another group of the same kind."""
    assert world.tg is not None
    await world.settled()
    other = world.tg.group("Мастера 2", forum=group.is_forum)
    await world.names_executors("sad", group=other)
    return other, world.sits_in(other, "Пётр", 503)


async def texts_in(world: World, group: Group) -> list[str]:
    await world.settled()
    return [message.text for message in group.heard()]


async def test_executors_read_what_was_promised_before(
    resident: Resident, member: Member, master: Member, world: World, group: Group
) -> None:
    topic = await filed(resident, member)
    for words in ("Добрый день", "Смотрим", "Техник будет к 18:40", "Не туда", "Код не нужен"):
        await member.says(words, topic)
        await resident.hears(words)
    await member.says("// он вежливый", topic)
    recalled = await member.sees(topic, "Не туда")
    await member.quotes(recalled, "/recall", topic)
    await member.sees(topic, "Отозвали")
    await member.presses("Мастерам", topic)
    card, *said = await texts_in(world, group)
    assert "Лифт стоит" in card
    assert said[:3] == [
        f"Анна Соколова, диспетчер\n{words}"
        for words in ("Смотрим", "Техник будет к 18:40", "Код не нужен")
    ]
    assert len(said) == 4
    await member.edits("Техник будет к 18:40", "Техник будет к 19:00", topic)
    assert said[1].replace("18:40", "19:00") in await texts_in(world, group)
    await resident.forgets()
    theirs = await master.finds("Лифт стоит")
    promise = await master.sees(theirs, "19:00")
    await master.quotes(promise, "Уже еду", theirs)
    await resident.hears("Уже еду")


async def test_a_group_that_moved_gets_the_card_once(
    resident: Resident, member: Member, master: Member, world: World, group: Group
) -> None:
    topic = await filed(resident, member)
    await member.presses("Мастерам", topic)
    theirs = await master.finds("Лифт стоит")
    await master.says("Буду через час", theirs)
    await resident.hears("Буду через час")
    other, again = await moved(world, group, master)
    await resident.says("Вы где?")
    await world.settled()
    await resident.says("Ау")
    first, second = await texts_in(world, other)
    ending = "прежняя тема пропала" if group.is_forum else "говорили в прежней группе"
    for words in ("Заявка №1001 · Лифт", "Лифт стоит", "Буду через час", ending, "Вы где?"):
        assert words in first
    assert second == "Мария · №1001\nАу"
    await resident.forgets()
    await again.says("Поднимаюсь", await again.finds("Вы где?"))
    await resident.hears("Поднимаюсь")


async def test_notes_stay_in_their_room_when_it_moves(
    resident: Resident, member: Member, master: Member, world: World, group: Group
) -> None:
    topic = await filed(resident, member)
    await member.presses("Мастерам", topic)
    await master.says("// нужен второй ключ", await master.finds("Лифт стоит"))
    await member.says("// жалуется каждый день", topic)
    other, _ = await moved(world, group, master)
    await resident.says("Вы где?")
    [recap] = await texts_in(world, other)
    assert "второй ключ" in recap
    assert "каждый день" not in recap
    for number, code in enumerate(("sad", "bor")):  # at «bor»: nothing is handed over any more
        await world.names_executors(code, group=other)
        await world.settled()
        assert world.group is not None
        world.group.delete_topic(topic.id)
        await resident.says(f"Ау {number}")
        topic = await member.finds(f"Ау {number}")
        text = await member.reads(topic)
        assert "каждый день" in text
        assert "второй ключ" not in text


@pytest.mark.parametrize("group", ["forum"], indirect=True)
async def test_a_card_that_is_gone_alarms_nobody(
    resident: Resident, member: Member, master: Member, world: World, group: Group
) -> None:
    topic = await filed(resident, member)
    await member.presses("Мастерам", topic)
    theirs: Any = await master.finds("№1001")
    group.delete_topic(theirs.id)
    await member.presses("Принять", topic)
    await master.sees(await master.finds("№1001"), "Заявка №1001: принята — Анна Соколова.")
    assert await world.audit("room lost") == []
    assert "Состояние: принята" in (await lines(member, topic))[0]


async def test_one_group_for_both_hands_nothing_over(
    resident: Resident, member: Member, world: World
) -> None:
    """By number: the company file alone cannot tell, as the first group's stands in settings."""
    await world.names_executors("sad", group=world.group)
    topic = await filed(resident, member)
    assert (await member.driver.look(topic))[0].buttons == ["Принять", "Закрыть", "Взять"]
    await member.says("/masters", topic)
    await member.sees(topic, "нет группы мастеров, отдельной от вашей")
    await member.says("Отвечаем здесь", topic)
    await resident.hears("Отвечаем здесь")
    assert (await lines(member, topic)).count("Отвечаем здесь") == 1
