"""Incidents: neighbours write about the same, the room makes one problem of it, residents join by a
tap, hear of it together, and say for themselves where it is not solved."""

from __future__ import annotations

from sqlalchemy import select

from services.tables import Incident, Outage, Ticket
from tests.conversations.test_outages import FORUM, General, in_general, kept
from tests.support.people import Member, Resident, both
from tests.support.world import World

OFFER = "Лифт: 3 заявки"


async def neighbour(world: World, flat: str, *, house: str = "sadovaya-5") -> Resident:
    resident = world.resident(f"Житель{flat}")
    await resident.settles_in(house, flat, f"Житель{flat}")
    return resident


async def three(world: World) -> list[Resident]:
    """Of one house, about the lift, within a minute."""
    people = []
    for flat in ("4", "5", "6"):
        resident = await neighbour(world, flat)
        await resident.files(f"Лифт стоит, кв. {flat}")
        people.append(resident)
    for resident in people:
        await resident.forgets()
    return people


async def opened(world: World, anna: General) -> list[Resident]:
    """An incident of three, until 18:00."""
    people = await three(world)
    await anna.presses("Это одна проблема")
    await anna.says("до 18:00")
    for resident in people:
        await resident.hears("примерно до 18:00")
    return people


def post(anna: General) -> str:
    """The incident's post, as it stands now."""
    found = [line for line in anna.lines() if line.text.startswith(("🔧", "✅ Авария"))]
    assert len(found) == 1, [line.text for line in anna.lines()]
    return str(found[0].text)


async def tickets(world: World) -> list[Ticket]:
    async with world.app.db.session() as session:
        return list(await session.scalars(select(Ticket).order_by(Ticket.id)))


@FORUM[0]
@FORUM[1]
async def test_from_the_offer_to_the_end(world: World) -> None:
    anna = in_general(world)
    people = await three(world)
    offer = next(line for line in reversed(anna.lines()) if OFFER in line.text)
    assert "ул. Садовая, 5" in offer.text
    assert "• №1003 ул. Садовая, 5, кв. 6: Лифт стоит, кв. 6" in offer.text
    assert offer.buttons == ["Это одна проблема", "Нет, разные"]
    # One tap makes it, and those who wrote know.
    asked = await anna.presses("Это одна проблема")
    assert "До скольки примерно?" in asked
    for resident in people:
        heard = await resident.hears("О том же пишут ваши соседи")
        assert "Авария № 1 · ул. Садовая, 5 · Лифт" in heard.text
    assert "примерно до 18:00. Узнают 3 жителя." in await anna.says("до 18:00")
    for resident in people:
        await resident.hears("должны закончить примерно до 18:00")
    # Who writes next is asked, and joins by a tap: no topic, only the counter.
    late = await neighbour(world, "7")
    await late.forgets()
    await late.says("Лифт опять не работает")
    line = await late.hears("Мы об этом знаем: авария № 1, лифт, ул. Садовая, 5. Чиним примерно до")
    assert "У вас то же самое?" in line.text
    assert line.buttons == ["Да, у меня то же", "Нет, другое"]
    before = len(world.group.topics) if world.group else 0
    await late.presses("Да, у меня то же")
    taken = await late.hears("Добавили вас к аварии № 1")
    assert "Заявка №1004" in taken.text
    await world.waits(seconds=15)
    assert "4 заявки" in post(anna)
    assert "№1004 ул. Садовая, 5, кв. 7: Лифт опять не работает" in post(anna)
    assert world.group is not None
    assert len(world.group.topics) == before
    # It stands in their own list.
    await late.says("Мои заявки")
    await late.presses("🔧 №1004 Лифт")
    await late.hears("Авария № 1: примерно до 18:00")
    # One message to all.
    everybody = [*people, late]
    for resident in everybody:
        await resident.forgets()
    await anna.presses("Написать всем")
    preview = await anna.says("Мастер уже в машинном отделении.")
    assert "Уйдёт каждому, 4 жителя" in preview
    assert "получат 4 жителя" in await anna.presses("Отправить")
    for resident in everybody:
        await resident.hears("Мастер уже в машинном отделении.")
    # Closing closes all; each may say that it is not solved.
    await anna.presses("Закрыть")
    told = await anna.says("Заменили плату")
    assert "Авария № 1 закрыта. Закрываем 4 заявки" in told
    await world.chores_done()
    for resident in everybody:
        over = await resident.hears("Авария № 1 устранена. Заменили плату.")
        assert over.buttons == ["1", "2", "3", "4", "5", "Не решено"]
    assert {ticket.status for ticket in await tickets(world)} == {"done"}
    await late.presses("Не решено")
    await late.hears("Заявка снова открыта")
    states = {ticket.number: ticket.status for ticket in await tickets(world)}
    assert states == {1001: "done", 1002: "done", 1003: "done", 1004: "in_progress"}
    assert (await tickets(world))[3].incident_id is None
    await world.waits(seconds=15)
    assert "«Не решено»: 1" in post(anna)
    member = await world.member("anna")
    topic = await member.finds("№1004")
    await member.sees(topic, "Была в аварии № 1")
    shown = await member.reads(topic)
    assert shown.index("Лифт опять не работает") < shown.index("Житель говорит «Не решено»")


