"""Reminders of debts: the accountant reminds, the resident answers by a button, staff settle it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from services.tables import AccountMark, Message, Outgoing, Reminder, Thread
from tests.conversations.test_mailings import FORUM, forge
from tests.conversations.test_outages import General, in_general, in_private, kept
from tests.support.holders import NUMBER, holds, knows_account
from tests.support.people import Member, Resident
from tests.support.world import World

JANUARY = date(2026, 1, 1)
SUM = "4 512,30"


async def debtor(world: World, **balance: object) -> int:
    account = await knows_account(world.app.db, **{"month": JANUARY, **balance})
    await holds(world.app.db, account)
    return account


async def write(olga: General, *answers: str) -> str:
    """From the command to the preview."""
    await olga.says("/debts")
    return await olga.presses(
        *(answers or ("Просрочено", "Любая", "Неважно", "Все дома", "Мягко", "Оставить этот текст"))
    )


@FORUM[0]
@FORUM[1]
async def test_from_the_command_to_the_answer(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await debtor(world)
    await resident.forgets()
    olga = in_private(world)
    await olga.user.starts()
    assert "О чём напомнить?" in await olga.says("/debts")
    await olga.presses("Просрочено", "Любая", "Неважно", "Все дома", "Мягко")
    preview = await olga.presses("Оставить этот текст")
    for words in (
        "Кому: просрочено; все дома.",
        "Получит 1 человек: Telegram — 1. Счетов: 1.",
    ):
        assert words in preview, preview
    assert "Всего по этим счетам" not in preview
    sample = olga.lines()[-2]
    assert "Мария Петровна! По адресу ул. Садовая, 5, кв. 12" in sample.text
    assert "Это образец" in await olga.presses("Уже оплачено")
    await resident.hears_nothing()
    assert "Напоминание идёт" in await olga.presses("Отправить сейчас")
    heard = await resident.hears("остались неоплаченные квитанции")
    assert heard.buttons == [
        "Лицевой счёт", "Уже оплачено", "Нужна рассрочка", "Не согласен",
        "Не присылать напоминания",
    ]  # fmt: skip
    assert "512" not in heard.text
    await resident.presses("Лицевой счёт")
    assert SUM[-3:] in (await resident.hears("512")).text
    await world.waits(seconds=70)
    told = await olga.reads()
    assert "Напоминание отправлено" in told
    assert "Открыли «Лицевой счёт»: 1 из 1 (100 %)" in told
    assert "доставлено 1 из 1" in await olga.says("/debts")


@pytest.mark.rooms("forum", "desk")
async def test_not_agreed(resident: Resident, member: Member, world: World) -> None:
    """Also from the account's own screen. Staff read neither sum nor number."""
    await resident.settles_in()
    account = await debtor(world)
    await resident.forgets()
    await resident.says("Лицевой счёт")
    await resident.presses("Не согласен с суммой")
    await resident.hears("Пока разбираемся, напоминать не будем")
    thread = await member.finds("Не согласен с суммой")
    await resident.says("Показания перепутали")
    await member.sees(thread, "Житель не согласен с суммой. Напоминания остановлены")
    await member.sees(thread, "Адрес по счёту: ул. Садовая, 5, кв. 4")
    await member.sees(thread, "Показания перепутали")
    await resident.says("Лицевой счёт")
    await resident.presses("Не согласен с суммой")
    await resident.hears("Мы уже разбираемся")
    async with world.app.db.session() as session:
        assert len(list(await session.scalars(select(AccountMark)))) == 1
        room = await session.scalars(select(Outgoing.body).where(Outgoing.room_id.is_not(None)))
        lines = await session.scalars(select(Message.text))
        subjects = await session.scalars(select(Thread.subject))
        told = str([*room, *lines, *subjects])
    assert NUMBER not in told
    assert "512" not in told
    assert account
    await member.says("/dispute нет", thread)
    await member.sees(thread, "разобрались. Если долг останется")
    assert [mark.ended_at is None for mark in await kept(world, AccountMark)] == [False]


