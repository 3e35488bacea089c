"""`/ban`: whoever goes too far is not heard for a while; an emergency always is."""

from __future__ import annotations

import pytest

from services.tables import Ban, Message, Ticket
from tests.support.people import Member, Resident
from tests.support.world import World

TOLD = "сообщения отсюда диспетчеру не передаём"


async def is_banned(resident: Resident, member: Member, words: str = "7 дней грубит") -> object:
    """A resident with a request whose messages are stopped; the request's thread."""
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says(f"/ban {words}", thread)
    await resident.hears("отсюда диспетчеру")
    return thread


async def test_for_seven_days(resident: Resident, member: Member, world: World) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("/ban 7 дней оскорбляет диспетчера", thread)
    told = await resident.hears(f"До 11 марта в 11:00 {TOLD}")
    assert "+7 495 000-00-02" in told.text
    shown = await member.sees(thread, "не проходят до 11 марта в 11:00 — Анна Соколова.")
    assert "Причина: оскорбляет диспетчера" in shown.text
    await resident.says("Ах так!")
    await resident.hears(TOLD)
    await resident.says("Ответьте!")
    await resident.sends_photo("вот вам")
    await resident.presses("Написать диспетчеру")
    await resident.hears_nothing()
    assert "Ах так" not in await member.reads(thread)
    await world.waits(days=1, minutes=1)
    await resident.says("Сегодня можно?")
    await resident.hears(TOLD)
    await world.waits(days=6)
    await resident.says("Лифт так и стоит")
    await member.sees(thread, "Лифт так и стоит")
    assert "оскорбляет" not in await resident.reads()


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("грубит", "до завтра в 11:00"),
        ("3 часа грубит", "до сегодня в 14:00"),
        ("30 мин. грубит", "до сегодня в 11:30"),
        ("на 2 недели: грубит", "до 18 марта в 11:00"),
        ("навсегда грубит", "без срока"),
        ("на сутки грубит", "до завтра в 11:00"),
        ("365 дней грубит", "до 4 марта 2027 в 11:00"),
    ],
)
@pytest.mark.only("web")
@pytest.mark.rooms("desk")
async def test_spans(
    resident: Resident, member: Member, world: World, words: str, until: str
) -> None:
    thread = await is_banned(resident, member, words)
    shown = await member.sees(thread, f"не проходят {until} — Анна")
    assert "Причина: грубит." in shown.text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("", "Нужна причина"),
        ("7 дней", "Нужна причина"),
        ("навсегда", "Нужна причина"),
        ("7 дней !!!", "Нужна причина"),
        ("5 попугаев грубит", "Не понял срок «5 попугаев»"),
        ("0 дней грубит", "Не понял срок «0 дней»"),
        ("7", "Не понял срок «7»"),
        ("366 дней грубит", "Не больше 365 дней"),
        ("99999999999999999999 лет грубит", "Не больше 365 дней"),
    ],
)
@pytest.mark.only("web")
async def test_what_is_wrong_is_told_and_nothing_done(
    resident: Resident, member: Member, world: World, words: str, told: str
) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says(f"/ban {words}".strip(), thread)
    await member.sees(thread, told)
    await resident.hears_nothing()
    assert await world.count(Ban) == 0


async def test_lifted_as_easily(resident: Resident, member: Member, world: World) -> None:
    thread = await is_banned(resident, member)
    await member.says("/unban", thread)
    await resident.hears("Сообщения отсюда диспетчер снова видит")
    await member.sees(thread, "Житель снова может писать — Анна Соколова.")
    await resident.says("Извините меня")
    await member.sees(thread, "Извините меня")
    await member.says("/unban", thread)
    await member.sees(thread, "Этот житель и так может писать")
    assert len(await world.audit("banned")) == 1
    assert len(await world.audit("unbanned")) == 1


async def test_who_shows_it(resident: Resident, member: Member) -> None:
    thread = await is_banned(resident, member)
    await member.says("/who", thread)
    await member.sees(thread, "🔇 Остановлен до 11 марта в 11:00, Анна Соколова: грубит")


async def test_the_last_one_counts(resident: Resident, member: Member, world: World) -> None:
    thread = await is_banned(resident, member, "навсегда грубит")
    await member.says("/ban 30 мин поговорили, обещал исправиться", thread)
    await resident.hears("До сегодня в 11:30")
    await world.waits(minutes=31)
    await resident.says("Добрый день")
    await member.sees(thread, "Добрый день")


