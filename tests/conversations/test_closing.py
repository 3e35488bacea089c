"""How requests end: the rating and its comment."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from services.tables import Rating, Thread, Ticket, TicketEvent
from tests.support.people import Member, Resident
from tests.support.world import World


async def is_done(resident: Resident, member: Member, words: str = "Лифт стоит") -> object:
    """A request filed and closed as done; its thread."""
    await resident.settles_in()
    number = await resident.files(words)
    thread = await member.finds(f"№{number}")
    await member.says("/close", thread)
    await resident.hears("Оцените, пожалуйста, работу")
    return thread


async def tickets(world: World) -> list[Ticket]:
    await world.settled()
    async with world.app.db.session() as session:
        return list(await session.scalars(select(Ticket).order_by(Ticket.id)))


async def threads(world: World) -> list[Thread]:
    await world.settled()
    async with world.app.db.session() as session:
        return list(await session.scalars(select(Thread).order_by(Thread.id)))


async def ratings(world: World) -> list[tuple[int, str]]:
    await world.settled()
    async with world.app.db.session() as session:
        found = await session.scalars(select(Rating).order_by(Rating.id))
        return [(rating.stars, rating.comment) for rating in found]


# ── Rating ───────────────────────────────────────────────────────────────────


async def test_five_stars_and_a_few_words(resident: Resident, member: Member, world: World) -> None:
    thread = await is_done(resident, member)
    asked = await resident.last()
    assert asked.rows == [["1", "2", "3", "4", "5"], ["Не решено"]]
    await resident.presses("5")
    thanked = await resident.hears("Спасибо за оценку!\n\nХотите добавить пару слов?")
    assert thanked.buttons == ["Пропустить"]
    await member.sees(thread, "★★★★★ Оценка жителя: 5 из 5, заявка №1001.")
    await resident.says("Мастер вежливый, спасибо ему")
    await resident.hears("Спасибо, передали.")
    await member.sees(thread, "К оценке 5 из 5, заявка №1001: «Мастер вежливый, спасибо ему»")
    assert await ratings(world) == [(5, "Мастер вежливый, спасибо ему")]


async def test_a_low_rating_offers_not_solved_again(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await is_done(resident, member)
    await resident.presses("2")
    sorry = await resident.hears("Записали 2 из 5")
    assert sorry.buttons == ["Пропустить", "Не решено"]
    await member.sees(thread, "★★☆☆☆ Оценка жителя: 2 из 5")
    await resident.says("Опять стоит")
    told = await resident.hears("Спасибо, передали.")
    assert told.buttons == ["Не решено"]
    await resident.presses("Не решено")
    await resident.hears("Заявка снова открыта")
    await member.sees(thread, "«Опять стоит»")
    assert [ticket.status for ticket in await tickets(world)] == ["in_progress"]


@pytest.mark.parametrize("way", ["Пропустить", "Мои заявки", "/menu", "/help"])
async def test_the_comment_is_skipped_by_a_button_or_by_going_elsewhere(
    resident: Resident, member: Member, world: World, way: str
) -> None:
    thread = await is_done(resident, member)
    await resident.presses("4")
    await resident.hears("Хотите добавить пару слов?")
    await resident.says(way)
    await resident.hears({"Пропустить": "спасибо за оценку", "Мои заявки": "Ваши заявки",
                          "/menu": "Чем помочь", "/help": "Здесь можно"}[way])  # fmt: skip
    await resident.forgets()
    await resident.says("Во дворе темно")
    await resident.last()
    assert await ratings(world) == [(4, "")]
    assert "К оценке" not in await member.reads(thread)


async def test_the_latest_rating_counts_and_the_journal_keeps_both(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await is_done(resident, member)
    asked = await resident.last()
    await resident.presses_under(asked, "3")
    await resident.hears("Спасибо за оценку!")
    await resident.presses_under(asked, "3")
    await resident.hears("Эта оценка у нас уже записана")
    await resident.presses_under(asked, "5")
    await resident.hears("Поменяли оценку на 5 из 5")
    await member.sees(thread, "Новая оценка жителя: 5 из 5")
    assert await ratings(world) == [(3, ""), (5, "")]
    assert [ticket.rating for ticket in await tickets(world)] == [5]
    await resident.presses("Мои заявки", "✅ №1001 Лифт", "История")
    history = await resident.hears("Ваша оценка: 3 из 5")
    assert "Ваша оценка: 5 из 5" in history.text


async def test_a_typed_figure_is_a_rating_while_nobody_has_said_more(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await is_done(resident, member)
    await resident.says("4")
    await resident.hears("Спасибо за оценку!")
    await resident.presses("Пропустить")
    await resident.hears("спасибо за оценку")
    await member.says("А на каком вы этаже?", thread)
    await resident.hears("А на каком вы этаже?")
    await resident.says("5")
    await member.sees(thread, "5")
    assert await ratings(world) == [(4, "")]


async def test_an_answer_of_staff_takes_the_words_instead_of_the_comment(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await is_done(resident, member)
    await resident.presses("5")
    await resident.hears("Хотите добавить")
    await member.says("Ключ вернули?", thread)
    await resident.hears("Ключ вернули?")
    await resident.says("Да, вернули")
    await member.sees(thread, "Да, вернули")
    assert await ratings(world) == [(5, "")]


async def test_a_rating_in_the_middle_of_a_form_leaves_the_form_alone(
    resident: Resident, member: Member, world: World
) -> None:
    await is_done(resident, member)
    asked = await resident.last()
    await resident.presses("Новая заявка", "Шум")
    await resident.presses_under(asked, "5")
    thanked = await resident.hears("Спасибо за оценку!")
    assert "пару слов" not in thanked.text
    await resident.presses("Ремонт")
    await resident.hears("Откуда слышно?")


@pytest.mark.parametrize(
    "action", ["rate/5/1", "rate/1/1", "rate/skip/1", "need/no/1", "need/yes/1"]
)
async def test_somebody_elses_request_is_neither_rated_nor_closed(
    resident: Resident, member: Member, world: World, action: str
) -> None:
    await is_done(resident, member)
    await resident.presses("3")
    await resident.hears("Спасибо за оценку!")
    stranger = world.resident("Чужой")
    await stranger.settles_in("sosnovaya-3", "5", "Чужой")
    await stranger.forges(action)
    await stranger.hears("Не нашли этого среди ваших заявок")
    assert await ratings(world) == [(3, "")]
    assert [note.about for note in await world.audit("refused")] == [action]


@pytest.mark.parametrize("action", ["rate/6/1", "rate/0/1", "rate/x/1", "rate/5", "need/maybe/1"])
async def test_a_rating_that_no_button_offers(
    resident: Resident, member: Member, world: World, action: str
) -> None:
    await is_done(resident, member)
    await resident.forges(action)
    await resident.hears("Не нашли этого среди ваших заявок")
    assert await ratings(world) == []


async def test_a_declined_request_is_not_rated_but_may_come_back(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.files()
    await member.says("/status отклонена не наш лифт", await member.finds("№1001"))
    told = await resident.hears("выполнить не сможем")
    assert told.buttons == ["Не решено"]
    await resident.forges("rate/1/1")
    await resident.hears("не закрыта как выполненная")
    await world.waits(days=30)
    await resident.presses_under(told, "Не решено")
    await resident.hears("Заявка снова открыта")
    assert [ticket.status for ticket in await tickets(world)] == ["in_progress"]


# ── Brought back by staff ────────────────────────────────────────────────────


async def test_staff_bring_a_closed_request_back(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await is_done(resident, member)
    await member.says("/reopen шумит снова", thread)
    await member.sees(thread, "Заявка №1001: в работе — Анна Соколова.")
    await resident.hears("Вернулись к вашей заявке, она снова в работе.")
    await resident.says("Спасибо, что вернулись")
    await member.sees(thread, "Спасибо, что вернулись")
    await member.says("/reopen", thread)
    await member.sees(thread, "Заявка №1001 и так открыта: в работе.")
    (ticket,) = await tickets(world)
    assert (ticket.status, ticket.closed_at) == ("in_progress", None)
    async with world.app.db.session() as session:
        find = select(TicketEvent.what, TicketEvent.before, TicketEvent.note)
        rows = await session.execute(find.order_by(TicketEvent.id))
    history = [tuple(row) for row in rows]
    assert ("status", "new", "") in history
    assert history[-1] == ("reopened", "done", "шумит снова")


async def test_staff_open_a_closed_talk_again(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await resident.says("Когда покрасят забор?")
    thread = await member.finds("Мария")
    await member.says("В мае", thread)
    await member.says("/reopen", thread)
    await member.sees(thread, "Разговор и так открыт")
    await member.says("/close", thread)
    await resident.hears("Разговор завершили")
    await member.says("/открыть", thread)
    await member.sees(thread, "Разговор снова открыт — Анна Соколова.")
    await resident.hears("Мы вернулись к вашему вопросу")
    await member.says("Передвинули на июнь", thread)
    await resident.hears("Передвинули на июнь")
    (talk,) = await threads(world)
    assert (talk.state, talk.closed_at) == ("open", None)
    assert [noted.about for noted in await world.audit("reopened")] == [f"thread:{talk.id}"]


@pytest.mark.only("telegram")
@pytest.mark.rooms("forum")
async def test_a_button_brings_back_what_was_closed(resident: Resident, member: Member) -> None:
    thread = await is_done(resident, member)
    await member.presses("Вернуть в работу", thread)
    await resident.hears("Вернулись к вашей заявке")
    await resident.presses("Написать диспетчеру")
    await resident.says("Когда покрасят забор?")
    talk = await member.finds("Мария")
    await member.says("/close", talk)
    await resident.hears("Разговор завершили")
    await member.presses("Открыть снова", talk)
    await resident.hears("Мы вернулись к вашему вопросу")
    await member.presses("Открыть снова", talk)
    await member.sees(talk, "Разговор и так открыт")


async def test_what_goes_on_elsewhere_stays_closed(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await is_done(resident, member)
    await world.waits(days=8)
    await resident.presses("Не решено")
    await resident.hears("№1002")
    await member.says("/reopen", thread)
    await member.sees(thread, "Это обращение уже продолжено: №1002.")
    assert [ticket.status for ticket in await tickets(world)] == ["done", "new"]
