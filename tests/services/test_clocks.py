"""The clocks of the first answer and of terms, on a moving clock: nights, breaks, weekends,
holidays, the turn of a year, several time zones."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from services.access import AsMember, AsResident
from services.db import Database
from services.messaging.types import Address, Attachment, Inbound, Sender
from services.tables import Category, CompanyRow, Member, Room, Thread, Ticket
from services.tickets import Where
from services.work import Work
from tests.support.clock import MovingClock

MOSCOW = "Europe/Moscow"
ZONES = ["Europe/Kaliningrad", MOSCOW, "Asia/Vladivostok", "Europe/Berlin"]


def local(words: str, zone: str = MOSCOW) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(zone))


def move_to(clock: MovingClock, moment: datetime) -> None:
    clock.move(seconds=(moment - clock.now()).total_seconds())


async def lives_in(db: Database, zone: str) -> None:
    async with db.work() as work:
        row = await work.session.get(CompanyRow, 1)
        assert row is not None
        row.content = {**row.content, "timezone": zone}


async def meet(work: Work) -> AsResident:
    inbound = Inbound(
        key="7", address=Address(channel="telegram", chat="7"), sender=Sender(id="7"), text="да"
    )
    contact = await work.people.meet(inbound)
    return AsResident(contact.resident_id, contact.id)


async def talk(work: Work, text: str = "Когда будет вода?") -> Thread:
    room = await work.rooms.of_complex(None)
    thread = await work.threads.open(await meet(work), room, "Разговор")
    await work.threads.add(thread, "resident", "Мария", None, text=text)
    return thread


async def file(work: Work, *, emergency: bool = False, **changes: object) -> Ticket:
    (complex_, *_) = await work.places.complexes()
    (house, *_) = await work.places.houses(complex_.id)
    kinds = await work.company.categories(complex_.id, own_flat=False)
    category = next(kind for kind in kinds if kind.emergency is emergency)
    row = await work.session.scalar(
        select(Category).where(Category.key == (category.key or category.code))
    )
    assert row is not None
    row.content = {**row.content, **changes}
    await work.session.flush()
    work.__dict__.pop("company")  # what it had read is old
    category = await work.company.category(row.key)
    where = Where(complex_.id, house.id, None, None, house.address)
    room = await work.rooms.of_complex(complex_.id)
    thread = await work.threads.open(await meet(work), room, category.title)
    ticket = await work.tickets.file(thread, category, where, "капает", [], "telegram")
    await work.threads.add(thread, "resident", "Мария", None, text="капает")
    return ticket


async def anna(work: Work) -> AsMember:
    member = await work.session.scalar(select(Member).order_by(Member.id))
    assert member is not None
    return AsMember(member.id, "dispatcher")


async def told(db: Database) -> list[int]:
    """The percents that are told now, of answers."""
    async with db.work() as work:
        rooms = await work.waiting.find_rooms()
        return [late.percent for room in rooms for late in await work.waiting.claim(room)]


async def told_of_terms(db: Database) -> list[int]:
    async with db.work() as work:
        rooms = await work.terms.find_rooms()
        return [late.percent for room in rooms for late in await work.terms.claim(room)]


# ── The first answer: twenty minutes of working time ─────────────────────────

ANSWERS = [  # written, told at 80 %, due
    ("2026-03-04 11:00", "2026-03-04 11:16", "2026-03-04 11:20"),
    ("2026-03-04 12:50", "2026-03-04 14:06", "2026-03-04 14:10"),  # lunch
    ("2026-03-04 13:30", "2026-03-04 14:16", "2026-03-04 14:20"),
    ("2026-03-04 19:50", "2026-03-05 08:06", "2026-03-05 08:10"),  # night
    ("2026-03-05 02:00", "2026-03-05 08:16", "2026-03-05 08:20"),
    ("2026-03-21 15:50", "2026-03-23 08:06", "2026-03-23 08:10"),  # Sunday
    ("2026-03-28 15:50", "2026-03-30 08:06", "2026-03-30 08:10"),  # the clocks go forward
    ("2026-10-24 15:50", "2026-10-26 08:06", "2026-10-26 08:10"),  # and back
    ("2026-03-07 15:50", "2026-03-10 08:06", "2026-03-10 08:10"),  # Sunday and two holidays
    ("2026-12-30 19:50", "2027-01-09 10:06", "2027-01-09 10:10"),  # the turn of a year
]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("written", "warned", "due"), ANSWERS)
async def test_the_first_answer(
    db: Database, clock: MovingClock, zone: str, written: str, warned: str, due: str
) -> None:
    await lives_in(db, zone)
    move_to(clock, local(written, zone))
    async with db.work() as work:
        thread = await talk(work)
        assert thread.waits_since == work.now
        assert thread.answer_warn_at is not None
        assert thread.answer_due_at is not None
        near = timedelta(seconds=5)
        assert abs(thread.answer_warn_at - local(warned, zone)) < near
        assert abs(thread.answer_due_at - local(due, zone)) < near
    move_to(clock, local(warned, zone) - timedelta(seconds=30))
    assert await told(db) == []
    move_to(clock, local(warned, zone) + timedelta(seconds=30))
    assert await told(db) == [80]
    assert await told(db) == []
    move_to(clock, local(due, zone) + timedelta(seconds=30))
    assert await told(db) == [100]
    assert await told(db) == []


async def test_an_emergency_waits_round_the_clock(db: Database, clock: MovingClock) -> None:
    move_to(clock, local("2026-03-05 02:00"))
    async with db.work() as work:
        ticket = await file(work, emergency=True)
        thread = await work.threads.of_ticket(ticket)
        assert thread.answer_due_at == thread.waits_since + timedelta(minutes=20)  # type: ignore[operator]
    clock.move(minutes=21)
    assert await told(db) == [100]


async def test_what_is_due_at_closing_time_is_told_in_the_morning(
    db: Database, clock: MovingClock
) -> None:
    move_to(clock, local("2026-03-04 19:40"))
    async with db.work() as work:
        await talk(work)
    move_to(clock, local("2026-03-04 20:01"))
    assert await told(db) == []
    move_to(clock, local("2026-03-05 08:01"))
    assert await told(db) == [100]


async def test_the_first_unanswered_word_counts(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        thread = await talk(work)
        began = thread.waits_since
    clock.move(minutes=5)
    async with db.work() as work:
        thread = await work.threads.by_id(thread.id)
        await work.threads.add(thread, "resident", "Мария", None, text="И свет?")
        assert thread.waits_since == began
        await work.threads.add(thread, "note", "Анна", None, text="сантехник занят")
        await work.threads.add(thread, "system", "", None, text="передано")
        assert thread.waits_since == began
        await work.threads.add(thread, "member", "Анна", None, text="Сохнет", held=True)
        assert thread.waits_since == began
        await work.threads.add(thread, "member", "Анна", None, text="К шести")
        assert (thread.waits_since, thread.answer_due_at) == (None, None)
    clock.move(hours=2)
    assert await told(db) == []


@pytest.mark.parametrize("words", ["Спасибо!", "ок", "👍", "хорошо, жду"])
async def test_thanks_start_no_clock(db: Database, clock: MovingClock, words: str) -> None:
    async with db.work() as work:
        thread = await talk(work, words)
        assert thread.waits_since is None
        sticker = Attachment(kind="sticker", channel="telegram", handle="x")
        await work.threads.add(thread, "resident", "Мария", None, text="", attachments=[sticker])
        assert thread.waits_since is None
        await work.threads.add(thread, "resident", "Мария", None, text=f"{words} А когда?")
        assert thread.waits_since == work.now
        await work.threads.add(thread, "resident", "Мария", None, text=words)
        assert thread.waits_since == work.now  # thanks beforehand are no answer


async def test_closing_ends_it_and_coming_back_begins_it(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        ticket = await file(work)
        member, viewer = await anna(work), await meet(work)
        thread = await work.threads.of_ticket(ticket)
        assert thread.waits_since is not None
        await work.tickets.move(member, ticket, "done")
        assert thread.waits_since is None
        await work.tickets.move(viewer, ticket, "in_progress")
        assert thread.waits_since == work.now
        await work.tickets.move(member, ticket, "accepted")  # told to the resident
        assert thread.waits_since is None
        await work.tickets.move(member, ticket, "done")
        await work.tickets.move(member, ticket, "in_progress")
        assert thread.waits_since is None
        await work.tickets.move(member, ticket, "done")
        await work.threads.add(thread, "resident", "Мария", None, text="А кто приходил?")
        assert thread.waits_since == work.now  # in a closed thread, too
    clock.move(minutes=21)
    assert await told(db) == [100]


async def test_an_answer_that_is_taken_back_was_none(db: Database) -> None:
    async with db.work() as work:
        thread = await talk(work)
        first = await work.threads.add(thread, "member", "Анна", None, text="К пяти")
        second = await work.threads.add(thread, "member", "Анна", None, text="Нет, к шести")
        await work.threads.withdraw(first)
        assert thread.waits_since is None
        await work.threads.withdraw(second)
        assert thread.waits_since == work.now
        await work.threads.add(thread, "member", "Анна", None, text="К шести")
        await work.threads.add(thread, "resident", "Мария", None, text="Спасибо!")
        third = await work.threads.add(thread, "member", "Анна", None, text="Не за что")
        await work.threads.withdraw(third)
        assert thread.waits_since is None  # thanks wait for nothing then, too


async def test_a_word_before_its_emergency_waits_round_the_clock(
    db: Database, clock: MovingClock
) -> None:
    move_to(clock, local("2026-03-05 02:00"))
    async with db.work() as work:
        thread = await talk(work)
        kinds = await work.company.categories(None)
        category = next(kind for kind in kinds if kind.emergency)
        (complex_, *_) = await work.places.complexes()
        (house, *_) = await work.places.houses(complex_.id)
        where = Where(complex_.id, house.id, None, None, house.address)
        await work.tickets.file(thread, category, where, "течёт", [], "phone")
        assert thread.answer_due_at == work.now + timedelta(minutes=20)


async def test_an_answer_and_a_word_at_once_leave_the_word_waiting(db: Database) -> None:
    async with db.work() as work:
        thread = await talk(work)
    answered = asyncio.Event()

    async def answer() -> None:
        async with db.work() as work:
            mine = await work.threads.get(await anna(work), thread.id, lock=True)
            await work.threads.add(mine, "member", "Анна", None, text="К шести")
            answered.set()
            await asyncio.sleep(0.05)

    async def ask() -> None:
        async with db.work() as work:
            mine = await work.threads.by_id(thread.id)  # it waits, by what stands there yet
            await answered.wait()
            await work.threads.add(mine, "resident", "Мария", None, text="А свет?")

    await asyncio.gather(ask(), answer())
    async with db.work() as work:
        assert (await work.threads.by_id(thread.id)).waits_since is not None


async def test_two_processes_tell_each_thread_once(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        for _ in range(6):
            await talk(work)
    clock.move(minutes=21)
    found = await asyncio.gather(*(told(db) for _ in range(4)))
    assert [percent for each in found for percent in each] == [100] * 6


async def test_a_room_has_a_clock_of_its_own(db: Database, clock: MovingClock) -> None:
    every_day = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    async with db.work() as work:
        hours = [{"days": every_day, "opens": "00:00", "closes": "24:00"}]
        await work.session.execute(update(Room).values(rules={"hours": hours}))
    move_to(clock, local("2026-01-01 03:00"))
    async with db.work() as work:
        await talk(work)
    clock.move(minutes=21)
    assert await told(db) == [100]


# ── Terms ────────────────────────────────────────────────────────────────────

WORKING = [  # filed, hours of working time, told at 80 %, due
    ("2026-03-04 09:00", 10, "2026-03-04 18:00", "2026-03-05 08:00"),
    ("2026-03-06 18:00", 5, "2026-03-07 12:00", "2026-03-07 13:00"),
    ("2026-12-30 18:00", 5, "2027-01-09 12:00", "2027-01-09 13:00"),
]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("filed", "hours", "warned", "due"), WORKING)
async def test_a_term_in_working_hours(
    db: Database, clock: MovingClock, zone: str, filed: str, hours: int, warned: str, due: str
) -> None:
    await lives_in(db, zone)
    move_to(clock, local(filed, zone))
    async with db.work() as work:
        ticket = await file(work, counts="working", term_hours=hours)
        due_at, warn_at = ticket.due_at, ticket.warn_at
        near = timedelta(seconds=5)
        assert warn_at is not None
        assert abs(warn_at - local(warned, zone)) < near
        # A term that ends with the day ends there: 20:00 and 08:00 are the same working moment.
        early = local(due, zone) - timedelta(hours=12)
        assert min(abs(due_at - local(due, zone)), abs(due_at - early)) < near
    move_to(clock, local(warned, zone) - timedelta(minutes=1))
    assert await told_of_terms(db) == []
    move_to(clock, local(warned, zone) + timedelta(minutes=1))
    assert await told_of_terms(db) == [80]
    assert await told_of_terms(db) == []
    move_to(clock, local(due, zone) + timedelta(minutes=1))
    assert await told_of_terms(db) == [100]
    assert await told_of_terms(db) == []


@pytest.mark.parametrize("zone", ZONES)
async def test_a_term_round_the_clock(db: Database, clock: MovingClock, zone: str) -> None:
    await lives_in(db, zone)
    move_to(clock, local("2026-12-31 12:00", zone))
    async with db.work() as work:
        ticket = await file(work, term_hours=72)
        assert ticket.due_at == ticket.created_at + timedelta(hours=72)
        assert ticket.warn_at == ticket.created_at + timedelta(hours=72) * 0.8
    clock.move(hours=73)  # a holiday: nobody is disturbed
    assert await told_of_terms(db) == []
    move_to(clock, local("2027-01-09 10:01", zone))
    assert await told_of_terms(db) == [100]


async def test_minutes_of_an_emergency_run_at_night(db: Database, clock: MovingClock) -> None:
    move_to(clock, local("2026-03-05 02:00"))
    async with db.work() as work:
        ticket = await file(work, emergency=True, term_minutes=30, counts="working")
        assert ticket.due_at == ticket.created_at + timedelta(minutes=30)
    clock.move(minutes=25)
    assert await told_of_terms(db) == [80]
    clock.move(minutes=6)
    assert await told_of_terms(db) == [100]


async def test_a_ticket_that_waits_for_its_resident_is_not_late(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        ticket = await file(work, counts="working", term_hours=4)  # Wednesday, 11:00 to 16:00
    clock.move(hours=1)
    async with db.work() as work:
        member = await anna(work)
        mine = await work.tickets.get(member, ticket.id, lock=True)
        await work.tickets.move(member, mine, "waiting")
    move_to(clock, local("2026-03-10 18:00"))
    assert await told_of_terms(db) == []
    async with db.work() as work:
        mine = await work.tickets.get(member, ticket.id, lock=True)
        await work.tickets.move(member, mine, "in_progress")
        # Three hours of it were left: two of that day, one of the next.
        assert abs(mine.due_at - local("2026-03-11 09:00")) < timedelta(seconds=5)
    move_to(clock, local("2026-03-11 09:01"))
    assert await told_of_terms(db) == [100]


async def test_not_solved_begins_the_term_anew(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        ticket = await file(work, term_hours=24)
        member = await anna(work)
        await work.tickets.move(member, ticket, "done")
    clock.move(days=2)
    async with db.work() as work:
        viewer = await meet(work)
        mine = await work.tickets.get(viewer, ticket.id, lock=True)
        await work.tickets.move(viewer, mine, "in_progress")
        assert mine.due_at == work.now + timedelta(hours=24)
        again = await work.tickets.file_again(await talk(work), mine, "telegram")
        assert (again.warn_at, again.due_at) == (mine.warn_at, mine.due_at)


async def test_what_has_ended_reminds_nobody(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        ticket = await file(work, term_hours=1)
        await work.tickets.move(await anna(work), ticket, "done")
    clock.move(hours=2)
    assert await told_of_terms(db) == []
    assert await told(db) == []
