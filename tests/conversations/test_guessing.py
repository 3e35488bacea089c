"""A request read out of one sentence: kind, place and urgency, confirmed in two presses; and how
the resident sounds, for staff."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from services.tables import Thread, Ticket
from tests.support.people import Member, Resident
from tests.support.world import World

HEATING = """
  - code: heating
    title: Отопление
    term_hours: 24
    form:
      - {key: what, ask: "Что с батареями?", kind: choice, options: [Холодные, Протекают]}
      - {key: when, ask: "Когда удобно впустить мастера?", kind: when}
"""


async def heats(world: World) -> None:
    await world.changes_company(lambda text: text.replace("\nmembers:", f"{HEATING}\nmembers:"))


async def ticket(world: World) -> Ticket:
    await world.settled()
    async with world.app.db.session() as session:
        found = await session.scalar(select(Ticket))
    assert found is not None
    return found


async def thread(world: World) -> Thread:
    await world.settled()
    async with world.app.db.session() as session:
        found = await session.scalar(select(Thread))
    assert found is not None
    return found


async def test_one_sentence_is_a_request_in_two_presses(
    resident: Resident, member: Member, world: World
) -> None:
    await heats(world)
    await resident.settles_in()
    await resident.says("течёт батарея на кухне, мы дома до шести")
    asked = await resident.hears("Похоже, это заявка: Отопление, ул. Садовая, 5, кв. 4.")
    assert asked.buttons == ["Да, заявка: Отопление", "Другая тема", "Написать диспетчеру"]
    await resident.presses("Да, заявка: Отопление")
    preview = await resident.hears("Проверьте, всё ли верно")
    assert preview.text.splitlines()[2:5] == [
        "Отопление",
        "ул. Садовая, 5, кв. 4",
        "«течёт батарея на кухне, мы дома до шести»",
    ]
    assert preview.buttons == ["Отправить", "Добавить подробности", "Отмена"]
    await resident.presses("Отправить")
    await resident.hears("Заявка №1001 принята")
    assert (resident.presses_made, resident.sentences_said) == (2, 1)
    found = await ticket(world)
    assert (found.category, found.place) == ("heating", "ул. Садовая, 5, кв. 4")
    assert "мы дома до шести" in await member.reads(await member.finds("№1001"))


async def test_what_the_words_say_is_not_asked(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.says("Капает кран на кухне")
    await resident.presses("Да, заявка: Сантехника")
    preview = await resident.hears("Проверьте")
    assert "Что именно: Капает кран" in preview.text
    await resident.presses("Добавить подробности")
    await resident.hears("Когда удобно впустить мастера?")
    await resident.presses("Завтра утром", "Пропустить")
    await resident.hears("Проверьте")
    await resident.presses("Отправить")
    assert (await ticket(world)).answers == [
        ["Что именно?", "Капает кран"],
        ["Когда удобно впустить мастера?", "Завтра утром"],
    ]


async def test_another_kind_is_chosen_by_hand(resident: Resident) -> None:
    await resident.settles_in()
    await resident.says("Капает кран на кухне")
    await resident.presses("Другая тема")
    asked = await resident.hears("К чему это отнести?")
    assert "Да, заявка: Сантехника" not in asked.buttons
    await resident.presses("Другое")
    preview = await resident.hears("Проверьте")
    assert "«Капает кран на кухне»" in preview.text


async def test_it_may_go_to_a_person_instead(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.says("Капает кран на кухне")
    await resident.presses("Написать диспетчеру")
    await resident.hears("Передали диспетчеру")
    await member.sees(await member.finds("Мария"), "Капает кран на кухне")
    assert await world.count(Ticket) == 0


async def test_more_words_belong_to_it(resident: Resident) -> None:
    await resident.settles_in()
    await resident.says("Капает кран на кухне")
    await resident.hears("Похоже, это заявка")
    await resident.says("уже третий день")
    await resident.presses("Да, заявка: Сантехника")
    preview = await resident.hears("Проверьте")
    assert "Капает кран на кухне\nуже третий день" in preview.text


async def test_a_photo_goes_along(resident: Resident) -> None:
    await resident.settles_in()
    await resident.sends_photo("Капает кран на кухне")
    await resident.presses("Да, заявка: Сантехника")
    preview = await resident.hears("Проверьте")
    assert "Приложено файлов: 1" in preview.text


async def test_the_menu_takes_the_words_along(resident: Resident) -> None:
    await resident.settles_in()
    await resident.says("Можно ли держать пчёл на балконе?")
    await resident.hears("Оформить это как заявку")
    await resident.presses("Новая заявка", "Другое")
    preview = await resident.hears("Проверьте")
    assert "пчёл" in preview.text


async def test_in_the_form_the_kind_read_stands_first(resident: Resident) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.says("Капает кран на кухне")
    asked = await resident.hears("К чему это отнести?")
    assert asked.buttons[0] == "Да, заявка: Сантехника"
    await resident.says("да")
    await resident.hears("Проверьте")


async def test_an_open_request_is_offered_too(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.files()
    await resident.says("Очень ждём")
    await world.waits(hours=3)
    await resident.says("Капает кран на кухне")
    asked = await resident.hears("Похоже, это заявка: Сантехника")
    assert asked.buttons == [
        "Да, заявка: Сантехника", "№1001 Лифт", "Другая тема", "Написать диспетчеру",
    ]  # fmt: skip
    await resident.presses("№1001 Лифт")
    await resident.hears("Добавили к заявке")
    await member.sees(await member.finds("№1001"), "Капает кран")


async def test_a_forged_or_late_yes_does_nothing(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.forges("guess/yes/plumbing")
    await resident.hears("Эта кнопка уже не работает")
    await resident.says("Капает кран на кухне")
    await resident.hears("Похоже, это заявка")
    await resident.forges("guess/yes/nosuch")
    await resident.hears("К чему это отнести?")
    assert await world.count(Ticket) == 0


# ── Tone and urgency ─────────────────────────────────────────────────────────


async def test_anger_is_marked_for_staff_and_may_be_corrected(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await resident.says("Безобразие! Сколько можно ждать, третий раз пишу, всем плевать!")
    found = await member.finds("Мария")
    assert "😠 Житель недоволен" in await member.reads(found)
    assert (await thread(world)).tone == "negative"
    await member.says("/tone доволен", found)
    await member.sees(found, "Тон: доволен")
    await resident.says("Это просто ужас, а не работа!")
    assert (await thread(world)).tone == "positive"


@pytest.mark.rooms("forum")
async def test_the_tone_is_changed_by_a_press(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await resident.says("Подскажите, когда поменяют лампу")
    found = await member.finds("Мария")
    assert "Житель недоволен" not in await member.reads(found)
    await member.says("/tone", found)
    await member.sees(found, "Как звучит житель?")
    await member.presses("Недоволен", found)
    await member.sees(found, "Тон: недоволен")
    assert (await thread(world)).tone == "negative"


@pytest.mark.parametrize(
    ("words", "urgent"),
    [
        ("Капает кран, дома грудной ребёнок, воды нет совсем, срочно", True),
        ("Капает кран на кухне", False),
    ],
)
async def test_who_wants_it_soon_is_marked_on_the_card(
    resident: Resident, member: Member, world: World, words: str, urgent: bool
) -> None:
    await resident.settles_in()
    await resident.says(words)
    await resident.presses("Написать диспетчеру")
    card = await member.reads(await member.finds("Мария"))
    assert ("Просит поскорее" in card) is urgent
