"""Danger first: whatever is open, whoever says it; the room, the clock, and what is forgotten."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from services.tables import Alarm, Heard, Home, Message, Outgoing, Thread, Ticket, WebPost
from services.tables import Member as MemberRow
from tests.conversations.test_access import forge
from tests.support.people import Member, Resident
from tests.support.world import World

OURS = "+7 495 000-00-02"
GENERAL: Any = None
forum = pytest.mark.rooms("forum")
site = pytest.mark.only("web")


async def rows(world: World, table: type[Any]) -> list[Any]:
    await world.settled()
    async with world.app.db.session() as session:
        return list(await session.scalars(select(table).order_by(table.id)))


async def alarms(world: World) -> list[tuple[str, str]]:
    """Kind and outcome of each."""
    return [(alarm.kind, alarm.outcome) for alarm in await rows(world, Alarm)]


def in_general(world: World) -> list[str]:
    assert world.group is not None
    return [post.text for post in world.group.heard() if post.thread_id is None]


async def owner(world: World) -> Any:
    """Olga, the only admin, in private with the bot."""
    assert world.tg is not None
    olga = world.tg.user("Ольга", 501)
    await olga.starts()
    await world.settled()
    return olga


# ── One message ──────────────────────────────────────────────────────────────


async def test_one_message_alarms_the_room_and_says_whom_to_call(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.says("В подъезде пахнет газом!")
    told = await resident.hears("Заявка №1001 принята")
    lines = told.text.splitlines()
    assert lines[1] == "🚨 Похоже на утечку газа. Позвоните прямо сейчас, лучше с улицы:"
    assert lines[2:6] == ["104", "112", "Наша аварийная служба, круглосуточно:", OURS]
    assert "Выйдите и звоните 104." in told.text  # the company's own words, not ours
    assert "Пахнет газом, ул. Садовая, 5, кв. 4: заявка №1001." in told.text
    await resident.hears_nothing()
    thread = await member.finds("№1001")
    await member.sees(thread, "В подъезде пахнет газом!")
    (ticket,) = await rows(world, Ticket)
    assert (ticket.what, ticket.emergency, ticket.text) == (
        "Пахнет газом", True, "В подъезде пахнет газом!",
    )  # fmt: skip
    assert await alarms(world) == [("gas", "")]
    await resident.says("Второй этаж")
    await member.sees(thread, "Второй этаж")


@pytest.mark.only("telegram")
@forum
async def test_general_is_alarmed_in_one_post(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.says("На лестнице пожар!")
    await world.settled()
    (post,) = in_general(world)
    assert post.startswith("🚨 Заявка №1001 · Пожар или дым")  # the file has no such category
    assert "На лестнице пожар!" in post
    assert "Тревога: никто пока не принял" in post
    told = await resident.hears("Огонь или дым")
    assert told.text.splitlines()[2:4] == ["112", "101"]
    assert "Выходите по лестнице" in told.text


@site
@pytest.mark.rooms("desk")
@pytest.mark.parametrize(
    ("words", "kind", "what"),
    [
        ("Запах газа на кухне", "gas", "Пахнет газом"),
        ("Щиток искрит", "sparks", "Искрит проводка"),
        ("Соседи сверху нас заливают", "flood", "Затопление"),
        ("Прорвало трубу в ванной", "burst", "Затопление"),
        ("Мы застряли в лифте, двое", "lift", "Люди в лифте"),
        ("Нет света во всём доме", "blackout", "Нет света в доме"),
    ],
)
async def test_each_danger_is_its_own_request(
    resident: Resident, world: World, words: str, kind: str, what: str
) -> None:
    await resident.settles_in()
    await resident.says(words)
    told = await resident.hears(f"{what}, ул. Садовая, 5, кв. 4")
    assert OURS in told.text.splitlines()
    (ticket,) = await rows(world, Ticket)
    assert (ticket.what, ticket.emergency) == (what, True)
    assert await alarms(world) == [(kind, "")]


@site
@pytest.mark.rooms("desk")
@pytest.mark.parametrize(
    "words",
    ["Постригите газон", "На этаже не горит лампочка", "Потоп сообщений в чате дома",
     "На прошлой неделе нас залило, когда придёт комиссия?"],
)  # fmt: skip
async def test_false_friends(resident: Resident, world: World, words: str) -> None:
    await resident.settles_in()
    await resident.says(words)
    await world.settled()
    assert await alarms(world) == []
    assert await world.count(Ticket) == 0


# ── Whatever is open ─────────────────────────────────────────────────────────


@site
async def test_before_consent_the_address_is_asked_and_then_the_consent(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.opens()
    await resident.hears("Вы согласны?")
    await resident.says("Прорвало трубу, хлещет")
    told = await resident.hears("Прорвало трубу. Позвоните прямо сейчас:")
    assert OURS in told.text.splitlines()
    await resident.hears("Где это? Напишите адрес одним сообщением")
    thread = await member.finds("Прорвало трубу")
    await resident.says("Садовая 5, кв. 7")
    await resident.hears("Адрес передали")
    await member.sees(thread, "📍 Адрес: ул. Садовая, 5, кв. 7.")
    await resident.hears("Вы согласны?")
    await resident.presses("Согласен")
    asked = await resident.hears("В каком вы жилом комплексе?")
    assert "Прорвало" not in asked.text
    assert await world.count(Ticket) == 1  # consent came, and the address was there
    filed = await resident.hears("По вашему сообщению оформили заявку №1001")
    assert "Затопление, ул. Садовая, 5, кв. 7" in filed.text
    assert await alarms(world) == [("burst", "")]


@pytest.mark.only("telegram")
async def test_a_stranger_s_first_words(resident: Resident, member: Member, world: World) -> None:
    await resident.says("Пожар в подвале!!!")
    await resident.hears("Огонь или дым")
    asked = await resident.hears("Где это?")
    assert asked.buttons == ["ул. Сосновая, 1", "ул. Сосновая, 3", "ул. Садовая, 5"]
    await resident.presses("ул. Сосновая, 3")
    await resident.hears("ул. Сосновая, 3 — где именно?")
    await resident.says("второй подъезд, подвал")
    await resident.hears("Адрес передали")
    thread = await member.finds("Пожар или дым")
    await member.sees(thread, "📍 Адрес: ул. Сосновая, 3, второй подъезд, подвал.")
    await resident.says("Дым уже на этаже, скорее")
    await member.sees(thread, "Дым уже на этаже, скорее")
    await resident.says("дверь железная, код 15")
    await member.sees(thread, "дверь железная, код 15")  # no question comes before it
    await member.says("Пожарные едут", thread)
    await resident.hears("Пожарные едут")
    assert await alarms(world) == [("fire", "accepted")]


@site
async def test_consent_refused(resident: Resident, member: Member, world: World) -> None:
    await resident.opens("sadovaya-5")
    await resident.presses("Не даю согласия")
    await resident.says("Искрит розетка в коридоре")
    await resident.hears("С проводкой опасно")
    await resident.hears("ул. Садовая, 5 — где именно?")
    await resident.says("квартира 3")
    await resident.hears("Адрес передали")
    thread = await member.finds("Искрит")
    await member.sees(thread, "📍 Адрес: ул. Садовая, 5, кв. 3.")
    assert await world.count(Ticket) == 0
    (opened,) = await rows(world, Thread)
    assert opened.subject == "🚨 Искрит проводка · ул. Садовая, 5, кв. 3"
    said = [message for message in await rows(world, Message) if message.by == "resident"]
    assert {message.author for message in said} == {""}


@site
@pytest.mark.rooms("desk")
async def test_in_registration_the_form_asks_the_address_itself(
    resident: Resident, world: World
) -> None:
    await resident.opens()
    await resident.presses("Согласен")
    await resident.hears("В каком вы жилом комплексе?")
    await resident.says("Пахнет газом")
    await resident.hears("утечку газа")
    await resident.hears("В каком вы жилом комплексе?")
    await resident.hears_nothing()
    await resident.presses("Садовый")  # it has one house
    await resident.says("4")
    await resident.hears("Как к вам обращаться?")
    filed = await resident.hears("По вашему сообщению оформили заявку №1001")
    assert "Пахнет газом, ул. Садовая, 5, кв. 4" in filed.text
    await resident.says("Мария")
    await resident.presses("Пропустить")
    await resident.hears("рады знакомству")
    assert await alarms(world) == [("gas", "")]


@site
@pytest.mark.rooms("desk")
async def test_a_form_keeps_its_answers(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.says("Скрипит дверь")
    await resident.presses("Шум", "Ремонт")
    await resident.hears("Откуда слышно?")
    await resident.says("Ой, из щитка дым и искры")
    await resident.hears("Заявка №1001 принята")
    await resident.hears("Откуда слышно?")
    await resident.says("Сверху")
    preview = await resident.hears("Проверьте, всё ли верно")
    assert "«Скрипит дверь»" in preview.text
    assert "Откуда слышно: Сверху" in preview.text
    await resident.presses("Отправить")
    await resident.hears("Заявка №1002 принята")
    assert [ticket.what for ticket in await rows(world, Ticket)][1] == "Шум"


@site
@pytest.mark.rooms("desk")
async def test_a_request_of_which_nothing_was_told_was_about_it(
    resident: Resident, world: World
) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.says("Прорвало трубу!")
    await resident.hears("Заявка №1001 принята")
    await resident.says("Заливает уже соседей")
    await resident.hears("Добавили к заявке")
    assert await world.count(Ticket) == 1
    assert await alarms(world) == [("burst", "")]


@site
@pytest.mark.rooms("desk")
async def test_in_which_and_in_a_name(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.says("Когда дадут отопление?")
    await resident.hears("«Когда дадут отопление?»")
    await resident.says("Горим! Пожар!")
    await resident.hears("Огонь или дым")
    asked = await resident.hears("«Когда дадут отопление?»")  # still waits for its answer
    assert "Горим" not in asked.text
    await resident.presses("Написать диспетчеру")
    await resident.presses("Настройки", "Изменить имя")
    await resident.says("Пахнет газом в квартире")
    await resident.hears("утечку газа")
    await resident.hears("Как к вам обращаться?")
    await resident.says("Мария Петровна")
    await resident.hears("Имя записали")
    assert await alarms(world) == [("fire", ""), ("gas", "")]


@site
async def test_in_a_talk_a_quote_and_after_the_end(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("Мастер был?", thread)
    asked = await resident.hears("Мастер был?")
    await resident.quotes(asked, "Был, а теперь из шахты валит дым")
    await resident.hears("Заявка №1002 принята")
    await member.sees(thread, "🚨 Житель пишет здесь об опасности: заявка №1002.")
    await member.says("/close", thread)
    await resident.hears("Сделали")
    await resident.says("Пахнет газом у лифта")
    await resident.hears("Заявка №1003 принята")
    assert await alarms(world) == [("fire", ""), ("gas", "")]


@pytest.mark.needs("edits")
@pytest.mark.only("telegram")
@pytest.mark.rooms("desk")
async def test_an_edit_and_a_caption(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await resident.says("Что-то странное на кухне")
    await resident.hears("Передали диспетчеру")
    await resident.edits("Что-то странное", "На кухне пахнет газом")
    await resident.hears("утечку газа")
    await resident.edits("На кухне пахнет газом", "На кухне сильно пахнет газом")
    await resident.hears_nothing()
    assert await alarms(world) == [("gas", "")]
    await resident.sends_photo("Вот, горит балкон")
    await resident.hears("Огонь или дым")
    found = await rows(world, Message)
    (shown,) = [message for message in found if message.text == "Вот, горит балкон"]
    assert len(shown.attachments) == 1


@site
async def test_whoever_is_banned_is_heard(resident: Resident, member: Member, world: World) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("/ban 7 дней грубит", thread)
    await resident.hears("отсюда диспетчеру")
    await resident.says("Горит мусоропровод, дым в подъезде")
    await resident.hears("Огонь или дым")
    thread = await member.finds("№1002")
    await resident.says("Второй подъезд")
    await member.sees(thread, "Второй подъезд")


@site
@pytest.mark.rooms("desk")
async def test_presses_and_menu_words_are_no_danger(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка", "Авария")
    await resident.says("Пахнет газом")  # the label of a button
    await resident.hears("Позвоните прямо сейчас")
    await resident.says("/пожар")
    await resident.hears("Такой команды нет")
    assert await alarms(world) == [("gas", "")]


@forum
@pytest.mark.only("telegram")
async def test_staff_are_never_read(resident: Resident, member: Member, world: World) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("// у соседей пожар", thread)
    await member.says("Если почуете: пахнет газом — звоните 104", thread)
    await resident.hears("звоните 104")
    assert await alarms(world) == []


# ── Which place ──────────────────────────────────────────────────────────────


async def second_home(resident: Resident) -> None:
    await resident.presses("Настройки", "Добавить адрес", "Сосновый бор", "ул. Сосновая, 3")
    await resident.says("2")
    await resident.hears("Добавили")


@site
async def test_of_several_homes_it_is_asked(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await second_home(resident)
    await resident.says("Нас заливает!")
    await resident.hears("Вода прибывает")
    asked = await resident.hears("По какому это адресу?")
    assert asked.buttons == ["ул. Садовая, 5, кв. 4", "ул. Сосновая, 3, кв. 2"]
    thread = await member.finds("заливает")
    assert await world.count(Ticket) == 0
    await resident.presses("ул. Сосновая, 3, кв. 2")
    await resident.hears("Адрес передали. Заявка №1001.")
    await member.sees(thread, "📍 Адрес: ул. Сосновая, 3, кв. 2. Оформили заявку №1001")
    (ticket,) = await rows(world, Ticket)
    assert (ticket.what, ticket.place) == ("Затопление", "ул. Сосновая, 3, кв. 2")


@site
@pytest.mark.rooms("desk")
async def test_words_may_name_the_place(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.says("У мамы на Сосновой 3, кв 5 пахнет газом")
    await resident.hears("Пахнет газом, ул. Сосновая, 3, кв. 5: заявка №1001")
    await resident.hears_nothing()


@site
async def test_a_press_elsewhere_leaves_the_question(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await second_home(resident)
    await resident.presses("Новая заявка", "Шум", "Ремонт")
    await resident.hears("Откуда слышно?")
    await resident.says("Пожар на лестнице")
    asked = await resident.hears("По какому это адресу?")
    await resident.presses("Мои заявки")
    await resident.hears("Заявок пока нет")
    await resident.presses_under(asked, "ул. Садовая, 5, кв. 4")
    await resident.hears("Адрес передали. Заявка №1001.")


@forum
@pytest.mark.only("telegram")
async def test_the_address_comes_into_the_same_posts(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await second_home(resident)
    await resident.says("Нас заливает!")
    await world.settled()
    (post,) = in_general(world)
    assert post.startswith("🚨 Затопление · адрес уточняем, может быть ул. Сосновая, 3, кв. 2")
    await resident.presses("ул. Садовая, 5, кв. 4")
    await resident.hears("Адрес передали")
    (post,) = in_general(world)
    assert post.startswith("🚨 Заявка №1001 · Затопление")
    assert "ул. Садовая, 5, кв. 4" in post


# ── The same danger ──────────────────────────────────────────────────────────


@forum
@pytest.mark.only("telegram")
async def test_the_same_danger_alarms_once_another_one_again(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.says("Пахнет газом")
    await resident.hears("Заявка №1001 принята")
    await world.waits(minutes=2)
    await resident.says("Очень сильно пахнет газом!")
    await resident.hears("Если становится хуже, не ждите — звоните")
    await member.sees(await member.finds("№1001"), "Очень сильно пахнет газом!")
    assert len(in_general(world)) == 1
    await resident.says("Пожар! Горит кухня!")
    await resident.hears("Заявка №1002 принята")
    await world.settled()
    assert len(in_general(world)) == 2
    await world.waits(minutes=40)
    await resident.says("Снова пахнет газом")
    await resident.hears("Заявка №1003 принята")


@forum
@pytest.mark.only("telegram")
async def test_neighbours_are_one_post_taken_once(
    resident: Resident, member: Member, world: World
) -> None:
    people = [resident, *(world.resident(f"Сосед{n}") for n in range(3))]
    for number, each in enumerate(people):
        await each.settles_in(flat=str(number + 1))
        await each.forgets()
    for each in people[:3]:
        await each.says("Пахнет газом в подъезде")
        await each.hears("утечку газа")
    await world.settled()
    assert "пишут 3 жителя" in in_general(world)[-1]
    await member.presses("Принято", GENERAL)
    await world.chores_done()
    for each in people[:3]:
        await each.hears("Ваше сообщение приняли: Анна Соколова, диспетчер, уже занимается.")
    await people[3].says("У нас тоже пахнет газом")
    await people[3].hears("утечку газа")
    await world.settled()
    await world.chores_done()
    await people[3].hears("Ваше сообщение приняли: Анна Соколова")
    assert await alarms(world) == [("gas", "accepted")] * 4


# ── Who took it ──────────────────────────────────────────────────────────────


@forum
async def test_taken_by_name(resident: Resident, member: Member, world: World) -> None:
    await resident.settles_in()
    await resident.says("Пахнет газом")
    await resident.hears("Заявка №1001 принята")
    thread = await member.finds("№1001")
    await member.presses("Принято", GENERAL)
    await resident.hears("Ваше сообщение приняли: Анна Соколова, диспетчер, уже занимается.")
    await member.sees(thread, "✅ Тревогу приняли: Анна Соколова.")
    await member.sees(thread, "Тревога: приняли в 11:00, Анна Соколова")
    assert "Тревога: приняли в 11:00, Анна Соколова" in in_general(world)[0]
    (ticket,) = await rows(world, Ticket)
    assert ticket.status == "accepted"
    await world.waits(minutes=30)
    assert await alarms(world) == [("gas", "accepted")]
    await resident.hears_nothing()


@site
@pytest.mark.rooms("desk")
async def test_taken_at_the_desk(resident: Resident, member: Member, world: World) -> None:
    await resident.settles_in()
    await resident.says("Пахнет газом")
    thread = await member.finds("№1001")
    line = await member.sees(thread, "🚨 Тревога: Пахнет газом. Ждём, кто нажмёт «Принято».")
    (row,) = line.raw["buttons"]
    assert [button["label"] for button in row] == ["Принято", "Ложная тревога"]
    await member.driver.forge(thread, row[0]["action"])  # type: ignore[attr-defined]
    await resident.hears("Ваше сообщение приняли: Анна Соколова, диспетчер")
    await member.driver.forge(thread, row[0]["action"])  # type: ignore[attr-defined]
    await member.sees(thread, "Эту тревогу уже приняли в 11:00: Анна Соколова.")


@site
@pytest.mark.parametrize("how", ["/take", "Выезжаем", "/status в работе"])
@pytest.mark.rooms("desk")
async def test_whatever_a_member_does_takes_it(
    resident: Resident, member: Member, world: World, how: str
) -> None:
    await resident.settles_in()
    await resident.says("Пахнет газом")
    await resident.hears("Заявка №1001 принята")
    await member.says(how, await member.finds("№1001"))
    await world.settled()
    await world.chores_done()
    assert await alarms(world) == [("gas", "accepted")]
    told = await resident.reads()
    assert ("Ваше сообщение приняли: Анна Соколова" in told) == (how != "Выезжаем")


@forum
@site
async def test_a_press_of_a_stranger_takes_nothing(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.says("Пахнет газом")
    await resident.hears("Заявка №1001 принята")
    await resident.forges("staff/alarm/1")
    await resident.hears("Не нашли этого")
    await forge(world, member.driver.user, "staff/alarm/77")  # type: ignore[attr-defined]
    assert await alarms(world) == [("gas", "")]


@site
@forum
async def test_a_false_alarm_is_an_ordinary_request(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.says("Пахнет газом")
    await resident.hears("Заявка №1001 принята")
    await member.presses("Ложная тревога", GENERAL)
    told = await resident.hears("похоже, это не авария")
    assert OURS in told.text.splitlines()
    thread = await member.finds("№1001")
    await member.sees(thread, "Ложная тревога — Анна Соколова. Дальше это обычное обращение.")
    assert in_general(world)[0].startswith("Заявка №1001 · Пахнет газом")
    await world.waits(minutes=10)
    await resident.hears_nothing()
    await resident.says("Это соседи краской пахли")
    await member.sees(thread, "Это соседи краской пахли")
    await member.says("Спасибо, что написали", thread)
    await resident.hears("Спасибо, что написали")
    (ticket,) = await rows(world, Ticket)
    assert not ticket.emergency


# ── By the clock ─────────────────────────────────────────────────────────────


@site
@forum
async def test_who_is_on_duty_is_called_then_the_admin_then_the_resident(
    resident: Resident, member: Member, world: World
) -> None:
    assert world.tg is not None
    anna, olga = world.tg.user("Анна", 502), await owner(world)
    await anna.starts()
    await member.says("/shift", GENERAL)
    await resident.settles_in()
    await resident.says("Пахнет газом")
    await resident.hears("Заявка №1001 принята")
    await world.waits(minutes=2)
    assert len([post for post in anna.heard() if "🚨" in post.text]) == 0
    await world.waits(minutes=1, seconds=1)
    await world.settled()
    (called,) = [post for post in anna.heard() if "🚨" in post.text]
    assert called.text.startswith("🚨 Тревогу не приняли за 3 мин")
    assert "«Пахнет газом»" in called.text
    assert not [post for post in olga.heard() if "🚨" in post.text]
    thread = await member.finds("№1001")
    await member.sees(thread, "⏰ Тревогу не приняли за 3 мин. Зовём лично: Анна Соколова.")
    await world.waits(minutes=3, seconds=1)
    await world.settled()
    (called,) = [post for post in olga.heard() if "🚨" in post.text]
    assert "за 6 мин" in called.text
    await resident.hears_nothing()
    await world.waits(minutes=3, seconds=1)
    told = await resident.hears("Дежурные пока не ответили")
    assert OURS in told.text.splitlines()
    await world.waits(minutes=20)
    await resident.hears_nothing()
    assert len([post for post in olga.heard() if "🚨" in post.text]) == 1
    await olga.says("Ищу, кто ближе", reply_to=called)
    await resident.hears("Ищу, кто ближе")
    await olga.presses(called, "Принято")
    await world.settled()
    assert "уже приняли" in olga.heard()[-1].text


@site
@forum
async def test_who_was_called_takes_it_in_private(resident: Resident, world: World) -> None:
    olga = await owner(world)
    await resident.settles_in()
    await resident.says("Пахнет газом")
    await resident.hears("Заявка №1001 принята")
    await world.waits(minutes=3, seconds=1)
    await world.settled()
    (called,) = [post for post in olga.heard() if "🚨" in post.text]
    await olga.presses(called, "Принято")
    await resident.hears("Ваше сообщение приняли: Ольга Миронова, администратор")
    assert await alarms(world) == [("gas", "accepted")]


@site
@forum
async def test_an_answer_stops_the_calling(
    resident: Resident, member: Member, world: World
) -> None:
    olga = await owner(world)
    await resident.settles_in()
    await resident.says("Пахнет газом")
    await resident.hears("Заявка №1001 принята")
    await member.says("Едем", await member.finds("№1001"))
    await resident.hears("Едем")
    await world.waits(minutes=10)
    await world.settled()
    assert not [post for post in olga.heard() if "🚨" in post.text]
    await resident.hears_nothing()


@site
@pytest.mark.rooms("desk")
async def test_where_nobody_can_be_called_the_resident_is_told_at_once(
    resident: Resident, world: World
) -> None:
    await resident.settles_in()
    await resident.says("Пахнет газом")
    await resident.hears("Заявка №1001 принята")
    await world.waits(minutes=3, seconds=1)
    await resident.hears("Дежурные пока не ответили")


@site
@pytest.mark.rooms("desk")
async def test_the_company_says_how_long(resident: Resident, world: World) -> None:
    await world.changes_company(
        lambda text: text.replace("  first_answer", "  alarm_minutes: 10\n  first_answer")
    )
    await resident.settles_in()
    await resident.says("Пахнет газом")
    await resident.hears("Заявка №1001 принята")
    await world.waits(minutes=9)
    await resident.hears_nothing()
    await world.waits(minutes=1, seconds=1)
    await resident.hears("Дежурные пока не ответили")


@site
@forum
async def test_an_emergency_by_its_button_wants_a_name_as_well(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка", "Авария", "Затопление")
    await resident.hears("Позвоните прямо сейчас")
    await member.presses("Принято", GENERAL)
    await resident.hears("Ваше сообщение приняли: Анна Соколова")
    assert await alarms(world) == [("flood", "accepted")]


# ── What is forgotten ────────────────────────────────────────────────────────


async def everything(world: World) -> str:
    kept = []
    for table in (Message, Ticket, Outgoing, Heard, WebPost, Thread):
        for row in await rows(world, table):
            kept += [str(value) for key, value in vars(row).items() if not key.startswith("_")]
    return "\n".join(kept)


@forum
@pytest.mark.only("web", "telegram")
async def test_words_without_consent_are_erased(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.opens()
    await resident.hears("Вы согласны?")
    await resident.says("У меня на кухне пахнет газом")
    await resident.hears("утечку газа")
    await resident.says("Садовая 5, кв. 7")
    await resident.hears("Адрес передали")
    thread = await member.finds("пахнет газом")
    await member.says("Выехали на Садовую 5, кв. 7", thread)
    await resident.hears("Выехали")
    for words in ("кухне", "Садовая 5, кв. 7", "Выехали на"):
        assert words in await everything(world)
    await world.waits(days=29)
    assert "кухне" in await everything(world)
    await world.waits(days=2)
    kept = await everything(world)
    for words in ("кухне", "кв. 7", "Выехали на"):
        assert words not in kept
    (alarm,) = await rows(world, Alarm)
    assert alarm.erased_at is not None
    assert alarm.house_id is not None
    (left,) = await rows(world, Thread)
    assert left.subject == "Пахнет газом · ул. Садовая, 5 · текст удалён"


@forum
@pytest.mark.only("telegram")
async def test_what_is_said_after_the_words_were_erased_is_erased_as_well(
    resident: Resident, world: World
) -> None:
    await resident.says("У меня на кухне пахнет газом")
    await resident.hears("утечку газа")
    await resident.says("Садовая 5, кв. 7")
    await resident.hears("Адрес передали")
    await world.waits(days=31)
    assert "кв. 7" not in await everything(world)
    await resident.says("Ключи у соседей, кв. 9")
    await resident.hears("Передали, дежурные это видят")
    await world.waits(days=29)
    assert "кв. 9" in await everything(world)
    await world.waits(days=2)
    assert "кв. 9" not in await everything(world)


@site
@pytest.mark.rooms("desk")
async def test_what_was_said_before_the_consent_is_kept(resident: Resident, world: World) -> None:
    await resident.opens("sadovaya-5")
    await resident.says("У меня на кухне пахнет газом")
    await resident.hears("утечку газа")
    await resident.says("4")
    await resident.hears("Адрес передали")
    await resident.presses("Согласен")
    await world.waits(days=40)
    assert "на кухне пахнет газом" in await everything(world)


# ── Voices ───────────────────────────────────────────────────────────────────


@pytest.mark.needs("voices")
@pytest.mark.only("telegram")
async def test_a_voice_goes_to_the_room_at_once(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.sends_voice()
    await resident.hears("Передали диспетчеру")
    thread = await member.finds("Мария")
    assert "voice" in await member.reads(thread)


@pytest.mark.needs("voices")
@pytest.mark.only("telegram")
async def test_a_voice_in_a_form_is_its_answer_besides(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.sends_voice()
    await resident.hears("Голосовое передали диспетчеру сразу")
    thread = await member.finds("Мария")
    assert "voice" in await member.reads(thread)
    await resident.presses("Лифт", "Не работает", "Отправить")
    await resident.hears("Заявка №1001")
    assert await world.count(Thread) == 1
    await member.sees(thread, "Из этого оформлена заявка №1001")
    said = [message for message in await rows(world, Message) if message.by == "resident"]
    assert len(said) == 1


@pytest.mark.needs("voices")
@pytest.mark.only("telegram")
async def test_a_voice_where_none_is_taken(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.presses("Настройки", "Изменить имя")
    await resident.sends_voice()
    await resident.hears("Голосовое передали диспетчеру сразу")
    await resident.hears("Напишите, пожалуйста, словами")
    assert "voice" in await member.reads(await member.finds("Мария"))


@pytest.mark.needs("voices")
@pytest.mark.only("telegram")
async def test_a_voice_without_consent(resident: Resident, member: Member, world: World) -> None:
    await resident.opens()
    await resident.hears("Вы согласны?")
    await resident.sends_voice()
    told = await resident.hears("Голосовое передали диспетчеру, его послушает человек")
    assert OURS in told.text.splitlines()
    await resident.hears("Вы согласны?")
    thread = await member.finds("Голосовое сообщение")
    shown = await member.reads(thread)
    assert "voice" in shown
    assert "Мария" not in shown
    await world.waits(days=31)
    (said,) = [message for message in await rows(world, Message) if message.by == "resident"]
    assert said.attachments == []


# ── What went wrong once ─────────────────────────────────────────────────────


@site
@pytest.mark.rooms("desk")
async def test_a_place_that_was_named_is_not_taken_for_the_home(
    resident: Resident, world: World
) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.says("На Сосновой 3 прорвало трубу")
    await resident.hears("Прорвало трубу. Позвоните прямо сейчас:")
    await resident.hears("ул. Сосновая, 3 — где именно?")
    await resident.hears_nothing()
    await resident.says("Заливает уже всё!")
    await resident.hears("Передали, дежурные это видят")
    await resident.hears("ул. Сосновая, 3 — где именно?")
    assert await world.count(Ticket) == 0
    await resident.says("кв. 2")
    await resident.hears("Адрес передали. Заявка №1001.")
    (ticket,) = await rows(world, Ticket)
    assert ticket.place == "ул. Сосновая, 3, кв. 2"
    assert await alarms(world) == [("burst", "")]


@site
@pytest.mark.rooms("desk")
async def test_danger_with_the_flat_of_the_house_that_was_named(
    resident: Resident, world: World
) -> None:
    await resident.settles_in()
    await resident.says("На Сосновой 3 прорвало трубу")
    await resident.hears("ул. Сосновая, 3 — где именно?")
    await resident.says("кв 5, заливает!")
    await resident.hears("Передали, дежурные это видят")
    await world.settled()
    (ticket,) = await rows(world, Ticket)
    assert ticket.place == "ул. Сосновая, 3, кв. 5"


@site
@pytest.mark.rooms("desk")
async def test_a_place_that_is_none_of_ours_stays(resident: Resident, world: World) -> None:
    await resident.opens()
    await resident.says("Пахнет газом")
    await resident.hears("Где это?")
    await resident.says("Лесная 7")
    await resident.hears("Адрес передали")
    await resident.presses("Согласен", "Садовый")
    await resident.says("4")
    await resident.hears("Как к вам обращаться?")
    assert await world.count(Ticket) == 0
    (alarm,) = await rows(world, Alarm)
    assert (alarm.house_id, alarm.exact) == (None, True)


@site
@pytest.mark.rooms("desk")
async def test_a_form_that_is_corrected_moves_its_alarm(resident: Resident, world: World) -> None:
    await resident.opens()
    await resident.presses("Согласен")
    await resident.says("Пахнет газом")
    await resident.hears("утечку газа")
    await resident.presses("Сосновый бор", "ул. Сосновая, 1", "Назад", "ул. Сосновая, 3")
    await resident.says("2")
    filed = await resident.hears("По вашему сообщению оформили заявку №1001")
    assert "ул. Сосновая, 3, кв. 2" in filed.text


@site
@forum
async def test_after_a_false_alarm_the_same_words_alarm_anew(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.says("Пахнет газом")
    await resident.hears("Заявка №1001 принята")
    await member.presses("Ложная тревога", GENERAL)
    await resident.hears("похоже, это не авария")
    await resident.says("Всё равно пахнет газом!")
    await resident.hears("Заявка №1002 принята")
    assert await alarms(world) == [("gas", "false"), ("gas", "")]
    assert in_general(world)[-1].startswith("🚨 Заявка №1002")


@forum
@pytest.mark.needs("voices")
@pytest.mark.only("telegram")
async def test_a_voice_is_heard_in_a_surge(
    resident: Resident, member: Member, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.gathering.ENOUGH_FOR_ALARM", 2)
    monkeypatch.setattr("handlers.gathering.ENOUGH_WITHOUT_CATEGORY", 2)
    people = [resident, *(world.resident(f"Сосед{n}") for n in range(2))]
    for number, each in enumerate(people):
        await each.settles_in(flat=str(number + 1), name=f"Житель {number + 1}")
    for each in people[:2]:
        await each.says("Пахнет газом в подъезде")
        await each.hears("утечку газа")
    await world.settled()
    assert "пишут 2 жителя" in in_general(world)[-1]
    before = await member.counts_threads()
    await people[1].sends_voice()
    thread = await member.finds("№1002")
    assert "voice" in await member.reads(thread)
    assert await member.counts_threads() == before + 1
    for each in (people[0], people[2]):
        await each.presses("Написать диспетчеру")
    await people[0].sends_photo("Так и было?")
    await people[2].sends_voice()
    assert "voice" in await member.reads(await member.finds("Житель 3"))


@forum
@pytest.mark.only("telegram")
async def test_an_executor_s_own_danger(resident: Resident, member: Member, world: World) -> None:
    assert world.tg is not None
    petr = world.tg.user("Пётр", 503)
    await petr.starts("")
    await petr.hears("Вы согласны")
    await resident.settles_in()
    for words in ("Лифт стоит", "Шумит лифт"):
        number = await resident.files(words)
        await member.says("/executor Пётр", await member.finds(f"№{number}"))
        await petr.hears(f"Вам заявка №{number}")
    await world.waits(hours=1)
    await petr.says("Шумит вентиляция")
    await petr.presses(await petr.hears("По какой заявке"), "Это про мой дом")
    await petr.presses(await petr.hears("Вы согласны"), "Согласен")
    await petr.presses(await petr.hears("В каком вы жилом комплексе?"), "Садовый")
    await petr.hears("Какой номер")
    await petr.says("7")
    await petr.hears("Как к вам обращаться?")
    await petr.says("Пётр")
    await petr.hears("телефон")
    await petr.presses_standing("Пропустить")
    await petr.hears("«Шумит вентиляция»")  # what they came with was kept
    await world.waits(hours=1)
    await petr.says("/cancel")
    await petr.says("У нас пахнет газом")
    asked = await petr.hears("По какой заявке")
    assert await alarms(world) == []
    await petr.presses(asked, "Это про мой дом")
    await petr.hears("утечку газа")
    assert await alarms(world) == [("gas", "")]
    assert [ticket.place for ticket in await rows(world, Ticket)][2:] == ["ул. Садовая, 5, кв. 7"]


@site
@pytest.mark.rooms("desk")
async def test_a_form_whose_home_is_gone_keeps_no_alarm_back(
    resident: Resident, world: World
) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.says("Скрипит дверь")
    await resident.presses("Шум", "Ремонт")
    await resident.says("Сверху")
    await resident.hears("Проверьте, всё ли верно")
    async with world.app.db.work() as work:
        for home in await work.session.scalars(select(Home)):
            home.until = work.now
    await resident.says("Пожар на лестнице")
    await resident.hears("Огонь или дым")
    await resident.hears("Где это?")
    await resident.says("Садовая 5, кв. 4")
    await resident.hears("Адрес передали. Заявка №1001.")
    await resident.hears("Чем помочь")
    assert await alarms(world) == [("fire", "")]


@pytest.mark.only("telegram")
@pytest.mark.rooms("desk")
async def test_a_form_of_staff_that_is_no_more_keeps_no_alarm_back(world: World) -> None:
    olga = await owner(world)
    await olga.says("/outage")
    await olga.hears("Авария или плановые работы?")
    async with world.app.db.work() as work:
        for row in await work.session.scalars(select(MemberRow)):
            row.withdrawn_at = work.now
    await olga.says("Пахнет газом")
    await olga.hears("Где это?")
    await olga.says("Садовая 5, кв. 1")
    await olga.hears("Адрес передали")
    await olga.hears("Вы согласны?")
    (alarm,) = await rows(world, Alarm)
    assert (alarm.kind, alarm.exact) == ("gas", True)


@pytest.mark.needs("edits")
@pytest.mark.only("telegram")
@pytest.mark.rooms("desk")
async def test_edits_that_tell_nothing_new(resident: Resident, world: World) -> None:
    olga = await owner(world)
    await olga.says("/outage")
    await olga.hears("Авария или плановые работы?")
    answer = await olga.says("Авария")
    await world.settled()
    await olga.edits(answer, "Авария, прорвало трубу")
    await world.settled()
    assert await alarms(world) == []
    await resident.settles_in()
    await resident.says("Пахнет газом")
    await resident.hears("Заявка №1001 принята")
    await world.waits(minutes=40)
    await resident.forgets()
    await resident.edits("Пахнет газом", "Пахнет газом")
    await resident.edits("Пахнет газом", "Очень пахнет газом")
    await resident.hears_nothing()
    assert await alarms(world) == [("gas", "")]


@pytest.mark.needs("voices")
@pytest.mark.only("telegram")
@pytest.mark.rooms("desk")
async def test_a_voice_does_not_erase_a_request(resident: Resident, world: World) -> None:
    await resident.opens("sadovaya-5")
    await resident.presses("Не даю согласия", "Заявка по дому")
    await resident.says("Лифт стоит")
    await resident.presses("Лифт", "Не работает", "Отправить")
    await resident.hears("Заявка №1001")
    await resident.sends_voice()
    await resident.hears("Голосовое передали диспетчеру, его послушает человек")
    assert await world.count(Thread) == 2
    await world.waits(days=31)
    assert "Лифт стоит" in await everything(world)


@site
async def test_an_old_button_of_an_address_keeps_the_form(
    resident: Resident, member: Member
) -> None:
    await resident.settles_in()
    await second_home(resident)
    await resident.presses("Новая заявка", "Шум", "Ремонт")
    await resident.hears("Откуда слышно?")
    await resident.says("Пожар на лестнице")
    asked = await resident.hears("По какому это адресу?")
    await member.says("/close", await member.finds("Пожар"))
    await resident.forgets()
    await resident.presses_under(asked, "ул. Садовая, 5, кв. 4")
    await resident.hears("Откуда слышно?")


@site
@pytest.mark.rooms("desk")
async def test_an_address_that_nobody_knows(resident: Resident) -> None:
    await resident.opens()
    await resident.says("Прорвало трубу, хлещет")
    await resident.hears("Где это?")
    await resident.says("не знаю")
    await resident.hears("Адреса пока нет")
    await resident.says("не знаю")
    told = await resident.hears("Передали без адреса")
    assert OURS in told.text.splitlines()
    assert "Адрес передали" not in await resident.reads()


@site
@pytest.mark.rooms("desk")
async def test_what_an_article_is_called_is_danger_when_typed(
    resident: Resident, world: World
) -> None:
    article = (
        "\narticles:\n  - {id: gas, topic: Газ, question: Пахнет газом, answer: Звоните 104.}\n"
    )
    await world.changes_company(lambda text: text + article)
    await resident.settles_in()
    await resident.presses("Вопросы и ответы")
    asked = await resident.hears("Что подсказать?")
    await resident.presses_under(asked, "Пахнет газом")
    await resident.hears("Звоните 104.")
    await resident.presses("К вопросам")
    await resident.says("Пахнет газом")
    await resident.hears("утечку газа")
    assert await alarms(world) == [("gas", "")]