@FORUM[0]
@FORUM[1]
async def test_made_once_by_two_members(world: World) -> None:
    anna, olga = in_general(world), in_general(world, "Ольга", 501)
    people = await three(world)
    offer = next(line for line in reversed(anna.lines()) if OFFER in line.text)
    label = "Это одна проблема"
    await both(anna.user.presses(offer, label), olga.user.presses(offer, label))
    await world.settled()
    assert any("Это уже сделано" in line.text for line in anna.lines())
    made = [line.text for line in anna.lines() if "заведена: 3 заявки" in line.text]
    assert len(made) == 1
    await people[0].hears("О том же пишут ваши соседи")
    await people[0].hears_nothing()
    assert len(await kept(world, Incident)) == 1


@FORUM[0]
@FORUM[1]
async def test_different_problems_stay_different(world: World) -> None:
    anna = in_general(world)
    people = await three(world)
    await anna.presses("Нет, разные")
    await world.waits(seconds=3)
    assert any("Разные проблемы — Анна Соколова" in line.text for line in anna.lines())
    await people[0].hears_nothing()
    late = await neighbour(world, "7")
    await late.files("И у нас лифт")
    await world.settled()
    assert not any("Это одна проблема" in line.buttons for line in anna.lines())
    assert [ticket.incident_id for ticket in await tickets(world)] == [None] * 4


@FORUM[0]
@FORUM[1]
async def test_a_different_problem_goes_its_own_way(world: World) -> None:
    anna = in_general(world)
    await opened(world, anna)
    late = await neighbour(world, "7")
    await late.forgets()
    # In the form, before any other question.
    await late.presses("Новая заявка")
    await late.says("Лифт царапает двери")
    await late.presses("Лифт")
    line = await late.hears("Мы об этом знаем: авария № 1")
    assert "Да, у меня то же" in line.buttons
    await late.presses("Нет, другое", "Шумит", "Отправить")
    assert await late.gets_number() == "1004"
    member = await world.member("anna")
    topic = await member.finds("№1004")
    card = await member.sees(topic, "Лифт царапает двери")
    assert "К аварии № 1" in card.buttons
    # A word of their own outside of a form, and it is not asked of again.
    other = await neighbour(world, "8")
    await other.forgets()
    await other.says("Лифт не работает")
    await other.presses("Нет, другое")
    await other.presses("Да, заявка: Лифт")
    await other.presses("Отправить")
    assert await other.gets_number() == "1005"
    assert [ticket.incident_id for ticket in await tickets(world)][3:] == [None, None]
    # A member knows better.
    await member.presses("К аварии № 1", topic)
    await member.sees(topic, "Заявка теперь в аварии № 1.")
    assert [ticket.incident_id for ticket in await tickets(world)][3:] == [1, None]


async def test_joined_in_the_form_on_every_messenger(resident: Resident, world: World) -> None:
    await resident.settles_in()
    async with world.app.db.work() as work:
        from tests.services.incident_steps import make_incident

        await make_incident(work, "sadovaya-5", "elevator", "Лифт")
    await resident.presses("Новая заявка")
    await resident.says("Стоит на третьем этаже")
    await resident.presses("Лифт")
    await resident.hears("Мы об этом знаем: авария № ")
    await resident.says("да")
    await resident.hears("Добавили вас к аварии № ")
    await resident.says("Лифт не работает")  # more of it goes to the request they have
    await resident.hears("Добавили к заявке")


