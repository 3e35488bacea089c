"""The morning summary: its figures, whose they are, and that it is told once a working day."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from handlers import summary_texts
from services.access import AsMember, threads_of
from services.db import Database
from services.figures import Answered
from services.messaging.types import Address, Inbound, Sender
from services.staff import as_member
from services.summary import Summary
from services.tables import CompanyRow, Member, MemberAccount, Promise, Room, Thread, Ticket
from services.work import Work
from tests.services.test_due import file, meet
from tests.support.clock import MovingClock

MONDAY_MORNING = datetime(2026, 3, 2, 5, 31, tzinfo=UTC)  # 08:31 in Moscow


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock(MONDAY_MORNING)


async def manager(work: Work, code: str = "sergey", user: str = "900") -> Member:
    member = await work.session.scalar(select(Member).where(Member.code == code))
    assert member is not None
    work.session.add(MemberAccount(channel="telegram", user_id=user, member_id=member.id))
    await meet(work, user)  # they have written to the bot
    return member


async def due(db: Database) -> list[int]:
    async with db.work() as work:
        return await work.summaries.find_due()


async def move_to_zone(db: Database, zone: str) -> None:
    async with db.work() as work:
        row = await work.session.get(CompanyRow, 1)
        assert row is not None
        row.content = {**row.content, "timezone": zone}


# ── When, and to whom ────────────────────────────────────────────────────────


async def test_once_for_each_manager_over_any_number_of_processes(db: Database) -> None:
    async with db.work() as work:
        member = await manager(work)
    assert await due(db) == [member.id]

    async def tell() -> bool:
        async with db.work() as work:
            claimed = await work.summaries.claim(member.id)
            await asyncio.sleep(0.05)  # the others come meanwhile
            return claimed is not None

    assert sum(await asyncio.gather(*(tell() for _ in range(5)))) == 1
    assert await due(db) == []


async def test_who_gets_it(db: Database) -> None:
    async with db.work() as work:
        await manager(work, "anna", "1")  # a dispatcher
        await manager(work, "igor", "2")  # an executor
        olga = await manager(work, "olga", "3")
        work.session.add(MemberAccount(channel="vk", user_id="33", member_id=olga.id))
        sergey = await work.session.scalar(select(Member).where(Member.code == "sergey"))
        assert sergey is not None  # has an account, and never wrote to the bot
        work.session.add(MemberAccount(channel="telegram", user_id="4", member_id=sergey.id))
    assert await due(db) == [olga.id]
    async with db.work() as work:
        claimed = await work.summaries.claim(olga.id)
        assert claimed is not None
        assert claimed[0] == Address(channel="telegram", chat="3")


@pytest.mark.parametrize("zone", ["Europe/Kaliningrad", "Europe/Moscow", "Asia/Kamchatka"])
async def test_at_half_past_eight_of_the_company(
    db: Database, clock: MovingClock, zone: str
) -> None:
    await move_to_zone(db, zone)
    async with db.work() as work:
        await manager(work)
    half_past_eight = datetime(2026, 3, 3, 8, 30, tzinfo=ZoneInfo(zone))
    clock.move(seconds=(half_past_eight - clock.now()).total_seconds() - 60)
    assert await due(db) == []
    clock.move(seconds=120)
    assert len(await due(db)) == 1
    clock.move(hours=3)
    assert await due(db) == []  # a morning summary at noon is none


async def test_days_off_are_told_of_on_the_next_working_day(
    db: Database, clock: MovingClock
) -> None:
    """The 8th of March is a Sunday, the 9th a holiday; on Saturdays the sample company works."""
    async with db.work() as work:
        member = await manager(work)
    told: dict[date, tuple[date, date]] = {}
    for day in range(2, 12):
        async with db.work() as work:
            claimed = await work.summaries.claim(member.id)
            if claimed is not None:
                told[date(2026, 3, day)] = (claimed[1].first, claimed[1].last)
        clock.move(days=1)
    assert [day.day for day in told] == [2, 3, 4, 5, 6, 7, 10, 11]
    assert told[date(2026, 3, 2)] == (date(2026, 2, 28), date(2026, 3, 1))
    assert told[date(2026, 3, 3)] == (date(2026, 3, 2), date(2026, 3, 2))
    assert told[date(2026, 3, 10)] == (date(2026, 3, 7), date(2026, 3, 9))


async def test_over_the_turn_of_the_year(db: Database, clock: MovingClock) -> None:
    clock.move(days=(date(2027, 1, 9) - date(2026, 3, 2)).days)  # a Saturday, and they work
    async with db.work() as work:
        member = await manager(work)
        claimed = await work.summaries.claim(member.id)
        assert claimed is not None
        assert (claimed[1].first, claimed[1].last) == (date(2026, 12, 30), date(2027, 1, 8))


# ── What stands in it ────────────────────────────────────────────────────────


async def answer(work: Work, ticket: Ticket, words: str = "Идём") -> None:
    thread = await work.session.get(Thread, ticket.thread_id)
    member = await work.session.scalar(select(Member).where(Member.code == "anna"))
    assert thread is not None
    assert member is not None
    await work.threads.add(thread, "member", "Анна", None, text=words, member_id=member.id)


async def ask(work: Work, user: str) -> Ticket:
    viewer = await meet(work, user)
    ticket = await file(work, viewer)
    thread = await work.session.get(Thread, ticket.thread_id)
    assert thread is not None
    address = Address(channel="telegram", chat=user)
    inbound = Inbound(key=f"{user} asks", address=address, sender=Sender(id=user), text="капает")
    await work.threads.add(thread, "resident", "Мария", inbound)
    await work.waiting.begin(thread, "капает")
    return ticket


async def test_its_figures(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        sergey = as_member(await manager(work))
        first, second = await ask(work, "11"), await ask(work, "12")
        third, fourth = await ask(work, "13"), await ask(work, "14")
    clock.move(minutes=9)
    async with db.work() as work:
        await answer(work, first)
    clock.move(minutes=21)
    async with db.work() as work:
        await answer(work, second)
        viewer = await meet(work, "13")
        await work.tickets.move(sergey, await work.tickets.get(sergey, third.id), "done")
        await work.ratings.rate(viewer, third.id, 3)
        await work.ratings.rate(viewer, third.id, 5)
        thread = await work.session.get(Thread, first.thread_id)
        assert thread is not None
        line = await work.threads.last_message(thread)
        assert line is not None
        soon = work.now + timedelta(minutes=30)
        await work.promises.set(thread, sergey.member_id, soon, line.id)
    clock.move(hours=1)
    async with db.work() as work:
        (missed,) = await work.promises.find_missed()
        assert await work.promises.claim_missed(missed) is not None
        await work.session.execute(
            update(Ticket).where(Ticket.id == fourth.id)
            .values(due_at=work.now + timedelta(hours=1))
        )  # fmt: skip
    clock.move(hours=23)
    async with db.work() as work:
        claimed = await work.summaries.claim(sergey.member_id)
        assert claimed is not None
        summary = claimed[1]
        assert (summary.came, summary.tickets, summary.closed, summary.open) == (4, 4, 1, 3)
        assert summary.overdue[0][0] == fourth.number
        # Nine minutes, half an hour, half an hour by the new state, never.
        assert summary.answers.share == 0.25
        assert summary.answers.median is not None
        assert round(summary.answers.median.total_seconds() / 60) == 30
        assert (summary.missed, summary.promises) == (1, 1)
        assert (summary.stars, summary.ratings) == (5, 1)
        lines = summary_texts.lines(summary, work.now).splitlines()
    assert len(lines) == 5
    assert "4, из них заявок 4; закрыто 1" in lines[0]
    assert f"дольше всех №{fourth.number} — на 23 ч" in lines[1]
    assert "25%, обычно за 31 мин" in lines[2]
    assert "не сдержали 1 из 1; средняя оценка 5,0 (1 оценка)" in lines[3]


async def test_the_night_and_the_break_are_nobodys_fault(db: Database, clock: MovingClock) -> None:
    clock.move(hours=4, minutes=19)  # ten to one; the break is from one to two
    async with db.work() as work:
        ticket = await ask(work, "11")
    clock.move(hours=1, minutes=15)
    async with db.work() as work:
        await answer(work, ticket)
        found = await work.figures.first_answers(
            threads_of(AsMember(1, "admin")), work.now - timedelta(days=1), work.now
        )
    assert found.share == 1
    assert found.median is not None
    assert round(found.median.total_seconds() / 60) == 15


async def test_a_trainees_words_that_wait_are_no_answer(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        ticket = await ask(work, "11")
        await answer(work, ticket)
        thread = await work.session.get(Thread, ticket.thread_id)
        assert thread is not None
        held = await work.threads.last_message(thread)
        assert held is not None
        held.held_at = work.now
        await work.waiting.begin(thread, "капает")
    clock.move(hours=3)
    async with db.work() as work:
        found = await work.figures.first_answers(
            threads_of(AsMember(1, "admin")), work.now - timedelta(days=1), work.now
        )
    assert found == Answered(0, None)


async def test_a_manager_of_some_rooms_sees_these_alone(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        await ask(work, "11")
        other = Room(code="other", title="Другая", channel="desk", chat="other", rules={})
        work.session.add(other)
        member = await manager(work)
        member.rooms = ["other"]
    clock.move(days=1)
    async with db.work() as work:
        claimed = await work.summaries.claim(member.id)
        assert claimed is not None
        assert (claimed[1].came, claimed[1].open, claimed[1].overdue) == (0, 0, [])
        everything = await work.summaries.of(AsMember(member.id, "admin"), date(2026, 3, 3))
        assert everything.came == 1


def test_nothing_to_tell_is_told_shortly() -> None:
    day = date(2026, 3, 4)
    summary = Summary(
        first=day, last=day, came=0, tickets=0, unhappy=0, closed=0, open=0, overdue=[],
        answers=Answered(None, None), target=20, missed=0, promises=0, stars=None, ratings=0,
        visits=0, to_call=0, organisations=[], promised=[],
    )  # fmt: skip
    assert summary_texts.lines(summary, datetime(2026, 3, 5, tzinfo=UTC)).splitlines() == [
        "1. Новых обращений 0; закрыто 0.",
        "2. Сейчас открыто 0, просроченных нет.",
        "3. Первых ответов не было: никто не спрашивал.",
        "4. Обещания: обещаний не было; оценок нет.",
        "5. Сегодня: ничего срочного.",
    ]
    assert summary_texts.header(summary) == "Доброе утро! Как прошёл день, 4 марта"


async def test_no_promise_is_left_behind(db: Database) -> None:
    """A conversation that ended has none that stands."""
    async with db.work() as work:
        sergey = as_member(await manager(work))
        ticket = await ask(work, "11")
        thread = await work.session.get(Thread, ticket.thread_id)
        assert thread is not None
        line = await work.threads.last_message(thread)
        assert line is not None
        await work.promises.set(thread, sergey.member_id, work.now + timedelta(hours=5), line.id)
        await work.tickets.move(sergey, ticket, "declined", note="не наше")
        assert await work.promises.standing(thread.id) == []
        assert (await work.session.scalar(select(Promise.outcome))) == "kept"
