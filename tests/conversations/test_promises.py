"""«До 15:00» in an answer: on the card, reminded of, kept or told to the resident as missed. It is
eleven o'clock on a Wednesday when these begin."""

from __future__ import annotations

from typing import Any

import pytest

from services.tables import Promise
from tests.support.people import Member, Resident
from tests.support.world import World

SORRY = "и, похоже, не успели"


async def filed(resident: Resident, member: Member) -> Any:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("Заявку видим", thread)
    await resident.hears("Заявку видим")
    return thread


async def card(member: Member, thread: Any) -> str:
    await member.reads(thread)
    return (await member.driver.look(thread))[0].text


async def test_kept_it_is_on_the_card_until_the_next_word(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await filed(resident, member)
    await member.says("Видим, мастер будет до 15:00", thread)
    await resident.hears("мастер будет до 15:00")
    await world.settled()
    assert "до 15:00, Анна" in await card(member, thread)
    await member.says("Код домофона не нужен?", thread)  # so soon it keeps nothing
    await resident.hears("Код домофона")
    assert "до 15:00, Анна" in await card(member, thread)
    await world.waits(hours=3)
    assert "⏰" not in await member.reads(thread)
    await world.waits(minutes=15)
    await member.sees(thread, "⏰ Анна, жителю обещано до 15:00.")
    await member.says("Мастер вышел, лифт едет", thread)
    await resident.hears("Мастер вышел")
    assert "Анна" not in (await card(member, thread)).partition("бещано")[2]
    await world.waits(hours=2)
    await resident.hears_nothing()
    assert (await member.reads(thread)).count("⏰") == 1


async def test_missed_it_is_told_to_the_resident_and_the_room(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await filed(resident, member)
    await member.says("Перезвоню через час", thread)
    await resident.hears("Перезвоню через час")
    await world.waits(minutes=50)
    await member.sees(thread, "⏰ Анна, жителю обещано до 12:00.")
    await resident.hears_nothing()
    await world.waits(minutes=15)
    told = await resident.hears(f"Обещали вам до 12:00 {SORRY}")
    assert "Заявка №1001" in told.text
    assert "+7 495 000-00-01" in told.text
    await member.sees(thread, "⚠️ Обещание не сдержали: до 12:00, Анна.")
    assert "Анна" not in (await card(member, thread)).partition("бещано")[2]
    await world.waits(hours=3)
    await resident.hears_nothing()
    assert [each.about for each in await world.audit("promise missed")] == ["ticket:1001"]


async def test_words_without_a_time_promise_nothing(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await filed(resident, member)
    for words in ("Мы работаем с 9 до 18", "Лифт обслуживает до 15 кв", "Будете дома до 15:00?"):
        await member.says(words, thread)
        await resident.hears(words)
    await world.waits(hours=8)
    await resident.hears_nothing()
    assert "⏰" not in await member.reads(thread)
    assert await world.count(Promise) == 0


async def test_closing_the_request_keeps_it(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await filed(resident, member)
    await member.says("Сделаем до вечера", thread)
    await resident.hears("Сделаем до вечера")
    await member.says("/close", thread)
    await resident.hears("Сделали")
    await world.waits(hours=8)
    await resident.hears_nothing()
    assert len(await world.audit("promise kept")) == 1


async def test_a_new_state_keeps_it_too(resident: Resident, member: Member, world: World) -> None:
    thread = await filed(resident, member)
    await member.says("Возьмём до 15:00", thread)
    await world.waits(hours=2, minutes=30)
    await member.says("/status в работе", thread)
    await world.waits(hours=3)
    assert SORRY not in await resident.reads()


async def test_a_later_time_stands_instead(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await filed(resident, member)
    await member.says("Мастер будет до 13:00", thread)
    await resident.hears("до 13:00")
    await member.says("Извините, задерживается: до 16:00", thread)
    await resident.hears("до 16:00")
    assert "до 16:00, Анна" in await card(member, thread)
    assert "до 13:00, Анна" not in await card(member, thread)
    await world.waits(hours=3)
    await resident.hears_nothing()
    await world.waits(hours=3)
    await resident.hears(f"Обещали вам до 16:00 {SORRY}")


async def test_missed_at_night_it_is_told_in_the_morning(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await filed(resident, member)
    await world.waits(hours=8)  # seven in the evening; at eight everybody leaves
    await member.says("Отвечу через 2 часа", thread)
    await resident.hears("Отвечу через 2 часа")
    await world.waits(hours=3)
    await resident.hears_nothing()
    await world.waits(hours=10, minutes=5)
    await resident.hears(f"Обещали вам 4 марта до 21:00 {SORRY}")


@pytest.mark.only("telegram")
@pytest.mark.rooms("forum")
async def test_a_missed_window_of_a_talk_is_told_to_the_resident_and_everyone_in_the_room(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await resident.says("Когда посмотрят счётчик?")
    thread = await member.finds("Мария")
    await member.says("Мастер придёт завтра с 10 до 12", thread)
    await resident.hears("Мастер придёт завтра с 10 до 12")
    await member.sees_mark(thread, "завтра с 10 до 12", "✍")
    assert "5 марта до 12:00, Анна" in await card(member, thread)
    await world.waits(hours=24)
    assert "⏰" in await member.reads(thread)
    await resident.hears_nothing()
    await world.waits(hours=1, minutes=5)
    told = await resident.hears(f"Обещали вам до 12:00 {SORRY}")
    assert "Заявка" not in told.text
    await member.sees(thread, "⚠️ Обещание не сдержали: до 12:00, Анна.")
    desk = await world.member("olga", at_desk=True)
    await desk.sees(await desk.finds("Мария"), "⚠️ Обещание не сдержали: до 12:00, Анна.")
    assert len(await world.audit("promise missed")) == 1


async def test_by_hand(resident: Resident, member: Member, world: World) -> None:
    thread = await filed(resident, member)
    await member.says("/promise", thread)
    await member.sees(thread, "Обещаний здесь нет.")
    await member.says("/promise нет", thread)
    await member.sees(thread, "Снимать нечего")
    await member.says("/promise как-нибудь", thread)
    await member.sees(thread, "Не поняли, до какого времени: «как-нибудь»")
    await member.says("/promise 10:00", thread)
    await member.sees(thread, "Не поняли, до какого времени: «10:00»")
    await member.says("/promise 16:00", thread)
    await member.sees(thread, "Обещано жителю до 16:00 — Анна Соколова.")
    assert "до 16:00, Анна" in await card(member, thread)
    await member.says("/promise завтра 12:00", thread)
    await member.sees(thread, "Обещано жителю 5 марта до 12:00 — Анна Соколова.")
    await member.says("/promise", thread)
    await member.sees(thread, "Обещано: 5 марта до 12:00, Анна")
    await member.says("/promise нет", thread)
    await member.sees(thread, "Обещание снято, напоминать не будем — Анна Соколова.")
    assert "Анна" not in (await card(member, thread)).partition("бещано")[2]
    await member.says("/promise 15:00", thread)
    await member.says("/promise нет", thread)
    await world.waits(hours=6)
    assert SORRY not in await resident.reads()
    await resident.hears_nothing()


async def test_recalled_it_is_no_promise(resident: Resident, member: Member, world: World) -> None:
    thread = await filed(resident, member)
    await member.says("Будем через час", thread)
    await resident.hears("Будем через час")
    await member.says("/recall", thread)
    await world.settled()
    assert "до 12:00, Анна" not in await card(member, thread)
    await world.waits(hours=2)
    assert SORRY not in await resident.reads()


@pytest.mark.rooms("forum")
async def test_edited_it_is_read_again(resident: Resident, member: Member, world: World) -> None:
    thread = await filed(resident, member)
    await member.says("Мастер будет до 13:00", thread)
    await member.sees_mark(thread, "Мастер будет", "✍")
    await member.edits("Мастер будет", "Мастер будет до 17:00", thread)
    await world.settled()
    assert "до 17:00, Анна" in await card(member, thread)
    await world.waits(hours=3)
    assert SORRY not in await resident.reads()
    await member.edits("Мастер будет", "Мастер будет на днях", thread)
    await member.sees_mark(thread, "на днях", "👍")
    assert "Анна" not in (await card(member, thread)).partition("бещано")[2]
    await world.waits(hours=5)
    assert SORRY not in await resident.reads()


@pytest.mark.rooms("forum")
async def test_a_colleague_keeps_it_and_another_may_cancel(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await filed(resident, member)
    olga = await world.member("olga")
    await member.says("Узнаю через час", thread)
    await world.waits(minutes=40)
    await olga.says("Узнали: лифт чинят", thread)
    await world.waits(hours=1)
    assert SORRY not in await resident.reads()
    await member.says("Напишу через час", thread)
    await olga.says("/promise нет", thread)
    await olga.sees(thread, "Обещание снято, напоминать не будем — Ольга Миронова.")
    await world.waits(hours=2)
    assert SORRY not in await resident.reads()


@pytest.mark.only("web")
@pytest.mark.rooms("forum")
async def test_a_trainees_promise_begins_with_the_yes(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await filed(resident, member)
    olga = await world.member("olga")
    async with world.app.db.work() as work:
        found = await work.taking.colleagues(await work.rooms.every())
        next(each for each in found if each.name == "Анна Соколова").trainee = True
    await member.says("Буду через час", thread)
    await member.sees(thread, "Ответ ждёт проверки")
    await member.edits("Буду через час", "Буду через 2 часа", thread)
    assert await world.count(Promise) == 0
    await world.waits(minutes=30)
    await olga.presses("Отправить", thread)
    await resident.hears("Буду через 2 часа")
    await world.settled()
    assert "до 13:30, Анна" in await card(member, thread)
