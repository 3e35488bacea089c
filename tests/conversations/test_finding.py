"""`/find` and `/history`: what was before, in the room and at the desk."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.staff import finding_texts as words
from tests.support.people import Member, Resident
from tests.support.world import World


async def filed(resident: Resident, member: Member, said: str = "Лифт стоит") -> Any:
    await resident.settles_in()
    await resident.files(said)
    return await member.finds("№1001")


@pytest.mark.parametrize(
    "typed", ["1001", "Садовая 5 кв 4", "садовая 5-4", "кв 4", "Мария", "стоит лифт"]
)
@pytest.mark.only("web")
async def test_found_by_what_is_known(resident: Resident, member: Member, typed: str) -> None:
    topic = await filed(resident, member)
    await member.says(f"/find {typed}", topic)
    line = await member.sees(topic, f"Нашлось по «{typed}»:")
    assert line.text.splitlines()[1:] == [
        "№1001 · сегодня · новая · ул. Садовая, 5, кв. 4 · Лифт: Лифт стоит"
    ]
    await resident.hears_nothing()


async def test_nothing_was_found(resident: Resident, member: Member) -> None:
    topic = await filed(resident, member)
    await resident.forgets()
    await member.says("/find абракадабра", topic)
    await member.sees(topic, "По словам «абракадабра» ничего не нашлось.")
    await member.says("/find", topic)
    await member.sees(topic, "Что найти?")
    await member.says("/history", topic)
    await member.sees(topic, "Раньше по этой квартире и от этого жителя ничего не было.")
    await resident.hears_nothing()


async def test_a_conversation_without_a_request(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await resident.says("Где взять справку о составе семьи?")
    topic = await member.finds("справку")
    await member.says("/find справка семьи", topic)
    line = await member.sees(topic, "Нашлось по")
    assert "💬 · сегодня · разговор · Мария · ул. Садовая, 5, кв. 4: " in line.text
    assert "справку о составе семьи" in line.text


@pytest.mark.rooms("forum")
@pytest.mark.only("telegram")
async def test_in_general_with_a_way_to_the_topic(
    resident: Resident, member: Member, world: World
) -> None:
    topic = await filed(resident, member)
    assert world.group is not None
    await member.driver.user.says("/найти лифт", chat=world.group)  # type: ignore[attr-defined]
    await world.settled()
    answer = world.group.general.heard()[-1]
    assert "№1001" in answer.text
    assert answer.reply_markup is not None
    (row,) = answer.reply_markup["inline_keyboard"]
    chat = str(world.group.id).removeprefix("-100")
    assert row == [{"text": "№1001", "url": f"https://t.me/c/{chat}/{topic.id}"}]


@pytest.mark.only("web")
async def test_history_of_the_flat_and_of_the_person(
    resident: Resident, member: Member, world: World
) -> None:
    await filed(resident, member)
    neighbour = world.resident("Игорь")
    await neighbour.settles_in("sadovaya-5", "4", "Игорь")
    await neighbour.files("Скрипит дверь лифта")
    stranger = world.resident("Пётр")
    await stranger.settles_in("sadovaya-5", "5", "Пётр")
    await stranger.files("Лифт грязный")
    await world.waits(days=1)
    await resident.files("Опять лифт")
    topic = await member.finds("№1004")
    await member.says("/history", topic)
    line = await member.sees(topic, "Что было раньше:")
    where = "4 марта · новая · ул. Садовая, 5, кв. 4 · Лифт"
    assert line.text.splitlines()[1:] == [
        f"№1002 · {where} · эта квартира: Скрипит дверь лифта",
        f"№1001 · {where} · этот житель: Лифт стоит",
    ]


@pytest.mark.rooms("forum")
@pytest.mark.only("telegram")
async def test_history_needs_a_thread(member: Member, world: World) -> None:
    assert world.group is not None
    await member.driver.user.says("/history", chat=world.group)  # type: ignore[attr-defined]
    await world.settled()
    assert "непонятно, о какой заявке речь" in world.group.general.heard()[-1].text


@pytest.mark.rooms("forum")
@pytest.mark.only("telegram")
async def test_executors_find_only_what_was_handed_over(
    resident: Resident, member: Member, world: World
) -> None:
    """Even one who may see everything: the others in that group may not."""
    group = await world.names_executors("sad")
    topic = await filed(resident, member)
    await member.says("// скандалист, осторожно", topic)
    await resident.files("Лифт шумит")
    await member.presses("Мастерам", topic)
    master = world.sits_in(group, "Пётр", 503)
    theirs = await master.finds("№1001")
    await master.says("/find лифт", theirs)
    line = await master.sees(theirs, "Нашлось по «лифт»")
    assert "№1001" in line.text
    assert "№1002" not in line.text
    await master.says("/find скандалист", theirs)
    await master.sees(theirs, "По словам «скандалист» ничего не нашлось.")
    await master.says("/history", theirs)
    await master.sees(theirs, words.NO_HISTORY)


@pytest.mark.only("telegram")
@pytest.mark.rooms("forum")
async def test_in_private_a_member_finds_and_a_stranger_learns_nothing(
    resident: Resident, member: Member, world: World
) -> None:
    await filed(resident, member)
    assert world.tg is not None
    anna = world.tg.user("Анна", 502)
    await anna.says("/find лифт")
    await world.settled()
    assert any("№1001" in heard.text for heard in anna.heard())
    await resident.forgets()
    await resident.says("/find лифт")
    await world.settled()
    assert "Нашлось" not in await resident.reads()