@FORUM[0]
@FORUM[1]
async def test_danger_comes_first(world: World) -> None:
    anna = in_general(world)
    await opened(world, anna)
    late = await neighbour(world, "7")
    await late.forgets()
    await late.says("Застряли в лифте, помогите")
    heard = await late.hears("Заявка №1004")
    assert "Мы об этом знаем" not in heard.text
    assert (await tickets(world))[3].incident_id is None


@FORUM[0]
@FORUM[1]
async def test_in_a_thread_and_by_the_list(world: World) -> None:
    anna = in_general(world)
    assert "Открытых аварий нет" in await anna.says("/incidents")
    first = await neighbour(world, "4")
    await first.files("Лифт стоит")
    await first.forgets()
    member = await world.member("anna")
    topic = await member.finds("№1001")
    await member.says("/incident до 18:00", topic)
    await member.sees(topic, "Авария № 1 заведена: 1 заявка.")
    told = await first.hears("Чиним примерно до 18:00")
    assert "Похоже, это касается всего дома." in told.text  # no neighbour has written of it yet
    assert "примерно до 18:00" in post(anna)
    await member.says("/incident", topic)
    await member.sees(topic, "Открыта: сегодня в 11:00, Анна Соколова")
    assert "Аварии сейчас" in await anna.says("/аварии")
    assert "Открыта:" in await anna.presses("№ 1 ул. Садовая, 5 · Лифт · 1")
    # An answer to its post goes to everybody in it.
    line = next(line for line in anna.lines() if line.text.startswith("🔧"))
    await anna.user.says("Едем", chat=anna.chat, reply_to=line)
    assert "получит 1 житель" in await anna.reads()
    await first.hears("Едем")
    # Only words go to all, and what was said stays: neither is silently lost.
    await anna.user.sends_photo(chat=anna.chat, reply_to=line)
    assert "ответить только словами: фото никому не ушло" in await anna.reads()
    sent = await anna.user.says("Мастер у вас", chat=anna.chat, reply_to=line)
    await first.hears("Мастер у вас")
    await anna.user.edits(sent, "Мастер в подъезде")
    assert "Правка никому не ушла." in await anna.reads()
    await first.hears_nothing()


@FORUM[0]
@FORUM[1]
async def test_a_term_said_where_another_request_joins(world: World) -> None:
    anna = in_general(world)
    [first, *_] = await opened(world, anna)
    other = await neighbour(world, "7")
    await other.forgets()
    await other.presses("Новая заявка")
    await other.says("Лифт гудит")
    await other.presses("Лифт", "Нет, другое", "Шумит", "Отправить")
    assert await other.gets_number() == "1004"
    await other.presses("Новая заявка")
    await other.says("Стучат по ночам")
    await other.presses("Другое", "Отправить")
    assert await other.gets_number() == "1005"
    member = await world.member("anna")
    # That is no part of what the lift has.
    topic = await member.finds("№1005")
    await member.says("/incident 1", topic)
    await member.sees(topic, "другого вида: в эту аварию её не добавить")
    await first.forgets()
    topic = await member.finds("№1004")
    await member.says("/incident до 19:00", topic)
    await member.sees(topic, "Заявка теперь в аварии № 1.")
    await member.sees(topic, "примерно до 19:00. Узнают 4 жителя.")
    await first.hears("должны закончить примерно до 19:00")
    await other.hears("должны закончить примерно до 19:00")


@FORUM[0]
@FORUM[1]
async def test_answered_by_a_word(world: World) -> None:
    anna = in_general(world)
    await opened(world, anna)
    late, other = await neighbour(world, "7"), await neighbour(world, "8")
    for resident in (late, other):
        await resident.forgets()
        await resident.says("Лифт не работает")
        await resident.hears("У вас то же самое?")
    await late.says("Да!")
    await late.hears("Добавили вас к аварии № 1")
    await other.says("нет")
    await other.presses("Да, заявка: Лифт")
    assert [ticket.incident_id for ticket in await tickets(world)] == [1] * 4


