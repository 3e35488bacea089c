"""What those read who are not in the bot: the channel, the wall, the house's chat, the sheet on the
door; and the posters that bring them in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.conversations.test_mailings import write
from tests.conversations.test_outages import General, in_general, in_private
from tests.support.paper import read_codes, read_words
from tests.support.people import Resident
from tests.support.world import World, open_world

WALL_TOKEN = "vk1.a.TEST.WALL"
TELEGRAM = "https://t.me/domovoy_test_bot"
VK = "https://vk.me/club77"
SITE = "https://bot.example.ru/chat"

pytestmark = [pytest.mark.rooms("forum"), pytest.mark.only("telegram")]


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path, channel: str, room: str) -> AsyncIterator[World]:
    async with open_world(
        database_url, tmp_path, channel, room,
        also=("vk",), admins=(("vk", "900"),), vk_wall_token=WALL_TOKEN, public_url="https://bot.example.ru",
    ) as world:  # fmt: skip
        await world.changes_company(with_channel)
        yield world


def with_channel(text: str, name: str = '"@tihiy_dvor"') -> str:
    return text.replace("  site: ", f"  telegram_channel: {name}\n  site: ", 1)


async def preview(anna: General, *parts: str) -> str:
    """Of an accident with the cold water of «Сосновая, 1»."""
    await anna.says("/outage")
    await anna.presses("Авария", "Холодная вода", "Сосновая, 1", "Дальше")
    for part in parts:
        await anna.says(part)
    if parts:
        return await anna.presses("До 18:00", "Прорыв трубы")
    return await anna.presses("Весь дом", "До 18:00", "Прорыв трубы")


async def test_from_the_wish_to_the_last_word(resident: Resident, world: World) -> None:
    assert world.tg is not None
    assert world.vk is not None
    channel = world.tg.channel("tihiy_dvor")
    await resident.settles_in("sosnovaya-1", "2")
    await resident.forgets()
    anna = in_general(world)
    await preview(anna, "1 подъезд; кв. 13, 14")
    assert "Выйдет и там, где прочтёт любой: канал @tihiy_dvor, стена ВКонтакте" in (
        await anna.presses("И в канал, и на стену")
    )
    assert "только жителям" in await anna.presses("И в канал, и на стену")
    await anna.presses("И в канал, и на стену", "Отправить сейчас")
    await resident.hears("кв. 13–14")
    said = channel.last()
    assert said.text == (
        "💧 Нет холодной воды\n"
        "ул. Сосновая, 1: подъезд 1 и часть квартир\n"
        "С 11:00. Должны закончить к 18:00.\n"
        "Причина: Прорыв трубы\n"
        "Уже занимаемся. Напишем, когда всё заработает.\n"
        "\n"
        f"Спросить или сообщить о поломке: {TELEGRAM}?start=sosnovaya-1"
    )
    assert said.rows == []
    (post,) = world.vk.wall
    assert "подъезд 1 и часть квартир" in post.text
    assert f"{VK}?ref=sosnovaya-1" in post.text
    assert post.from_group
    report = await anna.presses("Отчёт")
    assert "доставлено 1 из 1" in report  # a post is nobody
    assert "📢 канал @tihiy_dvor — вышло; стена ВКонтакте — вышло." in report
    # Changes follow where the first stands.
    await anna.presses("Продлить")
    await anna.says("до 19:30")
    await world.settled()
    assert "должны закончить к 19:30" in channel.last().text
    await anna.presses("Отчёт", "Дали, всё работает")
    assert "Холодная вода снова есть" in channel.last().text
    assert "кнопку" not in channel.last().text
    assert len(channel.heard()) == len(world.vk.wall) == 3


async def test_nobody_wished_it(resident: Resident, world: World) -> None:
    assert world.tg is not None
    assert world.vk is not None
    channel = world.tg.channel("tihiy_dvor")
    anna = in_general(world)
    await preview(anna)
    await anna.presses("Отправить сейчас", "Отчёт", "Дали, всё работает")
    assert channel.heard() == world.vk.wall == []
    assert "уже сделано" in await anna.presses("И в канал, и на стену")


async def test_refused_there_and_told_here(resident: Resident, world: World) -> None:
    assert world.tg is not None
    assert world.vk is not None
    channel = world.tg.channel("tihiy_dvor", bot="member")
    world.vk.wall_refuses = 214
    await resident.settles_in("sosnovaya-1", "2")
    await resident.forgets()
    anna = in_general(world)
    await preview(anna)
    await anna.presses("И в канал, и на стену", "Отправить сейчас")
    await resident.hears("Нет холодной воды")
    await anna.reads()
    told = [line.text for line in anna.lines() if "не вышло" in line.text]
    assert len(told) == 2
    assert any("бот там не администратор" in text for text in told)
    assert any("стена закрыта" in text for text in told)
    # Where the first does not stand, nothing follows.
    world.vk.wall_refuses = 0
    channel.bot.status = "administrator"
    await anna.presses("Отчёт", "Дали, всё работает")
    assert channel.heard() == world.vk.wall == []


async def test_whether_it_came_out_is_not_known(resident: Resident, world: World) -> None:
    """Telegram has no key that tells a repeat: it is not sent again, its maker looks."""
    assert world.tg is not None
    channel = world.tg.channel("")
    await world.changes_company(lambda text: with_channel(text, str(channel.id)))
    anna = in_general(world)
    await preview(anna)
    world.tg.faults.next("sendMessage", kind="reset_accepted", chat=channel.id)
    await anna.presses("И в канал, и на стену", "Отправить сейчас")
    await anna.reads()
    told = [line.text for line in anna.lines() if "неизвестно, вышло ли" in line.text]
    assert len(told) == len(channel.heard()) == 1


async def test_at_night_without_a_sound(resident: Resident, world: World) -> None:
    assert world.tg is not None
    assert world.vk is not None
    channel = world.tg.channel("tihiy_dvor")
    await world.waits(hours=12)  # 23:00
    anna = in_general(world)
    await anna.says("/outage")
    await anna.presses("Авария", "Лифт", "Садовая, 5", "Дальше", "Весь дом", "Пока не знаем")
    await anna.presses("Пропустить", "И в канал, и на стену", "Отправить сейчас")
    assert channel.last().silent
    assert world.vk.wall[0].muted


async def test_what_waits_for_the_morning_is_called_off(world: World) -> None:
    assert world.tg is not None
    assert world.vk is not None
    channel = world.tg.channel("tihiy_dvor")
    await world.waits(hours=12)  # 23:00
    anna = in_general(world)
    for day in ("7 марта", "8 марта"):
        await anna.says("/outage")
        if day == "8 марта":
            await anna.presses("Новое отключение")
        await anna.presses("Плановые работы", "Лифт", "Садовая, 5", "Дальше", "Весь дом")
        await anna.says(f"{day} с 9 до 18")
        await anna.presses("Пропустить", "И в канал, и на стену", "Отправить сейчас")
    assert "отменено" in await anna.presses("Отменить", "Да, отменить")
    assert channel.heard() == []
    await world.waits(hours=10)
    await world.settled()
    (said,) = channel.heard()
    assert "7 марта, с 09:00 до 18:00" in said.text
    assert len(world.vk.wall) == 1


async def test_words_for_the_chat_of_the_house(resident: Resident, world: World) -> None:
    olga = in_private(world)
    await preview(olga, "кв. 13")
    await olga.presses("Текст для чата дома")
    line = olga.lines()[-1]
    assert line.rows == []
    assert line.text == (
        "💧 Нет холодной воды\n"
        "ул. Сосновая, 1: часть квартир\n"
        "С 11:00. Должны закончить к 18:00.\n"
        "Причина: Прорыв трубы\n"
        "Уже занимаемся. Напишем, когда всё заработает.\n"
        "\n"
        "Если у вас иначе или есть вопрос — напишите нам:\n"
        f"Telegram: {TELEGRAM}?start=sosnovaya-1\n"
        f"ВКонтакте: {VK}?ref=sosnovaya-1\n"
        f"Чат на сайте: {SITE}?start=sosnovaya-1\n"
        "Телефон: +7 495 000-00-01"
    )
    await olga.presses("Отправить сейчас", "Отчёт", "Дали, всё работает", "Отчёт")
    await olga.presses("Текст для чата дома")
    assert "Холодная вода снова есть" in olga.lines()[-1].text


async def test_a_sheet_for_each_house(resident: Resident, world: World) -> None:
    anna = in_general(world)
    await anna.says("/outage")
    await anna.presses("Плановые работы", "Лифт")
    await anna.says("Садовая 5 и Сосновая 3")
    await anna.presses("Дальше")
    await anna.says("6 марта с 9 до 18")
    await anna.presses("Замена трубы", "Отправить сейчас", "Отчёт", "Листок для подъезда")
    paper = anna.lines()[-1].media
    assert paper is not None
    assert paper.name == "Листок для подъезда. Остановим лифт.pdf"
    first, second = read_words(paper.data)  # in the order of the houses
    for words in (
        "Тихий двор", "Остановим лифт", "ул. Садовая, 5", "В пятницу, 6 марта, с 09:00 до 18:00.",
        "Причина: Замена трубы", "+7 495 000-00-01", "Telegram",
    ):  # fmt: skip
        assert words in first, first
    assert "ул. Сосновая, 3" in second
    assert read_codes(paper.data) == [
        [f"{TELEGRAM}?start={code}", f"{VK}?ref={code}", f"{SITE}?start={code}"]
        for code in ("sadovaya-5", "sosnovaya-3")
    ]


async def test_a_mailing_stands_there_too(resident: Resident, world: World) -> None:
    assert world.tg is not None
    assert world.vk is not None
    channel = world.tg.channel("tihiy_dvor")
    await resident.settles_in()
    await resident.forgets()
    olga = in_private(world)
    await write(olga, "Во дворе открыли площадку. Приходите!")
    await olga.presses("И в канал, и на стену", "Отправить сейчас")
    await resident.hears("открыли площадку")
    assert channel.last().text == (
        "📰 Новости дома\nВо дворе открыли площадку. Приходите!\n\n"
        f"Спросить или сообщить о поломке: {TELEGRAM}"
    )
    assert channel.last().rows == []
    (post,) = world.vk.wall
    assert post.text.endswith(VK)
    await world.waits(seconds=11)
    assert "Доставлено 1 из 1." in await olga.reads()  # a post is nobody
    await olga.presses("Листок для подъезда")
    paper = olga.lines()[-1].media
    assert paper is not None
    pages = read_words(paper.data)
    assert len(pages) == 3
    assert all("Новости дома" in page and "открыли площадку" in page for page in pages)


async def test_posters_and_what_they_brought(resident: Resident, world: World) -> None:
    olga = in_private(world)
    assert "Не нашёл такого дома" in await olga.says("/poster Лесная 7")
    assert "3 страницы" in await olga.says("/poster Сосновая 1")
    paper = olga.lines()[-1].media
    assert paper is not None
    assert [codes[0].partition("=")[2] for codes in read_codes(paper.data)] == [
        "sosnovaya-1", "sosnovaya-1-1", "sosnovaya-1-2",
    ]  # fmt: skip
    assert "Сосновая, 1, подъезд 2" in read_words(paper.data)[2]
    await resident.settles_in("sosnovaya-1-2", "13")
    await resident.opens("sadovaya-5")  # has come already
    other = world.resident("Иван", channel="vk")
    await other.settles_in("sosnovaya-1", "2", "Иван")
    told = await olga.says("/reach")
    assert "Сколько квартир с нами: 2 из 54 · 3 %" in told
    assert "░░░░░░░░░░ 2 из 25 · 8 % ⚠️\nПришли по коду: дом — 1, подъезд 2 — 1" in told.replace(
        "▓", "░"
    )
    assert "Сколько квартир с нами: 2 из 25 · 8 %." in await olga.says("/reach сосновая 1")
    anna = in_general(world)
    assert "управляющие и администраторы" in await anna.says("/reach")
    assert "управляющие и администраторы" in await anna.says("/poster")


async def test_on_paper_in_vk(world: World) -> None:
    assert world.vk is not None
    admin = General(world, world.vk.user("Вера", 900))
    await admin.says("/outage")
    await admin.presses("Авария", "Лифт", "Садовая, 5", "Дальше", "Весь дом", "Через 4 часа")
    await admin.presses("Пропустить", "Отправить сейчас", "Отчёт", "Листок для подъезда")
    (paper,) = admin.lines()[-1].attachments
    (words,) = read_words(paper.data)
    assert "ул. Садовая, 5" in words
