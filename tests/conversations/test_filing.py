"""`/new`: a member files for somebody who called, came or wrote elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from handlers.staff import filing
from services.errors import NotFound, NothingSaid, NotYours
from services.filing import FiledFor
from services.staff import as_member
from services.tables import Contact, Draft, Home, Thread, Ticket, TicketEvent
from services.tables import Resident as Person
from tests.conversations.test_access import forge
from tests.support.drivers.telegram import InGroup
from tests.support.people import Member, Resident
from tests.support.world import World

pytestmark = [pytest.mark.only("telegram"), pytest.mark.rooms("forum")]

GENERAL: Any = None
CALLER = "/new Садовая 5 кв 4, Иванова Мария, +7 912 345-67-89, течёт кран"


async def ticket_of(world: World, number: int = 1001) -> Ticket:
    await world.settled()
    async with world.app.db.session() as session:
        found = await session.scalar(select(Ticket).where(Ticket.number == number))
        assert found is not None
        return found


# ── A caller ─────────────────────────────────────────────────────────────────


async def test_a_call_becomes_a_ticket(member: Member, world: World) -> None:
    await member.says(CALLER, GENERAL)
    shown = await member.sees(GENERAL, "Проверьте и выберите вид заявки")
    for words in (
        "ул. Садовая, 5, кв. 4", "Житель: Иванова Мария", "Телефон: +7 912 345-67-89",
        "Что: течёт кран", "Обратились: по телефону",
    ):  # fmt: skip
        assert words in shown.text
    assert {"🚨 Затопление", "Сантехника", "Другое", "Отмена"} <= set(shown.buttons)
    await member.presses("Сантехника", GENERAL)
    await member.sees(GENERAL, "Заявка №1001 подана: Сантехника, ул. Садовая, 5, кв. 4.")
    await member.sees(GENERAL, "Назовите жителю номер и срок.")
    topic = await member.finds("№1001")
    card = await member.sees(topic, "Заявка №1001 · Сантехника")
    for words in (
        "ул. Садовая, 5, кв. 4 (подъезд 1, этаж 2)", "Житель: Иванова Мария", "течёт кран",
        "Принята по телефону: Анна Соколова", "Срок:",
    ):  # fmt: skip
        assert words in card.text
    ticket = await ticket_of(world)
    assert (ticket.source, ticket.status, ticket.text) == ("phone", "new", "течёт кран")
    assert (ticket.due_at - ticket.created_at).total_seconds() == 72 * 3600
    async with world.app.db.session() as session:
        event = await session.scalar(select(TicketEvent).order_by(TicketEvent.id))
        assert event is not None
        assert (event.what, event.member_id) == ("filed", ticket.filed_by)
    (noted,) = await world.audit("filed")
    assert noted.about == "ticket:1001"


async def test_the_same_phone_is_the_same_resident(member: Member, world: World) -> None:
    for words in (CALLER, "/new Садовая 5 кв 7, 8 (912) 345 67 89, шумит труба"):
        await member.says(words, GENERAL)
        await member.sees(GENERAL, "Проверьте")
        await member.presses("Сантехника", GENERAL)
    await member.sees(GENERAL, "№1002 подана")
    assert await world.count(Person) == await world.count(Contact) == 1
    assert await world.count(Home) == 2
    first, second = await ticket_of(world), await ticket_of(world, 1002)
    assert first.resident_id == second.resident_id


async def test_a_caller_is_never_taken_for_a_messengers_resident(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.opens("sadovaya-5")
    await resident.presses("Согласен")
    await resident.says("4")
    await resident.says("Мария")
    await resident.says("+7 912 345-67-89")
    await resident.hears("Чем помочь")
    await member.says(CALLER, GENERAL)
    await member.sees(GENERAL, "Проверьте")
    await member.presses("Сантехника", GENERAL)
    await member.finds("№1001")
    assert await world.count(Person) == 2
    await resident.hears_nothing()


async def test_somebody_came_without_a_phone(member: Member, world: World) -> None:
    for flat in ("4", "5"):
        await member.says(f"/new Садовая 5, {flat}, пришла, Сидорова, нет света", GENERAL)
        shown = await member.sees(GENERAL, "Телефона нет: ответить будет некуда")
        assert "Обратились: лично" in shown.text
        await member.presses("Другое", GENERAL)
    await member.sees(GENERAL, "№1002 подана")
    assert (await ticket_of(world)).source == "visit"
    assert await world.count(Person) == 2


async def test_a_letter_with_a_link(member: Member, world: World) -> None:
    await member.says(
        "/new ул. Сосновая, д. 1, кв. 12а, письмо, https://gis.example/17, шум", GENERAL
    )
    await member.sees(GENERAL, "https://gis.example/17")
    await member.presses("Шум", GENERAL)
    await member.finds("№1001")
    ticket = await ticket_of(world)
    assert (ticket.source, ticket.source_link) == ("letter", "https://gis.example/17")
    assert ticket.place == "ул. Сосновая, 1, кв. 12а"
    topic = await member.finds("№1001")
    await member.sees(topic, "Принята письмом: Анна Соколова, https://gis.example/17")


async def test_without_a_flat_it_is_about_the_common_parts(member: Member, world: World) -> None:
    await member.says("/new на Садовой 5 темно во дворе, 89123456789", GENERAL)
    shown = await member.sees(GENERAL, "Без квартиры: общее имущество дома")
    assert "Сантехника" not in shown.buttons
    await member.presses("Лифт", GENERAL)
    await member.finds("№1001 Лифт · ул. Садовая, 5")
    assert (await ticket_of(world)).flat_id is None


async def test_a_flat_the_list_lacks(member: Member, world: World) -> None:
    await member.says("/new Садовая 5 кв 99, +79123456789, течёт", GENERAL)
    shown = await member.sees(GENERAL, "ул. Садовая, 5, кв. 99")
    assert "⚠️ В доме ул. Садовая, 5 нет квартиры 99. Записать всё равно?" in shown.text
    await member.presses("Сантехника", GENERAL)
    await member.finds("№1001 Сантехника · ул. Садовая, 5, кв. 99")


async def test_a_call_without_a_number_is_asked_about(member: Member) -> None:
    await member.says("/new Садовая 5 кв 98, Иванова, течёт", GENERAL)
    shown = await member.sees(GENERAL, "Проверьте")
    assert (
        "⚠️ В доме ул. Садовая, 5 нет квартиры 98. Номера телефона нет: перезвонить жителю будет "
        "некуда. Записать всё равно?"
    ) in shown.text
    await member.says("/new Садовая 5 кв 4, Иванова, +79123456789, течёт", GENERAL)
    shown = await member.sees(GENERAL, "Телефон: +7 912")
    assert "Записать всё равно" not in shown.text


async def test_an_emergency_alarms_the_room(member: Member) -> None:
    await member.says(CALLER, GENERAL)
    await member.sees(GENERAL, "Проверьте")
    await member.presses("🚨 Затопление", GENERAL)
    topic = await member.finds("🚨")
    await member.sees(topic, "Принята по телефону: Анна Соколова")
    await member.sees(GENERAL, "🚨 Заявка №1001 · Затопление")


async def test_members_have_no_limit(member: Member) -> None:
    for n in range(1, 12):
        await member.says(CALLER, GENERAL)
        await member.sees(GENERAL, "Проверьте")
        await member.presses("Другое", GENERAL)
        await member.sees(GENERAL, f"№{1000 + n} подана")


# ── What is missing ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("/new", "Напишите одной строкой адрес"),
        ("/new Невская 4, течёт кран", "Какой это дом?"),
        ("/new течёт кран", "Какой это дом?"),
        ("/new Садовая 5 кв 4, Иванова Мария, +7 912 345-67-89", "Адрес вижу, а что случилось?"),
    ],
)
async def test_what_is_missing_is_asked_in_a_sentence(
    member: Member, world: World, typed: str, answer: str
) -> None:
    await member.says(typed, GENERAL)
    said = await member.sees(GENERAL, answer)
    assert "/new Садовая 5 кв 12" in said.text
    assert await world.count(Draft) == 0


async def test_it_is_dropped(member: Member, world: World) -> None:
    await member.says(CALLER, GENERAL)
    await member.sees(GENERAL, "Проверьте")
    await member.presses("Отмена", GENERAL)
    await member.sees(GENERAL, "Не подаю.")
    await member.presses("Сантехника", GENERAL)
    await member.sees(GENERAL, "Эта заявка уже подана или отменена.")
    assert await world.count(Ticket) == 0


async def test_left_for_a_day_it_is_forgotten(member: Member, world: World) -> None:
    await member.says(CALLER, GENERAL)
    await member.sees(GENERAL, "Проверьте")
    await world.waits(hours=25)
    async with world.app.db.session() as session:
        assert await session.scalar(select(Draft.content)) == {}
    await member.presses("Сантехника", GENERAL)
    await member.sees(GENERAL, "Эта заявка уже подана или отменена.")
    assert await world.count(Ticket) == 0


async def test_pressed_twice_it_is_filed_once(member: Member, world: World) -> None:
    await member.says(CALLER, GENERAL)
    await member.sees(GENERAL, "Проверьте")
    await member.presses("Сантехника", GENERAL)
    await member.presses("Другое", GENERAL)
    await member.sees(GENERAL, "Эта заявка уже подана или отменена.")
    assert await world.count(Ticket) == 1


async def test_a_colleagues_draft_is_not_yours(member: Member, world: World) -> None:
    await member.says(CALLER, GENERAL)
    await member.sees(GENERAL, "Проверьте")
    petr = await world.member("petr")
    await petr.presses("Сантехника", GENERAL)
    await member.sees(GENERAL, "Эту заявку записывает коллега, кнопку нажимает он сам.")
    assert await world.count(Ticket) == 0
    assert [row.about for row in await world.audit("refused")] == ["staff/file/102"]


@pytest.mark.parametrize("action", ["staff/file/150", "staff/file/999999900", "staff/file/x"])
async def test_a_forged_press(
    resident: Resident, member: Member, world: World, action: str
) -> None:
    await resident.settles_in()
    await resident.files()
    await member.says(CALLER, GENERAL)
    await member.sees(GENERAL, "Проверьте")
    assert isinstance(member.driver, InGroup)
    await forge(world, member.driver.user, action)
    await member.sees(GENERAL, "ичего не сделано")
    assert await world.count(Ticket) == 1


# ── For the resident of a thread ─────────────────────────────────────────────


async def test_a_conversation_becomes_a_ticket(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await resident.says("У нас вторую неделю капает кран")
    topic = await member.finds("Мария")
    await member.says("/new", topic)
    shown = await member.sees(topic, "Проверьте и выберите")
    assert "Житель: Мария" in shown.text
    await member.presses("Сантехника", topic)
    await member.sees(topic, "Разговор стал заявкой №1001 — Анна Соколова.")
    await member.sees(topic, "Заявка №1001 · Сантехника")
    assert await member.counts_threads() == 1
    ticket = await ticket_of(world)
    assert ticket.text == "У нас вторую неделю капает кран"
    heard = await resident.hears("Записали с ваших слов: Сантехника, ул. Садовая, 5, кв. 4.")
    assert "Заявка №1001 принята" in heard.text
    await member.says("Мастер будет завтра", topic)
    await resident.hears("Мастер будет завтра")


async def test_one_more_ticket_for_the_same_resident(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.files()
    topic = await member.finds("№1001")
    await member.says("/new ещё и домофон молчит", topic)
    await member.sees(topic, "Что: ещё и домофон молчит")
    await member.presses("Другое", topic)
    await member.sees(topic, "Заявка №1002 подана: Другое, ул. Садовая, 5, кв. 4.")
    assert await member.counts_threads() == 2
    first, second = await ticket_of(world), await ticket_of(world, 1002)
    assert first.resident_id == second.resident_id
    await resident.hears("Заявка №1002 принята")


async def test_at_the_desk_in_a_thread(resident: Resident, member: Member, world: World) -> None:
    await resident.settles_in()
    await resident.files()
    await member.finds("№1001")
    desk = await world.member("anna", at_desk=True)
    thread = await desk.finds("№1001")
    await desk.says("/new и домофон молчит", thread)
    post = (await desk.sees(thread, "Проверьте и выберите вид заявки")).raw
    actions = {b["label"]: b["action"] for row in post["buttons"] for b in row}
    await desk.driver.forge(thread, actions["Другое"])  # type: ignore[attr-defined]
    await desk.sees(thread, "Заявка №1002 подана")
    await member.finds("№1002 Другое")


async def test_only_who_was_not_spoken_to_waits_for_an_answer(member: Member, world: World) -> None:
    for n, how in enumerate(("звонок", "письмо"), 1):
        await member.says(f"/new Садовая 5 кв 4, +7912345678{n}, {how}, течёт", GENERAL)
        await member.sees(GENERAL, "Проверьте")
        await member.presses("Сантехника", GENERAL)
        await member.sees(GENERAL, f"№100{n} подана")
    async with world.app.db.session() as session:
        threads = list(await session.scalars(select(Thread).order_by(Thread.id)))
    assert [thread.waits_since is not None for thread in threads] == [False, True]


# ── The desk's form ──────────────────────────────────────────────────────────


async def test_the_form_of_the_desk_refuses_what_is_not_there(member: Member, world: World) -> None:
    anna = await the_member(world, "anna")
    cases: list[tuple[FiledFor, type[Exception], str]] = [
        (FiledFor(text="x", category="other", house_id=999), NotFound, "Какой это дом?"),
        (FiledFor(text="x", category="nothing", house_id=1), NotFound, "Такого вида заявки"),
        (FiledFor(text=" ", category="other", house_id=1, flat="4"), NothingSaid, "что случилось?"),
        (FiledFor(text="x", category="other", thread_id=77), NotYours, "другая группа"),
    ]
    for wanted, kind, answer in cases:
        async with world.app.db.work() as work:
            with pytest.raises(kind) as refused:
                await filing.file_form(work, as_member(anna), "a form", wanted)
        assert answer in filing.refusal(refused.value)  # type: ignore[arg-type]
    assert await world.count(Thread) == 0


async def the_member(world: World, code: str) -> Any:
    from services.tables import Member as Row

    async with world.app.db.session() as session:
        return await session.scalar(select(Row).where(Row.code == code))