@FORUM[0]
@FORUM[1]
async def test_told_to_the_house_and_ended_with_it(world: World) -> None:
    anna = in_general(world)
    people = await opened(world, anna)
    for resident in people:
        await resident.forgets()
    await anna.presses("Сообщить дому")
    preview = await anna.presses("Весь дом", "Пропустить")
    assert "Лифт не работает" in preview
    assert "18:00" in preview
    await anna.presses("Отправить сейчас")
    await people[0].hears("Лифт не работает")
    outage = (await kept(world, Outage))[0]
    assert (await kept(world, Incident))[0].outage_id == outage.id
    await anna.presses("Дали, всё работает")
    assert any("Авария № 1 ещё открыта" in line.text for line in anna.lines())
    await anna.presses("Закрыть аварию № 1", "Пропустить")
    await world.chores_done()
    await people[0].hears("Авария № 1 устранена.")


@FORUM[0]
@FORUM[1]
async def test_who_may_not(world: World, member: Member) -> None:
    anna, petr = in_general(world), in_general(world, "Пётр", 503)
    await three(world)
    assert "Аварии ведут диспетчеры" in await petr.presses("Это одна проблема")
    assert "Аварии ведут диспетчеры" in await petr.says("/incidents")
    assert "До скольки примерно?" in await anna.presses("Это одна проблема")
    assert "Не понял время" in await anna.says("когда-нибудь")
    assert "Это время уже прошло" in await anna.says("сегодня в 9")
    assert "срок пока не знаем" in await anna.presses("Пока не знаем")


@FORUM[0]
@FORUM[1]
async def test_the_list_for_recalculation(world: World) -> None:
    anna, olga = in_general(world), in_general(world, "Ольга", 501)
    assert "получают управляющие" in await anna.says("/hours")
    assert "объявленных отключений нет" in await olga.says("/hours")
    await anna.says("/outage")
    await anna.presses(
        "Авария", "Холодная вода", "Садовая, 5", "Дальше", "Весь дом", "Через 4 часа",
        "Пропустить", "Отправить сейчас",
    )  # fmt: skip
    await world.waits(hours=6, minutes=30)
    await anna.presses("Дали, всё работает")
    told = await olga.says("/часы март")
    assert "Отключения за март 2026" in told
    assert "• ул. Садовая, 5: холодная вода — 6 ч 30 мин, сверх 2 ч 30 мин" in told
    assert "плата меньше на 0,3 %" in told
    assert "Перерасчёт 2026-03.xlsx" in str(vars(olga.lines()[-1]))
    assert "объявленных отключений нет" in await olga.says("/hours март Сосновая 1")
    assert "Этот месяц ещё впереди" in await olga.says("/hours 01.04.2026-30.04.2026")


@FORUM[0]
@FORUM[1]
async def test_pressed_twice_and_after_the_end(world: World) -> None:
    anna = in_general(world)
    await opened(world, anna)
    late, later = await neighbour(world, "7"), await neighbour(world, "8")
    for resident in (late, later):
        await resident.forgets()
        await resident.says("Лифт не работает")
        await resident.hears("Мы об этом знаем: авария № 1")
    line = await late.last()
    await late.presses_under(line, "Да, у меня то же")
    await late.hears("Добавили вас к аварии № 1")
    await late.presses_under(line, "Да, у меня то же")
    await late.hears("Вы уже в этой аварии. Чиним примерно до 18:00.")
    assert len(await tickets(world)) == 4
    # The term is over: the room is asked once, residents are promised nothing any more.
    await world.waits(hours=7, minutes=5)
    assert "обещали закончить сегодня в 18:00" in await anna.reads()
    await world.waits(minutes=30)
    asked = [each for each in anna.lines() if "обещали закончить" in each.text]
    assert len(asked) == 1
    await late.hears_nothing()
    await anna.presses("Закрыть", "Пропустить")
    await world.chores_done()
    await later.presses("Да, у меня то же")
    await later.hears("Эту аварию уже закрыли.")
    await later.presses("Да, заявка: Лифт")  # the words are kept
