"""Whatever comes in is answered in words, and nothing breaks."""

from __future__ import annotations

import asyncio

import pytest

from services.tables import Ticket
from tests.support.people import Member, Resident
from tests.support.world import World

ODD = {
    "long": "Течёт! " * 1428,  # 10 000 characters
    "nul": "Кран\x00 капает",
    "html": "Кран <b капает <script>alert(1)</script> &amp; </b>",
    "rtl": "Кран \u202eкапает\u2066",
    "markdown": "*Кран* _капает_ [тут](http://x",
    "surrogates": "Кран 🚿👨‍👩‍👧 капает",
    "blank lines": "Кран\n\n\n\nкапает",
}


@pytest.mark.parametrize("kind", ODD)
async def test_odd_words_go_through_as_they_are(
    resident: Resident, member: Member, world: World, kind: str
) -> None:
    if kind == "long" and world.channel == "telegram":
        return  # Telegram itself takes no more than 4096
    words = ODD[kind]
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.says(words)
    await resident.presses("Лифт", "Не работает")
    preview = await resident.hears("Проверьте")
    assert len(preview.text) < 1000
    await resident.presses("Отправить")
    await resident.hears("Заявка №1001")
    thread = await member.finds("№1001")
    shown = await member.reads(thread)
    clean = words.translate({0: None, 0x202E: None, 0x2066: None}).strip()
    assert clean[:2000] in shown
    await member.says(words, thread)
    answer = await resident.hears("Анна")
    assert clean[:200] in answer.text


@pytest.mark.parametrize("words", ["\x00", "\u202e", "   ", "\n"])
async def test_nothing_at_all(resident: Resident, world: World, words: str) -> None:
    if world.channel == "telegram" and not words.strip():
        return  # cannot be sent there
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.hears("Что случилось?")
    await resident.says(words)
    await resident.says("Лифт стоит")
    await resident.hears("К чему это отнести?")


async def test_an_emoji_alone_says_nothing(resident: Resident) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.says("😡😡😡")
    again = await resident.hears("Напишите, пожалуйста, словами")
    assert "Лифт" in again.buttons


@pytest.mark.needs("stickers")
async def test_a_sticker_where_words_are_asked(resident: Resident) -> None:
    await resident.opens("sadovaya-5")
    await resident.sends_sticker()  # before the consent
    await resident.hears("нажмите, пожалуйста, одну из кнопок")
    await resident.presses("Согласен")
    await resident.sends_sticker()
    await resident.hears("номер квартиры цифрами")
    await resident.says("4")
    await resident.sends_sticker()
    await resident.hears("Напишите, пожалуйста, словами")
    await resident.says("Мария")
    await resident.presses("Пропустить")
    await resident.sends_sticker()
    await resident.hears("Напишите, пожалуйста, словами")
    await resident.presses("Новая заявка")
    await resident.sends_sticker()
    await resident.hears("Напишите, пожалуйста, словами")
    await resident.presses("Лифт")
    await resident.sends_sticker()
    await resident.hears("Напишите, пожалуйста, словами")
    await resident.says("Стоит")
    await resident.sends_sticker()
    again = await resident.hears("Не понял, что выбрать")
    assert "Шумит" in again.buttons
    await resident.presses("Шумит")
    await resident.hears("Проверьте")
    await resident.sends_sticker()
    await resident.hears("Не понял, что выбрать")


@pytest.mark.needs("big_files")
async def test_a_file_too_big(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.sends_document(size=60 * 1024 * 1024)
    await resident.hears("Файл слишком большой, мы его не получили. Принимаем до 20 МБ")
    await resident.hears("Что случилось?")
    await resident.sends_document(size=60 * 1024 * 1024, caption="Видео, как течёт")
    await resident.hears("К чему это отнести?")  # the words were taken
    await resident.hears("Файл слишком большой")
    await resident.presses("Лифт", "Не работает", "Отправить")
    await resident.hears("Заявка №1001")
    await member.sees(await member.finds("№1001"), "Видео, как течёт")


async def test_a_button_from_last_month(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    asked = await resident.hears("Что случилось?")
    await resident.presses("Отмена")
    await world.waits(days=30)
    await resident.presses_under(asked, "Лифт")
    await resident.hears("Эта кнопка уже не работает: разговор ушёл вперёд.")
    await resident.hears("Чем помочь?")
    await resident.presses("Новая заявка")
    await resident.hears("Что случилось?")
    await resident.presses_under(asked, "Лифт")
    await resident.hears("Эта кнопка уже не работает")
    await resident.hears("Что случилось?")  # the question that is open


async def test_a_double_press_at_the_same_moment(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.says("Лифт стоит")
    await resident.presses("Лифт", "Не работает")
    preview = await resident.hears("Проверьте")
    if world.channel == "telegram":
        await asyncio.gather(*(resident.presses_under(preview, "Отправить") for _ in range(3)))
    else:
        for _ in range(3):
            await resident.presses_under(preview, "Отправить")
    await resident.hears("Заявка №1001")
    await resident.hears_nothing()
    assert await world.count(Ticket) == 1


async def test_two_identical_messages_are_answered_once_each(
    resident: Resident, member: Member
) -> None:
    await resident.settles_in()
    await resident.files()
    await resident.says("Ну что там?")
    await resident.says("Ну что там?")
    thread = await member.finds("№1001")
    assert (await member.reads(thread)).count("Ну что там?") == 2  # said twice, shown twice


async def test_start_in_the_middle_of_a_request(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка", "Лифт")
    await resident.says("/start")
    await resident.hears("Чем помочь?")
    await resident.says("Лифт стоит")
    await resident.hears("Похоже, это заявка: Лифт")
    assert await world.count(Ticket) == 0


async def test_a_long_answer_where_a_short_one_is_asked(resident: Resident, world: World) -> None:
    if world.channel == "telegram":
        return
    await resident.settles_in("sosnovaya-1")
    await resident.presses("Новая заявка", "Шлагбаум")
    await resident.says("А" * 5000)
    await resident.hears("Получилось длинно: 5000 знаков, а помещается 4000")
    await resident.says("А123ВС")
    await resident.hears("Проверьте")


async def test_commands_with_odd_tails(resident: Resident) -> None:
    await resident.settles_in()
    for words in ("/start@domovoy_test_bot \x00", "/MENU", "/menu\nещё"):
        await resident.says(words)
        await resident.hears("Чем помочь?")
