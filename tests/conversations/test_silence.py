"""A resident who does not answer is asked once; and the clock that asks."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from services.tables import Contact, Ticket
from tests.conversations.test_closing import tickets
from tests.support.people import Member, Resident
from tests.support.world import World


async def waits_for_answer(resident: Resident, member: Member) -> object:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("/status ждёт", thread)
    await resident.hears("Ждём вашего ответа")
    return thread


async def test_a_silent_resident_is_asked_once(
    resident: Resident, member: Member, world: World
) -> None:
    await waits_for_answer(resident, member)
    await world.waits(days=2, hours=23)
    await resident.hears_nothing()
    await world.waits(hours=2)
    asked = await resident.hears("Ещё нужна помощь по заявке №1001?")
    assert asked.rows == [["Да, нужна", "Уже не нужно"]]
    await world.waits(days=30)
    await resident.hears_nothing()
    assert [ticket.status for ticket in await tickets(world)] == ["waiting"]  # never by itself


async def test_still_needed(resident: Resident, member: Member, world: World) -> None:
    thread = await waits_for_answer(resident, member)
    await world.waits(days=4)
    await resident.presses("Да, нужна")
    await resident.hears("Хорошо, заявка остаётся открытой")
    await member.sees(thread, "помощь по заявке №1001 ещё нужна")
    await resident.says("Третий этаж")
    await member.sees(thread, "Третий этаж")


async def test_not_needed_closes_the_request(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await waits_for_answer(resident, member)
    await world.waits(days=4)
    asked = await resident.hears("Ещё нужна помощь")
    await resident.presses_under(asked, "Уже не нужно")
    closed = await resident.hears("Закрыли заявку")
    assert closed.buttons == ["Не решено"]
    await member.sees(thread, "Житель ответил, что помощь уже не нужна. Заявка №1001 закрыта.")
    assert [ticket.status for ticket in await tickets(world)] == ["done"]
    for label in ("Уже не нужно", "Да, нужна"):
        await resident.presses_under(asked, label)
        await resident.hears("Эта заявка уже закрыта")
    await resident.presses("Не решено")
    await resident.hears("Заявка снова открыта")


async def test_whoever_wrote_meanwhile_is_asked_later(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await waits_for_answer(resident, member)
    await world.waits(days=2)
    await resident.says("Я в отъезде")
    await member.sees(thread, "Я в отъезде")
    await resident.forgets()
    await world.waits(days=2)
    await resident.hears_nothing()
    await world.waits(days=1, hours=1)
    await resident.hears("Ещё нужна помощь по заявке №1001?")


async def test_another_waiting_is_another_question(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await waits_for_answer(resident, member)
    await world.waits(days=4)
    await resident.hears("Ещё нужна помощь")
    await member.says("/status в работе", thread)
    await world.waits(days=4)
    await resident.hears("В работе.")
    await resident.hears_nothing()
    await member.says("/status ждёт", thread)
    await world.waits(days=4)
    await resident.hears("Ещё нужна помощь")


# ── The clock itself ─────────────────────────────────────────────────────────


@pytest.mark.only("web")
async def test_one_item_that_fails_does_not_stop_the_others(
    resident: Resident, member: Member, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from handlers import chores

    said = chores.closing_texts.still_needed

    def broken(ticket: Ticket) -> str:
        if ticket.number == 1001:
            raise RuntimeError
        return said(ticket)

    logged: list[object] = []
    monkeypatch.setattr("services.chores.log_fault", lambda *args, **_: logged.append(args))
    monkeypatch.setattr(chores.closing_texts, "still_needed", broken)
    await resident.settles_in()
    await resident.files()
    await resident.files("Лифт шумит")
    for number in (1001, 1002):
        await member.says("/status ждёт", await member.finds(f"№{number}"))
    await world.waits(days=4)
    await resident.hears("Ещё нужна помощь по заявке №1002?")
    assert len(logged) == 1
    await world.waits(minutes=5)
    assert len(logged) == 1  # not again and again
    monkeypatch.undo()
    await world.waits(hours=1)
    await resident.hears("Ещё нужна помощь по заявке №1001?")


@pytest.mark.only("web")
async def test_nobody_is_asked_where_nothing_arrives(
    resident: Resident, member: Member, world: World
) -> None:
    await waits_for_answer(resident, member)
    async with world.app.db.work() as work:
        await work.session.execute(update(Contact).values(unreachable_since=work.now))
    await world.waits(days=4)
    assert [ticket.asked_at for ticket in await tickets(world)] == [None]
