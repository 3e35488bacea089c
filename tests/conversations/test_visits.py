"""When somebody comes: a window offered, agreed, reminded of, in vain."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from handlers.staff.windows import BadWindow, read_window
from tests.support.people import Member, Resident
from tests.support.world import World


async def filed(resident: Resident, member: Member) -> Any:
    await resident.settles_in()
    await resident.files()
    return await member.finds("№1001")


async def agreed(resident: Resident, member: Member, words: str = "завтра 10-12") -> Any:
    thread = await filed(resident, member)
    await member.says(f"/visit {words}", thread)
    await resident.hears("Подойдёт?")
    await resident.presses("Подходит")
    await resident.hears("Договорились: ждите мастера")
    return thread


async def test_a_window_is_offered_and_agreed_on(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await filed(resident, member)
    await member.says("/visit завтра 10-12", thread)
    await member.sees(thread, "предложили визит завтра 10:00–12:00 — Анна Соколова. Ждём ответа.")
    asked = await resident.hears("Можем прийти завтра 10:00–12:00. Подойдёт?")
    assert asked.rows == [["Подходит"], ["Другое время"]]
    await resident.presses("Подходит")
    await resident.hears("Договорились: ждите мастера завтра 10:00–12:00. Напомним заранее.")
    await member.sees(thread, "Заявка №1001: визит завтра 10:00–12:00 житель подтвердил.")
    await member.says("/visit", thread)
    await member.sees(thread, "Визит: завтра 10:00–12:00, согласован")
    await resident.presses_under(asked, "Подходит")
    await resident.hears("Это время уже записано")
    assert [note.about for note in await world.audit("visit agreed")] == ["ticket:1001"]


async def test_another_time_is_asked_for_in_words(resident: Resident, member: Member) -> None:
    thread = await filed(resident, member)
    await member.says("/visit завтра 10-12", thread)
    asked = await resident.hears("Подойдёт?")
    await resident.presses("Другое время")
    await resident.hears("Напишите, когда вам удобно: день и время.")
    await member.sees(thread, "житель просит другое время вместо «завтра 10:00–12:00»")
    await resident.says("В субботу после обеда")
    await member.sees(thread, "В субботу после обеда")
    await resident.presses_under(asked, "Подходит")
    await resident.hears("Это время больше не предлагаем.")


async def test_a_new_window_stands_instead_of_the_old(resident: Resident, member: Member) -> None:
    thread = await filed(resident, member)
    await member.says("/visit завтра 10-12", thread)
    first = await resident.hears("Можем прийти завтра 10:00–12:00")
    await member.says("/visit 06.03 с 9:30 до 11", thread)
    second = await resident.hears("Можем прийти 6 марта 09:30–11:00")
    await resident.presses_under(first, "Подходит")
    await resident.hears("Это время больше не предлагаем.")
    await resident.presses_under(second, "Подходит")
    await resident.hears("Договорились: ждите мастера 6 марта 09:30–11:00.")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("когда-нибудь", "Не понял время «когда-нибудь». Напишите так: /visit завтра 10-12"),
        ("завтра", "Не понял время «завтра»"),
        ("завтра 12-10", "Не понял время «завтра 12-10»"),
        ("31.02 10-12", "Не понял время"),
        ("сегодня 7-8", "Это время уже прошло."),
        ("01.03 10-12", "Это время уже прошло."),
        ("25.11 9-12", "Это больше чем через два месяца."),
        ("согласован", "время не предложено"),
        ("отмена", "Отменять нечего"),
        ("", "Время визита не назначено."),
    ],
)
@pytest.mark.only("web")
async def test_what_is_no_window(
    resident: Resident, member: Member, words: str, answer: str
) -> None:
    thread = await filed(resident, member)
    await member.says(f"/visit {words}", thread)
    await member.sees(thread, answer)
    await resident.hears_nothing()


async def test_agreed_by_telephone_and_called_off(resident: Resident, member: Member) -> None:
    thread = await filed(resident, member)
    await member.says("/visit завтра 10-12", thread)
    await resident.hears("Подойдёт?")
    await member.says("/visit согласован", thread)
    await resident.hears("Договорились: ждите мастера завтра 10:00–12:00")
    await member.sees(thread, "визит завтра 10:00–12:00 согласован — Анна Соколова.")
    await member.says("/visit отмена", thread)
    await resident.hears("Визит завтра 10:00–12:00 отменили.")
    await member.says("/visit", thread)
    await member.sees(thread, "Время визита не назначено.")


async def test_both_are_reminded_once_each(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await agreed(resident, member)
    await world.waits(hours=6.5)  # 17:30
    await resident.hears_nothing()
    await world.waits(hours=0.75)  # 18:15
    told = await resident.hears("Напоминаем: мастер придёт завтра 10:00–12:00.")
    assert told.buttons == ["Другое время"]
    await world.waits(hours=1)
    await resident.hears_nothing()
    await world.waits(hours=14)  # 9:15
    await resident.hears("Мастер придёт сегодня 10:00–12:00. Будьте, пожалуйста, дома.")
    await member.sees(thread, "Скоро визит: сегодня 10:00–12:00, заявка №1001, ул. Садовая, 5")
    await world.waits(hours=0.25)
    await resident.hears_nothing()


async def test_what_was_agreed_on_only_now_needs_no_reminder(
    resident: Resident, member: Member, world: World
) -> None:
    await agreed(resident, member, "сегодня 11:30-13")
    await world.waits(minutes=10)
    await resident.hears_nothing()


async def test_a_visit_of_a_closed_request_is_off(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await agreed(resident, member)
    await member.says("/close", thread)
    await resident.hears("Сделали.")
    await world.waits(hours=8)
    await resident.hears_nothing()
    await member.says("/visit завтра 10-12", thread)
    await member.sees(thread, "Заявка уже закрыта.")


@pytest.mark.only("telegram")
@pytest.mark.rooms("forum")
async def test_nobody_was_home(resident: Resident, member: Member, world: World) -> None:
    assert world.tg is not None
    petr = world.tg.user("Пётр", 503)
    await petr.starts("")
    thread = await agreed(resident, member, "сегодня 12-14")
    await member.says("/executor Пётр", thread)
    card = await petr.hears("Вам заявка №1001")
    assert "Визит: сегодня 12:00–14:00, согласован" in card.text
    await world.waits(hours=1.5)
    await resident.forgets()
    await petr.presses(card, "Никого нет дома")
    asked = await resident.hears("Мастер приходил, но дома никого не застал.")
    assert asked.rows == [
        ["сегодня 17:00–19:00"], ["завтра 10:00–12:00"], ["Другое время"],
    ]  # fmt: skip
    await member.sees(thread, "дома никого — Пётр Ильин. Жителю предложили сегодня 17:00–19:00 и")
    await member.reads(thread)
    shown = (await member.driver.look(thread))[0].text
    assert "Состояние: ждёт ответа жителя" in shown
    await resident.presses("завтра 10:00–12:00")
    await resident.hears("Договорились: ждите мастера завтра 10:00–12:00.")
    await petr.hears("Заявка №1001: визит завтра 10:00–12:00 житель подтвердил.")
    await member.says("/status", thread)
    await member.sees(thread, "Заявка №1001: в работе.")
    await resident.presses_under(asked, "сегодня 17:00–19:00")
    await resident.hears("Это время больше не предлагаем.")


@pytest.mark.parametrize("action", ["visit/yes/1", "visit/no/1"])
async def test_somebody_elses_visit(
    resident: Resident, member: Member, world: World, action: str
) -> None:
    thread = await filed(resident, member)
    await member.says("/visit завтра 10-12", thread)
    await resident.hears("Подойдёт?")
    stranger = world.resident("Чужой")
    await stranger.settles_in("sosnovaya-3", "5", "Чужой")
    await stranger.forges(action)
    await stranger.hears("Не нашли этого среди ваших заявок")
    await member.says("/visit", thread)
    await member.sees(thread, "предложен, ждём ответа жителя")
    assert [note.about for note in await world.audit("refused")] == [action]


NOON = datetime(2026, 12, 30, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "begins", "ends"),
    [
        ("завтра 10-12", "2026-12-31 10:00", "2026-12-31 12:00"),
        ("Завтра с 10 до 12", "2026-12-31 10:00", "2026-12-31 12:00"),
        ("сегодня 14:00-16:00", "2026-12-30 14:00", "2026-12-30 16:00"),
        ("14–16", "2026-12-30 14:00", "2026-12-30 16:00"),
        ("с 14.30 до 16 часов", "2026-12-30 14:30", "2026-12-30 16:00"),
        ("послезавтра, 9 - 12", "2027-01-01 09:00", "2027-01-01 12:00"),
        ("05.01 9-12", "2027-01-05 09:00", "2027-01-05 12:00"),
        ("25.11 9-12", "2026-11-25 09:00", "2026-11-25 12:00"),
        ("25.11.2027 9-12", "2027-11-25 09:00", "2027-11-25 12:00"),
        ("5 января 9-12", "2027-01-05 09:00", "2027-01-05 12:00"),
        ("в пятницу 10-12", "2027-01-01 10:00", "2027-01-01 12:00"),
        ("среда 18-20", "2026-12-30 18:00", "2026-12-30 20:00"),
        ("вт 10-12", "2027-01-05 10:00", "2027-01-05 12:00"),
        ("завтра 22-24", "2026-12-31 22:00", "2027-01-01 00:00"),
    ],
)
def test_windows_are_read(words: str, begins: str, ends: str) -> None:
    assert [f"{moment:%Y-%m-%d %H:%M}" for moment in read_window(words, NOON)] == [begins, ends]


@pytest.mark.parametrize(
    "words",
    ["", "завтра", "10", "вчера 10-12", "32.01 10-12", "завтра 25-26", "10-12 и ещё", "12-12",
     "0.0 1-2", "99999999999 10-12", "завтра 10:75-12", "абв", "- -"],
)  # fmt: skip
def test_nonsense_is_not_read(words: str) -> None:
    with pytest.raises(BadWindow):
        read_window(words, NOON)
