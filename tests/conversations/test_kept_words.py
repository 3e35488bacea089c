"""Words that wait for a press are lost by no other thing that is said or pressed meanwhile."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from services.tables import Message, Thread
from tests.conversations.test_faq import knows
from tests.conversations.test_outages import seeded
from tests.support.people import Member, Resident
from tests.support.world import World

pytestmark = [pytest.mark.only("web"), pytest.mark.rooms("desk")]
MISREAD = "Когда придут снимать счётчики?"


async def has_request(resident: Resident, world: World) -> None:
    await knows(world)
    await resident.settles_in()
    await resident.files()
    await resident.says("/menu")
    await resident.forgets()


# ── One's own case ───────────────────────────────────────────────────────────


async def test_a_number_of_nobodys_keeps_the_words(
    resident: Resident, member: Member, world: World
) -> None:
    await has_request(resident, world)
    stranger = world.resident("Пётр")
    await stranger.settles_in("sosnovaya-3", "7", "Пётр")
    told = []
    for number in ("1001", "4242"):
        await stranger.says(f"Где мастер по заявке {number}?")
        line = await stranger.hears(f"Не нашли №{number} среди ваших заявок.")
        assert line.buttons == ["Написать диспетчеру"]
        told.append(line.text.replace(number, ""))
    assert told[0] == told[1]  # whether there is such a request at all is not told
    assert [note.what for note in await world.audit("refused")] == ["refused", "refused"]
    await stranger.presses("Написать диспетчеру")
    await stranger.hears("Передали диспетчеру")
    await member.sees(await member.finds("Пётр"), "Где мастер по заявке 4242?")


async def test_the_right_number_is_found_after_a_wrong_one(
    resident: Resident, world: World
) -> None:
    await has_request(resident, world)
    await resident.says("Где мастер по заявке 1010?")
    await resident.hears("Не нашли №1010")
    await resident.says("заявка 1001")
    await resident.hears("Состояние: новая")


async def test_a_misread_case_has_ways_out(
    resident: Resident, member: Member, world: World
) -> None:
    await has_request(resident, world)
    await resident.says(MISREAD)
    card = await resident.hears("Состояние: новая")
    assert card.buttons[2:] == [
        "Спросить по этой заявке", "Другая тема", "Написать диспетчеру",
    ]  # fmt: skip
    await resident.says("нет, когда придут из водоканала")
    asked = await resident.last()
    assert "Состояние" not in asked.text
    assert MISREAD in asked.text
    await resident.presses_under(card, "Написать диспетчеру")
    await resident.hears("Передали диспетчеру")
    text = await member.reads(await member.finds("Мария"))
    assert MISREAD in text
    assert "из водоканала" in text


async def test_another_theme_of_a_misread_case_begins_a_request(
    resident: Resident, world: World
) -> None:
    await has_request(resident, world)
    await resident.says(MISREAD)
    await resident.presses("Другая тема", "Другое")
    preview = await resident.hears("Проверьте")
    assert MISREAD in preview.text


async def test_adding_to_the_case_takes_the_words_along(
    resident: Resident, member: Member, world: World
) -> None:
    await has_request(resident, world)
    await resident.says("Что с моей заявкой?")
    await resident.presses("Дописать")
    await resident.hears("Пишите, добавим к этой заявке")
    await resident.says("я дома после шести")
    await resident.hears("Добавили")
    await member.sees(await member.finds("№1001"), "Что с моей заявкой?\nя дома после шести")


# ── Without consent ──────────────────────────────────────────────────────────


async def test_who_refused_loses_neither_message(
    resident: Resident, member: Member, world: World
) -> None:
    await knows(world)
    await resident.opens()
    await resident.presses("Не даю согласия", "Заявка по дому", "Сосновый бор", "ул. Сосновая, 1")
    await resident.says("Лифт стоит")
    await resident.presses("Лифт", "Не работает", "Отправить")
    await resident.hears("Заявка №1001 принята")
    await resident.says("/menu")
    await resident.forgets()
    await resident.says("Второй день пешком")
    asked = await resident.hears("К чему это относится?")
    await resident.says("Коляску тащим на руках")
    again = await resident.hears("К чему это относится?")
    assert again.buttons == asked.buttons
    await resident.says("когда передавать показания счётчиков?")
    await resident.hears("С 20 по 25 число.")
    await resident.presses_under(again, again.buttons[0])
    await resident.hears("Добавили")
    thread = await member.finds("№1001")
    await member.sees(thread, "Второй день пешком\nКоляску тащим на руках")


async def test_a_dispatcher_is_no_way_around_consent(resident: Resident, world: World) -> None:
    await resident.opens()
    await resident.presses("Не даю согласия", "Заявка по дому", "Сосновый бор", "ул. Сосновая, 1")
    await resident.says("Лифт стоит")
    await resident.presses("Лифт", "Не работает", "Отправить")
    await resident.hears("Заявка №1001 принята")
    await resident.says("/menu")
    await resident.says("Что с заявкой 4242?")
    await resident.presses("Написать диспетчеру")
    await resident.hears("нужно ваше согласие")
    assert await world.count(Thread) == 1


# ── An answer meanwhile ──────────────────────────────────────────────────────


async def photo_waits(resident: Resident, world: World) -> None:
    await has_request(resident, world)
    await resident.sends_photo()
    await resident.hears("К чему это относится?")
    await resident.says("когда передавать показания счётчиков?")
    await resident.hears("С 20 по 25 число.")


async def test_a_photo_waits_on_behind_an_answer(
    resident: Resident, member: Member, world: World
) -> None:
    await photo_waits(resident, world)
    await resident.presses("Помогло")
    asked = await resident.hears("К чему это относится?")
    await resident.presses_under(asked, asked.buttons[0])
    await resident.hears("Добавили")
    text = await member.reads(await member.finds("№1001"))
    assert "показания" not in text


async def test_thanks_for_the_answer_are_no_part_of_it(resident: Resident, world: World) -> None:
    await photo_waits(resident, world)
    await resident.says("спасибо")
    asked = await resident.hears("К чему это относится?")
    assert "спасибо" not in asked.text


@pytest.mark.parametrize("way", ["Не помогло", "человек"])
async def test_a_person_gets_the_photo_and_the_question(
    resident: Resident, member: Member, world: World, way: str
) -> None:
    await photo_waits(resident, world)
    if way == "человек":
        await resident.says(way)
    else:
        await resident.presses(way)
    await resident.hears("Передали диспетчеру")
    thread = await member.finds("Мария")
    await member.sees(thread, "когда передавать показания счётчиков?")
    async with world.app.db.session() as session:
        (message,) = await session.scalars(
            select(Message).where(Message.text.contains("показания"))
        )
    assert len(message.attachments) == 1


# ── Under a notice ───────────────────────────────────────────────────────────


async def test_a_press_under_a_notice_leaves_other_words_alone(
    resident: Resident, member: Member, world: World
) -> None:
    await has_request(resident, world)
    await seeded(world)
    notice = await resident.hears("Нет холодной воды")
    await resident.sends_photo("это для вас")
    asked = await resident.hears("К чему это относится?")
    await resident.presses_under(notice, "У меня тоже")
    await world.settled()
    await resident.presses_under(asked, asked.buttons[0])
    await resident.hears("Добавили")
    await member.sees(await member.finds("№1001"), "это для вас")


async def test_words_about_the_outage_are_dealt_with_by_its_press(
    resident: Resident, world: World
) -> None:
    await resident.settles_in()
    await seeded(world)
    await resident.says("почему нет воды?")
    await resident.presses("У меня тоже", "Написать диспетчеру")
    await world.settled()
    assert await world.count(Thread) == 0
