"""Promises on a moving clock: when they are reminded of and missed, in three time zones."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from services.access import AsMember
from services.db import Database
from services.tables import CompanyRow, Member, Promise, Thread
from services.work import Work
from tests.services.test_due import file, meet
from tests.support.clock import MovingClock


async def thread_of_someone(work: Work, *, emergency: bool = False) -> Thread:
    ticket = await file(work, await meet(work))
    ticket.emergency = emergency
    thread = await work.session.get(Thread, ticket.thread_id)
    assert thread is not None
    return thread


async def say(work: Work, thread: Thread, words: str, code: str = "anna") -> Promise | None:
    """As `handlers.promises.hear_answer` does."""
    member = await work.session.scalar(select(Member).where(Member.code == code))
    assert member is not None
    message = await work.threads.add(thread, "member", code, None, text=words, member_id=member.id)
    await work.promises.hear(thread.id)
    return await work.promises.make(thread, message)


async def outcomes(db: Database) -> list[str]:
    async with db.work() as work:
        return list(await work.session.scalars(select(Promise.outcome).order_by(Promise.id)))


async def begin(db: Database, words: str, *, emergency: bool = False) -> tuple[int, datetime]:
    """The thread and the moment promised."""
    async with db.work() as work:
        thread = await thread_of_someone(work, emergency=emergency)
        promise = await say(work, thread, words)
        assert promise is not None
        return thread.id, promise.until


async def speak(db: Database, thread_id: int, words: str, code: str = "anna") -> None:
    async with db.work() as work:
        await say(work, await work.threads.by_id(thread_id), words, code)


async def to_warn(db: Database) -> int:
    async with db.work() as work:
        return len(await work.promises.find_to_warn())


async def missed(db: Database) -> int:
    async with db.work() as work:
        return len(await work.promises.find_missed())


@pytest.mark.parametrize(
    ("words", "quiet", "then"),
    [
        ("через час", 47, 2),
        ("через 10 минут", 7, 2),
        ("до 16:00", 239, 2),
        ("завтра до 12", 24 * 60 - 1, 2),
    ],
)
async def test_reminded_when_four_fifths_are_over_or_all_but_an_hour(
    db: Database, clock: MovingClock, words: str, quiet: int, then: int
) -> None:
    """It is eleven o'clock."""
    await begin(db, words)
    clock.move(minutes=quiet)
    assert await to_warn(db) == 0
    clock.move(minutes=then)
    assert await to_warn(db) == 1


@pytest.mark.parametrize("zone", ["Europe/Kaliningrad", "Europe/Moscow", "Asia/Kamchatka"])
async def test_the_time_is_that_of_the_company(db: Database, clock: MovingClock, zone: str) -> None:
    async with db.work() as work:
        row = await work.session.get(CompanyRow, 1)
        assert row is not None
        row.content = {**row.content, "timezone": zone}
    eleven = datetime(2026, 3, 5, 11, tzinfo=ZoneInfo(zone))
    clock.move(seconds=(eleven - clock.now()).total_seconds())
    _, until = await begin(db, "Мастер будет до 15:00")
    assert until == eleven + timedelta(hours=4)
    assert until.tzinfo is UTC
    clock.move(hours=4, minutes=2)
    assert await missed(db) == 0
    clock.move(minutes=2)
    assert await missed(db) == 1


async def test_a_word_in_the_first_half_keeps_nothing(db: Database, clock: MovingClock) -> None:
    thread_id, _ = await begin(db, "до 15:00")
    clock.move(minutes=110)
    await speak(db, thread_id, "Код домофона не нужен?")
    assert await outcomes(db) == [""]
    clock.move(minutes=15)
    await speak(db, thread_id, "Мастер вышел", "olga")
    assert await outcomes(db) == ["kept"]


async def test_a_late_word_is_late_and_nobody_is_told(db: Database, clock: MovingClock) -> None:
    thread_id, _ = await begin(db, "через час")
    clock.move(hours=1, minutes=4)
    await speak(db, thread_id, "Готово")
    assert await outcomes(db) == ["missed"]
    assert await missed(db) == 0


async def test_each_member_has_one_in_a_thread(db: Database, clock: MovingClock) -> None:
    thread_id, _ = await begin(db, "до 15:00")
    await speak(db, thread_id, "до 16:00", "igor")
    await speak(db, thread_id, "до 17:00")
    async with db.work() as work:
        standing = await work.promises.standing(thread_id)
        assert [promise.until.hour for promise in standing] == [13, 14]
    assert await outcomes(db) == ["withdrawn", "", ""]


async def test_a_state_keeps_it_only_from_a_member(db: Database, clock: MovingClock) -> None:
    thread_id, _ = await begin(db, "через час")
    clock.move(minutes=40)
    async with db.work() as work:
        ticket = await work.threads.ticket(thread_id)
        assert ticket is not None
        member = await work.session.scalar(select(Member).order_by(Member.id))
        assert member is not None
        await work.tickets.move(AsMember(member.id, "admin"), ticket, "in_progress")
    assert await outcomes(db) == ["kept"]


async def test_at_night_nobody_is_told_but_of_emergencies(db: Database, clock: MovingClock) -> None:
    clock.move(hours=8, minutes=30)  # half past seven; everybody leaves at eight
    await begin(db, "через час")
    clock.move(hours=2)
    assert await missed(db) == 0
    clock.move(hours=10, minutes=30)
    assert await missed(db) == 1


async def test_an_emergency_does_not_wait_for_the_morning(db: Database, clock: MovingClock) -> None:
    clock.move(hours=12)
    await begin(db, "Будем через час", emergency=True)
    clock.move(hours=1, minutes=5)
    assert await missed(db) == 1


async def test_two_processes_tell_once(db: Database, clock: MovingClock) -> None:
    await begin(db, "через час")
    clock.move(minutes=50)
    async with db.work() as work:
        (found,) = await work.promises.find_to_warn()

    async def warn() -> bool:
        async with db.work() as work:
            claimed = await work.promises.claim_to_warn(found)
            await asyncio.sleep(0.05)
            return claimed is not None

    async def miss() -> bool:
        async with db.work() as work:
            claimed = await work.promises.claim_missed(found)
            await asyncio.sleep(0.05)
            return claimed is not None

    assert sum(await asyncio.gather(*(warn() for _ in range(4)))) == 1
    clock.move(minutes=20)
    assert sum(await asyncio.gather(*(miss() for _ in range(4)))) == 1
    assert await outcomes(db) == ["missed"]


async def test_what_was_kept_since_it_was_found_is_not_missed(
    db: Database, clock: MovingClock
) -> None:
    thread_id, _ = await begin(db, "через час")
    clock.move(hours=1, minutes=5)
    async with db.work() as work:
        (found,) = await work.promises.find_missed()
    await speak(db, thread_id, "Готово")
    async with db.work() as work:
        assert await work.promises.claim_missed(found) is None


@pytest.mark.parametrize(
    ("words", "moment"),
    [("до конца дня", "20:00"), ("до субботы", "16:00"), ("до воскресенья", "18:00")],
)
async def test_ends_of_days_are_those_of_the_timetable(
    db: Database, words: str, moment: str
) -> None:
    _, until = await begin(db, words)
    assert f"{until.astimezone(ZoneInfo('Europe/Moscow')):%H:%M}" == moment
