"""What is due, and that two processes never do it twice; limits and bans under races."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select, update

from services.access import AsMember, AsResident
from services.bell import Bells
from services.chores import Chore, Chores
from services.company.apply import Messengers, apply_declaration
from services.company.reading import read_declaration
from services.danger import sounds_dangerous
from services.db import Database
from services.errors import AlreadySo, TooManyAlike
from services.limits import Pace
from services.messaging.types import Address, Inbound, Sender
from services.tables import Ban, Link, Member, Rating, Ticket
from services.tickets import Where
from services.work import Work
from tests.support.clock import MovingClock
from tests.support.patience import PATIENCE
from tests.support.running import SAMPLE


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
async def db(database_url: str, clock: MovingClock) -> AsyncIterator[Database]:
    db = Database(database_url, clock)
    async with db.work() as work:
        await apply_declaration(work, read_declaration(SAMPLE), Messengers())
    yield db
    await db.close()


async def meet(work: Work, user: str = "7") -> AsResident:
    address = Address(channel="telegram", chat=user)
    inbound = Inbound(key=user, address=address, sender=Sender(id=user), text="капает")
    contact = await work.people.meet(inbound)
    return AsResident(contact.resident_id, contact.id)


async def file(work: Work, viewer: AsResident, status: str = "") -> Ticket:
    (complex_, *_) = await work.places.complexes()
    (house, *_) = await work.places.houses(complex_.id)
    kinds = await work.company.categories(complex_.id, own_flat=False)
    category = next(kind for kind in kinds if not kind.emergency)
    where = Where(complex_.id, house.id, None, None, house.address)
    await work.limits.check(
        viewer, category=category.code, what=category.title, house_id=house.id, home_id=None
    )
    room = await work.rooms.of_complex(complex_.id)
    thread = await work.threads.open(viewer, room, category.title)
    ticket = await work.tickets.file(thread, category, where, "капает", [], "telegram")
    if status:
        await work.tickets.move(viewer, ticket, status)
    return ticket


async def anna(work: Work, role: str = "dispatcher") -> AsMember:
    member = await work.session.scalar(select(Member).order_by(Member.id))
    assert member is not None
    return AsMember(member.id, role)


# ── Due ──────────────────────────────────────────────────────────────────────


async def test_two_processes_ask_once(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        ticket = await file(work, await meet(work), "waiting")
    clock.move(days=3, minutes=1)

    async def ask() -> bool:
        async with db.work() as work:
            claimed = await work.due.claim_silent(ticket.id)
            await asyncio.sleep(0.05)  # the other one comes meanwhile
            return claimed is not None

    assert sorted(await asyncio.gather(*(ask() for _ in range(4)))) == [False, False, False, True]
    async with db.work() as work:
        assert await work.due.find_silent() == []


async def test_two_programs_do_each_chore_once(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        viewer = await meet(work)
        for user in range(10):
            await file(work, await meet(work, f"1{user}"), "done")
        await file(work, viewer, "in_progress")
    clock.move(days=7, minutes=1)
    done: list[int] = []

    async def close(work: Work, ticket_id: int) -> None:
        if await work.due.claim_unrated(ticket_id) is not None:
            done.append(ticket_id)

    chore = Chore("closing", lambda work: work.due.find_unrated(), close)
    programs = [Chores(db, Bells(db), [chore]) for _ in range(3)]
    await asyncio.gather(*(program.do_due() for program in programs))
    assert len(done) == len(set(done)) == 10


async def test_those_that_fail_do_not_stand_before_the_others(db: Database) -> None:
    done: list[int] = []

    async def find(_: Work) -> list[int]:
        return [number for number in range(1, 10) if number not in done]

    async def do(_: Work, key: int) -> None:
        if key <= 3:
            raise ValueError
        done.append(key)

    chores = Chores(db, Bells(db), [Chore("closing", find, do, most=3)])
    rounds = []
    for _ in range(4):
        await chores.do_due()
        rounds.append(len(done))
    assert rounds == [0, 3, 6, 6]


async def test_what_changed_since_it_was_found_is_not_claimed(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        viewer = await meet(work)
        ticket = await file(work, viewer, "done")
    clock.move(days=8)
    async with db.work() as work:
        assert await work.due.find_unrated() == [ticket.id]
        async with db.work() as other:
            mine = await other.tickets.get(viewer, ticket.id, lock=True)
            await other.tickets.move(viewer, mine, "in_progress")
        assert await work.due.claim_unrated(ticket.id) is None


async def test_a_bell_wakes_the_loop(db: Database) -> None:
    rung = asyncio.Event()
    rounds = 0

    async def find(work: Work) -> list[int]:
        nonlocal rounds
        rounds += 1
        if rounds == 2:
            rung.set()
        return []

    async def nothing(work: Work, key: int) -> None:
        """Never called."""

    bells = Bells(db)
    chores = Chores(db, bells, [Chore("looking", find, nothing)])
    running = asyncio.ensure_future(chores.run())
    try:
        while rounds == 0:
            await asyncio.sleep(0.01)
        bells.ring("chores")
        async with asyncio.timeout(PATIENCE):
            await rung.wait()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_the_banned_are_asked_once_they_can_answer(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        viewer = await meet(work)
        ticket = await file(work, viewer, "waiting")
        other = await meet(work, "8")
    clock.move(days=4)
    async with db.work() as work:
        await work.bans.ban(await anna(work), other.resident_id, None, "грубит")
        assert await work.due.find_silent() == [ticket.id]
        await work.bans.ban(await anna(work), viewer.resident_id, None, "грубит")
        assert await work.due.find_silent() == []
        await work.bans.lift(await anna(work), viewer.resident_id)
        assert await work.due.find_silent() == [ticket.id]


# ── Races ────────────────────────────────────────────────────────────────────


async def test_from_two_messengers_at_once_two_alike_stay_two(db: Database) -> None:
    async with db.work() as work:
        viewer = await meet(work)

    async def one_more() -> bool:
        try:
            async with db.work() as work:
                await file(work, viewer)
                await asyncio.sleep(0.02)
        except TooManyAlike:
            return False
        return True

    assert sum(await asyncio.gather(*(one_more() for _ in range(5)))) == 2


async def test_rated_the_same_twice_at_once_it_is_one_rating(db: Database) -> None:
    async with db.work() as work:
        viewer = await meet(work)
        ticket = await file(work, viewer, "done")

    async def rate() -> bool:
        try:
            async with db.work() as work:
                await work.ratings.rate(viewer, ticket.id, 4)
        except AlreadySo:
            return False
        return True

    assert sum(await asyncio.gather(*(rate() for _ in range(4)))) == 1
    async with db.work() as work:
        assert len(list(await work.session.scalars(select(Rating)))) == 1


async def test_two_members_ban_at_once_and_one_ban_holds(db: Database) -> None:
    async with db.work() as work:
        viewer = await meet(work)

    async def ban() -> None:
        async with db.work() as work:
            await work.bans.ban(await anna(work), viewer.resident_id, None, "грубит")

    await asyncio.gather(*(ban() for _ in range(4)))
    async with db.work() as work:
        held = await work.session.scalars(select(Ban).where(Ban.lifted_at.is_(None)))
        assert len(list(held)) == 1


async def test_the_sentence_of_a_day_is_said_once_by_two_messengers(db: Database) -> None:
    async with db.work() as work:
        viewer = await meet(work)
        ban = await work.bans.ban(await anna(work), viewer.resident_id, None, "грубит")

    async def answer() -> bool:
        async with db.work() as work:
            return await work.bans.take_answer(ban)

    assert sum(await asyncio.gather(*(answer() for _ in range(4)))) == 1


async def test_a_ban_goes_along_when_messengers_are_linked(db: Database) -> None:
    async with db.work() as work:
        banned, other = await meet(work, "7"), await meet(work, "8")
        await work.bans.ban(await anna(work), banned.resident_id, None, "грубит")
        work.session.add(
            Link(
                contact_id=banned.contact_id, given_by=other.contact_id,
                from_resident_id=banned.resident_id, to_resident_id=other.resident_id,
                at=work.now, moved={},
            )
        )  # fmt: skip
    async with db.work() as work:
        assert await work.bans.current(other.resident_id) is not None
        await work.bans.lift(await anna(work), other.resident_id)
        assert await work.bans.current(other.resident_id) is None
        assert await work.bans.current(banned.resident_id) is None
        await work.session.execute(update(Link).values(undone_at=work.now))


# ── Pace ─────────────────────────────────────────────────────────────────────


async def hear_once_more(work: Work, viewer: AsResident) -> Pace:
    contact = await work.people.contact(viewer.contact_id)
    address = Address(channel=contact.channel, chat=contact.chat)
    return (await work.dialogues.open(address, contact, "1", counts=True)).pace


async def test_the_twenty_first_within_a_minute_begins_a_flood(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        viewer = await meet(work)

    async def hear() -> tuple[bool, bool]:
        async with db.work() as work:
            pace = await hear_once_more(work, viewer)
            return pace.folding, pace.began

    assert {await hear() for _ in range(20)} == {(False, False)}
    assert await hear() == (True, True)
    assert await hear() == (True, False)
    clock.move(seconds=50)
    assert await hear() == (True, False)  # not quiet yet
    clock.move(seconds=61)
    assert await hear() == (False, False)


async def test_twenty_a_minute_are_no_flood(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        viewer = await meet(work)
    for _ in range(60):
        clock.move(seconds=3)
        async with db.work() as work:
            assert not (await hear_once_more(work, viewer)).folding


# ── Danger ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "words",
    ["Пожар!", "горит щиток", "Пахнет газом в подъезде", "нас затопило", "прорвало трубу",
     "искрит розетка", "люди застряли в лифте", "авария", "с потолка хлещет вода"],
)  # fmt: skip
def test_words_of_danger(words: str) -> None:
    assert sounds_dangerous(words)


@pytest.mark.parametrize(
    "words", ["лампочка не горит", "грубит", "где мой мастер", "плохо топят", "гора мусора", ""]
)
def test_words_of_every_day(words: str) -> None:
    assert not sounds_dangerous(words)