@pytest.mark.rooms("forum")
async def test_an_executor_may_not(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.files()
    petr = await world.member("petr")
    thread = await petr.finds("№1001")
    for command in ("/ban грубит", "/unban"):
        await petr.says(command, thread)
        await petr.sees(thread, "могут диспетчер, управляющий и администратор")
    await resident.hears_nothing()
    assert await world.count(Ban) == 0
    assert [note.about for note in await world.audit("refused")] == ["/ban", "/unban"]


@pytest.mark.only("web")
@pytest.mark.rooms("forum")
async def test_in_general_it_is_unclear_whom(member: Member, world: World) -> None:
    assert world.group is not None
    for command in ("/ban грубит", "/unban"):
        await member.driver.user.says(command, chat=world.group)  # type: ignore[attr-defined]
        await world.settled()
        assert "непонятно, о какой заявке речь" in world.group.general.heard()[-1].text
    assert await world.count(Ban) == 0


# ── What goes through ────────────────────────────────────────────────────────


async def test_an_emergency_request_goes_through(
    resident: Resident, member: Member, world: World
) -> None:
    await is_banned(resident, member)
    await resident.presses("Новая заявка")
    asked = await resident.hears("Что случилось?")
    assert asked.buttons == ["🚨 Авария", "Отмена"]  # nothing else is offered
    await resident.presses("Авария", "Затопление")
    await resident.hears("Позвоните прямо сейчас")
    await resident.says("С потолка")
    thread = await member.finds("№1002")
    await member.sees(thread, "С потолка")
    assert await world.count(Ticket) == 2


async def test_words_of_danger_go_through(resident: Resident, member: Member, world: World) -> None:
    await is_banned(resident, member)
    await resident.says("В подъезде пахнет газом")
    told = await resident.hears("Позвоните прямо сейчас")
    assert "+7 495 000-00-02" in told.text
    thread = await member.finds("№1002")
    await member.sees(thread, "В подъезде пахнет газом")


async def test_a_request_begun_before_the_ban_does_not_slip_through(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await resident.presses("Новая заявка", "Лифт")
    await resident.says("Получайте ещё")
    await resident.presses("Не работает")
    await resident.hears("Проверьте, всё ли верно")
    await member.says("/ban грубит", thread)
    await resident.hears(TOLD)
    await resident.presses("Отправить")
    await world.settled()
    assert await world.count(Ticket) == 1


@pytest.mark.parametrize(
    "action",
    ["ticket/reopen/1", "ticket/add/1", "rate/5/1", "need/yes/1", "talk/to/1", "talk/call",
     "talk/new", "menu/dispatcher"],
)  # fmt: skip
@pytest.mark.only("web")
@pytest.mark.rooms("desk")
async def test_no_button_reaches_staff(
    resident: Resident, member: Member, world: World, action: str
) -> None:
    thread = await is_banned(resident, member)
    await member.says("/close", thread)
    await resident.hears("Сделали")
    before = await world.count(Message)
    await resident.forges(action)
    await resident.hears(TOLD)
    await resident.says("Слышите?")
    await resident.hears_nothing()
    assert await world.count(Message) == before


@pytest.mark.needs("edits")
@pytest.mark.rooms("desk")
async def test_an_edit_does_not_reach_staff(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.files()
    await resident.says("Ждём мастера")
    thread = await member.finds("№1001")
    await member.sees(thread, "Ждём мастера")
    await member.says("/ban грубит", thread)
    await resident.edits("Ждём мастера", "Негодяи")
    await resident.hears(TOLD)
    assert "Негодяи" not in await member.reads(thread)


async def test_a_quote_from_within_a_form_does_not_reach_staff(
    resident: Resident, member: Member
) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("На каком этаже?", thread)
    asked = await resident.hears("На каком этаже?")
    await member.says("/ban грубит", thread)
    await resident.hears(TOLD)
    await resident.presses("Новая заявка")
    await resident.quotes(asked, "Не ваше дело")
    await resident.hears(TOLD)
    assert "Не ваше дело" not in await member.reads(thread)


@pytest.mark.only("web")
async def test_an_unlisted_flat_of_the_banned_is_not_told(
    resident: Resident, member: Member, world: World
) -> None:
    await is_banned(resident, member)
    await resident.presses("Настройки", "Добавить адрес", "Садовый")
    await resident.says("999")
    await resident.presses("Моей квартиры нет в списке")
    await resident.hears("Добавили: ул. Садовая, 5, кв. 999")
    assert await member.counts_threads() == 1


async def test_what_is_ones_own_may_be_seen(resident: Resident, member: Member) -> None:
    await is_banned(resident, member)
    await resident.presses("Мои заявки", "🔧 №1001 Лифт")
    await resident.hears("Состояние: новая")
    await resident.says("/help")
    await resident.hears("Здесь можно")


async def test_only_this_resident(resident: Resident, member: Member, world: World) -> None:
    await is_banned(resident, member)
    other = world.resident("Иван")
    await other.settles_in("sosnovaya-3", "5", "Иван")
    await other.presses("Написать диспетчеру")
    await other.says("Добрый день")
    await other.hears("Передали диспетчеру")
