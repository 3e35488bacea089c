"""What goes on after the end: seven days in the old thread, then in one that continues it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.access import AsMember, threads_of
from tests.conversations.test_closing import is_done, threads, tickets
from tests.support.people import Member, Resident, both
from tests.support.world import World


async def test_after_seven_days_not_solved_files_a_linked_request(
    resident: Resident, member: Member, world: World
) -> None:
    await is_done(resident, member)
    asked = await resident.last()
    await world.waits(days=7, minutes=1)
    (old,) = await tickets(world)
    assert old.closed_for_good_at is not None
    await resident.hears_nothing()
    await resident.presses_under(asked, "Не решено")
    told = await resident.hears("Заявка №1001 давно закрыта, поэтому завели новую, №1002")
    assert "Что не так?" in told.text
    card = await member.reads(await member.finds("№1002"))
    assert "родолжение: №1001" in card
    await resident.says("Опять стоит на третьем")
    await member.sees(await member.finds("№1002"), "Опять стоит на третьем")
    old, new = await tickets(world)
    first, second = await threads(world)
    assert (old.status, new.status) == ("done", "new")
    assert second.continues_id == first.id
    await resident.presses_under(asked, "Не решено")  # once more: the same new one
    again = await resident.hears("Эта заявка уже открыта")
    assert "№1002" in again.text
    assert len(await tickets(world)) == 2


async def test_within_seven_days_it_is_the_old_one(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await is_done(resident, member)
    asked = await resident.last()
    await world.waits(days=6, hours=23)
    assert [ticket.closed_for_good_at for ticket in await tickets(world)] == [None]
    await resident.presses_under(asked, "Не решено")
    await resident.hears("Заявка снова открыта")
    await world.waits(days=5)
    assert [ticket.status for ticket in await tickets(world)] == ["in_progress"]
    await member.says("/close", thread)
    await resident.hears("Оцените")
    await world.waits(days=6)
    assert [ticket.closed_for_good_at for ticket in await tickets(world)] == [None]
    await world.waits(days=1, minutes=1)
    assert (await tickets(world))[0].closed_for_good_at is not None


async def test_a_rated_request_does_not_close_by_itself(
    resident: Resident, member: Member, world: World
) -> None:
    await is_done(resident, member)
    await resident.presses("5", "Пропустить")
    await world.waits(days=8)
    assert [ticket.closed_for_good_at for ticket in await tickets(world)] == [None]


@pytest.mark.parametrize("status", ["принята", "в работе", "ждёт", "отклонена не наше"])
async def test_nothing_closes_by_itself_but_what_is_done(
    resident: Resident, member: Member, world: World, status: str
) -> None:
    await resident.settles_in()
    await resident.files()
    await member.says(f"/status {status}", await member.finds("№1001"))
    await world.waits(days=100)
    (ticket,) = await tickets(world)
    assert ticket.closed_for_good_at is None
    assert ticket.status != "done"


async def test_a_late_word_opens_a_linked_thread(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await is_done(resident, member)
    await world.waits(days=8)
    await resident.says("А лифт опять шумит")
    told = await resident.hears("Заявка №1001 давно закрыта, поэтому начали новый разговор")
    assert "прежнюю переписку" in told.text
    first, second = await threads(world)
    assert (second.continues_id, second.state, first.state) == (first.id, "open", "closed")
    assert "шумит" not in await member.reads(thread)
    new = await member.finds("шумит")
    shown = await member.reads(new)
    assert "родолжение: №1001" in shown
    await resident.says("Очень громко")
    await member.sees(new, "Очень громко")
    assert len(await threads(world)) == 2


async def test_a_late_quote_goes_to_the_linked_thread_too(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("Починили", thread)
    answer = await resident.hears("Починили")
    await member.says("/close", thread)
    await resident.hears("Оцените")
    await world.waits(days=3)
    await resident.quotes(answer, "Спасибо")
    await resident.hears("Сама заявка закрыта")
    await member.sees(thread, "Спасибо")
    await world.waits(days=5)
    await resident.presses("Мои заявки")
    await resident.quotes(answer, "Снова стоит")
    await resident.hears("начали новый разговор")
    await resident.presses("Мои заявки")
    await resident.quotes(answer, "И свет мигает")
    await resident.hears("Передали диспетчеру")
    assert "Снова стоит" not in await member.reads(thread)
    await member.sees(await member.finds("мигает"), "И свет мигает")
    assert [each.continues_id is not None for each in await threads(world)] == [False, True]


async def test_a_talk_closed_long_ago_is_continued_too(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await resident.says("Когда собрание?")
    await member.says("/close", await member.finds("Мария"))
    await resident.hears("Разговор завершили")
    await world.waits(days=8)
    await resident.says("А повестка какая?")
    await resident.hears("Прежний разговор давно закончен, поэтому начали новый")
    first, second = await threads(world)
    assert second.continues_id == first.id


async def test_staff_may_open_again_what_was_closed_for_good(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await is_done(resident, member)
    await world.waits(days=8)
    await member.says("/status в работе", thread)
    await resident.hears("она снова в работе")
    (ticket,) = await tickets(world)
    assert (ticket.status, ticket.closed_for_good_at) == ("in_progress", None)
    await resident.says("Спасибо, что вернулись")
    await member.sees(thread, "Спасибо, что вернулись")


async def test_pressed_twice_at_once_there_is_one_linked_request(
    resident: Resident, member: Member, world: World
) -> None:
    await is_done(resident, member)
    asked = await resident.last()
    await world.waits(days=8)
    await both(*(resident.presses_under(asked, "Не решено") for _ in range(2)))
    await resident.hears("поэтому завели новую, №1002")
    assert len(await tickets(world)) == 2


# ── One person, many conversations ───────────────────────────────────────────


@pytest.mark.only("web")
@pytest.mark.rooms("forum")
async def test_a_talk_that_nobody_closed_is_not_one_for_ever(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await resident.says("Когда собрание?")
    thread = await member.finds("Когда собрание?")
    await member.says("В среду", thread)
    await resident.hears("В среду")
    await world.waits(days=6, hours=23)
    await resident.presses("Написать диспетчеру")
    await resident.says("Во сколько?")
    await member.sees(thread, "Во сколько?")
    await member.says("В семь", thread)
    await resident.hears("В семь")
    await world.waits(days=7, minutes=1)
    await resident.presses("Написать диспетчеру")
    await resident.says("Домофон молчит")
    other = await member.finds("Домофон молчит")
    assert "Домофон" not in await member.reads(thread)
    await world.waits(days=9)  # whoever still waits goes on where they asked
    await resident.presses("Написать диспетчеру")
    await resident.says("До сих пор молчит")
    await member.sees(other, "До сих пор молчит")
    assert len(await threads(world)) == 2


@pytest.mark.only("web")
async def test_whoever_comes_back_is_counted_anew(
    resident: Resident, member: Member, world: World
) -> None:
    """What is over keeps its figures, and what follows has a first answer of its own."""
    await is_done(resident, member)
    await resident.presses("5", "Пропустить")
    await world.waits(days=8)
    began = world.clock.now()
    await resident.says("А лифт опять шумит")
    new = await member.finds("шумит")
    await world.waits(minutes=7)
    await member.says("Смотрим", new)
    await resident.hears("Смотрим")
    await world.settled()
    async with world.app.db.work() as work:
        figures, every = work.figures, threads_of(AsMember(1, "admin"))
        then = (began - timedelta(days=30), began)
        now = (began, began + timedelta(days=1))
        assert [await figures.came(every, *days) for days in (then, now)] == [(1, 1), (1, 0)]
        assert [await figures.closed(every, *days) for days in (then, now)] == [1, 0]
        assert [await figures.rated(every, *days) for days in (then, now)] == [(5, 1), (None, 0)]
        assert await figures.open(every) == 1
        answered = await figures.first_answers(every, *now)
    assert answered.share == 1
    assert answered.median is not None
    assert round(answered.median.total_seconds() / 60) == 7