@FORUM[0]
@FORUM[1]
async def test_paid_and_instalment_stop_it_at_once(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await debtor(world)
    await resident.forgets()
    olga = in_private(world)
    await olga.user.starts()
    await write(olga)
    await olga.presses("Отправить сейчас")
    await resident.hears("остались неоплаченные квитанции")
    await resident.presses("Нужна рассрочка")
    await resident.hears("напоминать пока не будем")
    thread = await member.finds("Нужна рассрочка")
    await member.presses("На 3 месяца", thread)
    await member.sees(thread, "рассрочка до 04.06.2026 включительно")
    await member.says("/instalment 31.12", thread)
    await member.sees(thread, "рассрочка до 31.12.2026 включительно")
    await world.waits(hours=25)
    preview = await write(
        olga, "Новое напоминание", "Просрочено", "Любая", "Неважно", "Все дома", "Просто",
        "Оставить этот текст",
    )  # fmt: skip
    assert "Получать некому" in preview
    assert "рассрочка — 1" in preview
    assert "Получать некому, поэтому ничего не отправил" in await olga.presses("Отправить сейчас")
    await member.presses("Разобрались", thread)
    await member.sees(thread, "Это уже сделано")
    await member.says("/instalment нет", thread)
    await member.sees(thread, "разобрались")
    await olga.presses("Отправить сейчас")
    await resident.hears("есть просроченная оплата")


@FORUM[0]
@FORUM[1]
async def test_a_text_of_ones_own(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await debtor(world, month=date(2026, 2, 1))
    await resident.forgets()
    olga = in_private(world)
    await olga.user.starts()
    await olga.says("/debts")
    await olga.presses("Оплатить к сроку", "Любая", "Все дома", "Мягко")
    assert "долгом и просрочкой это не называем" in await olga.says("У вас долг!")
    assert "Не знаю, что подставить вместо {фио}" in await olga.says("Здравствуйте, {фио}!")
    assert "Уберите {sum}" in await olga.says("Заплатите {sum} до {date}.")
    preview = await olga.says("Оплатите до {date}, пожалуйста.")
    assert "Получит 1 человек" in preview
    await olga.presses("Изменить", "Сумма")
    assert "Не понял сумму" in await olga.says("много")
    assert "от 5 000,00" in (await olga.says("5000")).replace("\xa0", " ")
    assert "Получать некому" in await olga.reads()
    await olga.presses("Изменить", "Сумма", "Любая", "Отправить сейчас")
    await resident.hears("Оплатите до 15.03.2026, пожалуйста.")
    assert len(await kept(world, Reminder)) == 1


@FORUM[0]
@FORUM[1]
async def test_monthly_pause_and_stop(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await debtor(world)
    await resident.forgets()
    olga = in_private(world)
    await olga.user.starts()
    await write(olga)
    await olga.presses("Каждый месяц")
    told = await olga.says("завтра в 23:00")
    assert "потом каждый месяц 5-го числа" in told
    await world.waits(hours=36)
    await resident.hears_nothing()
    assert "Осталось 1: пойдёт" in await olga.reads()
    assert "Напоминание на паузе" in await olga.presses("Пауза")
    await world.waits(hours=10)
    await resident.hears_nothing()
    await olga.presses("Остановить")  # the morning's summary stands below
    assert any("Напоминание остановлено" in line.text for line in olga.lines())
    await resident.hears_nothing()
    states = [(each.state, each.repeats) for each in await kept(world, Reminder)]
    assert states == [("scheduled", "monthly"), ("stopped", "")]


@pytest.mark.rooms("desk")
async def test_forged_presses(resident: Resident, world: World) -> None:
    """Somebody else's account and reminder."""
    await resident.settles_in()
    account = await debtor(world)
    stranger = world.resident("Чужой")
    await stranger.settles_in("sosnovaya-1", "2", "Чужой")
    before = len(await world.audit("refused"))
    actions = [
        f"owe/{what}/{account}" for what in ("paid", "instalment", "dispute")
    ] + [f"owe/{what}/1" for what in ("account", "settled", "parts", "disagree")] + [
        "owe/dispute/999999", "owe/explode/1", "owe/dispute/x",
    ]  # fmt: skip
    for action in actions:
        await stranger.forges(action)
    await world.settled()
    refused = (await world.audit("refused"))[before:]
    assert [note.about for note in refused] == actions
    assert await kept(world, AccountMark) == []


@FORUM[0]
@FORUM[1]
async def test_only_the_accountant(resident: Resident, member: Member, world: World) -> None:
    await resident.settles_in()
    anna = in_general(world)
    assert "отправляют управляющие и администраторы" in await anna.says("/debts")
    olga = in_private(world)
    await olga.user.starts()
    await write(olga)
    (reminder,) = await kept(world, Reminder)
    await forge(world, anna, f"staff/debtsend/{reminder.id}")
    await world.waits(seconds=1)
    assert (await kept(world, Reminder))[0].state == "draft"


@FORUM[0]
@FORUM[1]
async def test_never_in_a_group(resident: Resident, world: World) -> None:
    """Colleagues read along there who are not to count what residents owe."""
    await resident.settles_in()
    await debtor(world)
    await resident.forgets()
    olga = in_private(world)
    await olga.user.starts()
    await write(olga)
    (reminder,) = await kept(world, Reminder)
    there = in_general(world, "Ольга", 501)
    assert "Долги — не для группы" in await there.says("/debts")
    assert there.lines()[-1].buttons == []
    before = len(there.lines())
    for what in ("", "new", "send", "plan", "monthly", "edit", "hold", "go", "stop", "sample"):
        await forge(world, there, f"staff/debt{what}/{reminder.id}")
    await world.settled()
    assert {line.text for line in there.lines()[before:]} == {there.lines()[-1].text}
    assert "Долги — не для группы" in there.lines()[-1].text
    assert [each.state for each in await kept(world, Reminder)] == ["draft"]
    await resident.hears_nothing()


@FORUM[0]
@FORUM[1]
async def test_said_again_after_the_talk_was_closed(
    resident: Resident, member: Member, world: World
) -> None:
    """Staff closed it without settling the mark: it is before them once more."""
    await resident.settles_in()
    await debtor(world)
    await resident.forgets()
    await resident.says("Лицевой счёт")
    await resident.presses("Не согласен с суммой")
    await resident.hears("Пока разбираемся")
    await member.finds("Не согласен с суммой")
    async with world.app.db.work() as work:
        (thread,) = list(await work.session.scalars(select(Thread)))
        thread.state = "closed"
    await resident.says("Лицевой счёт")
    await resident.presses("Не согласен с суммой")
    await resident.hears("Мы уже разбираемся")
    (mark,) = await kept(world, AccountMark)
    threads = {each.id: each.state for each in await kept(world, Thread)}
    assert threads[mark.thread_id] == "open"
