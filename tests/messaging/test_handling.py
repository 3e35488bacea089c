"""Handling: effects and "handled" together, and what happens to what nobody can handle."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InvalidRequestError

from services.db import Database, is_passing
from services.messaging.handling import Handling
from services.messaging.types import Inbound, Outbound
from services.tables import Heard, Outgoing
from services.work import Work
from tests.messaging.fakes import NAME, MovedClock, Rig, heard, only_by_bell, running, until
from tests.support.patience import PATIENCE

Handler = Callable[[Work, Inbound], Awaitable[None]]


class Hands:
    """Handling with a handler of the test, and what it was given."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.handled: list[str] = []
        self.told: list[tuple[str, str]] = []
        self.before: Handler | None = None

    async def handle(self, work: Work, inbound: Inbound) -> None:
        await work.outbox.say(inbound.address, Outbound(text=f"слышу: {inbound.text}"))
        if self.before is not None:
            await self.before(work, inbound)
        self.handled.append(inbound.text)

    async def tell_fault(self, work: Work, inbound: Inbound, number: str) -> None:
        self.told.append((inbound.address.chat, number))
        await work.outbox.say(inbound.address, Outbound(text=f"сбой {number}"))

    def handling(self) -> Handling:
        rig = self.rig
        return Handling(rig.db, rig.bells, self.handle, self.tell_fault, rig.tally)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        async with running(self.rig.bells.listen(), self.handling().run()):
            yield

    async def hear(self, *inbounds: Inbound) -> None:
        async with self.rig.db.work() as work:
            await work.inbox.hear(NAME, inbounds, None)

    async def said(self) -> list[str]:
        async with self.rig.db.session() as session:
            found = await session.scalars(text("SELECT body->>'text' FROM outbox ORDER BY id"))
            return list(found)

    async def rows(self) -> list[Heard]:
        async with self.rig.db.session() as session:
            return list(await session.scalars(Heard.__table__.select().order_by(Heard.id)))

    async def state(self, key: str) -> str:
        async with self.rig.db.session() as session:
            state = await session.scalar(
                text("SELECT state FROM inbox WHERE key = :key"), {"key": key}
            )
        return str(state)


@pytest.fixture
def hands(rig: Rig) -> Hands:
    return Hands(rig)


async def test_five_copies_at_once_have_one_effect(hands: Hands) -> None:
    async with hands.at_work():
        await asyncio.gather(*(hands.hear(heard("капает", key="k")) for _ in range(5)))
        await until(lambda: hands.handled)
        await hands.hear(heard("капает", key="k"))
        await asyncio.sleep(0.1)
    assert hands.handled == ["капает"]
    assert await hands.said() == ["слышу: капает"]


async def test_a_message_is_handled_at_once_when_it_was_heard(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_by_bell(monkeypatch)
    async with hands.at_work():
        await asyncio.sleep(0.3)
        for number in range(10):
            await hands.hear(heard(f"{number}"))
            await until(lambda: len(hands.handled) == number + 1)  # noqa: B023


async def test_messages_of_one_person_are_handled_in_order_side_by_side_with_others(
    hands: Hands,
) -> None:
    now: Counter[str] = Counter()
    most: Counter[str] = Counter()

    async def slow(work: Work, inbound: Inbound) -> None:
        chat = inbound.address.chat
        now[chat] += 1
        most[chat] = max(most[chat], now[chat])
        most["all"] = max(most["all"], now.total())
        await asyncio.sleep(0.01)
        now[chat] -= 1

    hands.before = slow
    await hands.hear(*(heard(f"{n}", chat=f"{n % 5}") for n in range(40)))
    async with hands.at_work():
        await until(lambda: len(hands.handled) == 40)
    assert all(most[str(chat)] == 1 for chat in range(5))
    assert most["all"] > 1
    for chat in range(5):
        mine = [int(text) for text in hands.handled if int(text) % 5 == chat]
        assert mine == sorted(mine)


async def test_what_nobody_can_handle_is_tried_five_times_and_set_aside(
    hands: Hands, clock: MovedClock
) -> None:
    async def choke(work: Work, inbound: Inbound) -> None:
        if inbound.text == "яд":
            raise ValueError(inbound.text)

    hands.before = choke
    handling = hands.handling()
    await hands.hear(heard("яд", key="яд"), heard("после", key="п"), heard("сосед", chat="8"))
    for _ in range(5):
        while await handling.handle_next():
            pass
        clock.move(20)
    while await handling.handle_next():
        pass
    assert hands.handled == ["сосед", "после"]
    assert await hands.state("яд") == "set_aside"
    assert hands.rig.tally.handled == {"failed": 4, "set_aside": 1, "handled": 2}
    assert len(hands.told) == 1, "the person is told once"
    said = await hands.said()
    assert said == ["сбой " + hands.told[0][1], "слышу: сосед", "слышу: после"]
    async with hands.rig.db.work() as work:
        (aside,) = await work.inbox.list_set_aside()
    assert aside.fault == hands.told[0][1], "the number that was told is the one to look for"


async def test_a_failing_row_is_tried_by_one_hand_at_a_time(hands: Hands) -> None:
    async def choke(work: Work, inbound: Inbound) -> None:
        await asyncio.sleep(0.02)
        raise ValueError

    hands.before = choke
    await hands.hear(heard("яд"))
    async with hands.at_work():
        await until(lambda: hands.rig.tally.handled["failed"] >= 2)
        await asyncio.sleep(0.1)
    assert hands.rig.tally.handled["failed"] == 2
    assert len(hands.told) == 1


async def test_a_broken_apology_leaves_the_fault_noted(hands: Hands, clock: MovedClock) -> None:
    async def choke(work: Work, inbound: Inbound) -> None:
        await work.session.execute(text("SELECT 1/0"))

    async def mute(work: Work, inbound: Inbound, number: str) -> None:
        raise KeyError(number)

    hands.before = choke
    hands.tell_fault = mute  # type: ignore[method-assign]
    handling = hands.handling()
    await hands.hear(heard("яд", key="яд"))
    for _ in range(5):
        assert await handling.handle_next()
        clock.move(20)
    assert await hands.state("яд") == "set_aside"
    assert await hands.said() == []


async def test_a_mistake_in_the_use_of_the_database_counts_as_a_try(
    hands: Hands, clock: MovedClock
) -> None:
    """It is no passing trouble of the database: it would be retried for ever."""

    async def misuse(work: Work, inbound: Inbound) -> None:
        raise InvalidRequestError("lazy load")

    hands.before = misuse
    handling = hands.handling()
    await hands.hear(heard("яд", key="яд"))
    for _ in range(5):
        assert await handling.handle_next()
        clock.move(20)
    assert await hands.state("яд") == "set_aside"


async def test_a_row_of_another_version_does_not_stop_the_hands(hands: Hands) -> None:
    async with hands.rig.db.session() as session:
        await session.execute(
            text(
                "INSERT INTO inbox (channel, key, chat, body, received_at, ready_at) "
                "VALUES ('test', 'old', '1', '{\"what\": \"is this\"}', now(), now())"
            )
        )
    await hands.hear(heard("дальше"))
    async with hands.at_work():
        await until(lambda: hands.handled == ["дальше"])
        await until(lambda: hands.rig.tally.handled["failed"])


async def test_passing_trouble_of_the_database_is_nobody_s_fault(hands: Hands) -> None:
    tries = 0

    async def unlucky(work: Work, inbound: Inbound) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:  # as when a deadlock is broken
            await work.session.execute(
                text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$")
            )
        if tries == 2:  # as when the database restarts
            mine = await work.session.scalar(text("SELECT pg_backend_pid()"))
            async with hands.rig.db.own_connection() as other:
                await other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
            await work.session.execute(text("SELECT 1"))

    hands.before = unlucky
    await hands.hear(heard("важное", key="в"))
    async with hands.at_work():
        await until(lambda: hands.handled == ["важное"])
        await until(lambda: hands.rig.tally.handled["handled"] == 1)
    assert tries == 3
    assert hands.rig.tally.handled["failed"] == 0
    assert hands.told == []
    assert await hands.said() == ["слышу: важное"]


async def test_a_commit_that_is_refused_counts_as_a_try(hands: Hands, clock: MovedClock) -> None:
    async with hands.rig.db.session() as session:
        await session.execute(text("CREATE TABLE odd (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)"))

    async def late(work: Work, inbound: Inbound) -> None:
        await work.session.execute(text("INSERT INTO odd VALUES (1), (1)"))

    hands.before = late
    handling = hands.handling()
    await hands.hear(heard("яд", key="яд"))
    for _ in range(5):
        assert await handling.handle_next()
        clock.move(20)
    assert await hands.state("яд") == "set_aside"
    assert len(await hands.said()) == 1  # they hear of it once


async def test_rows_behind_a_failing_one_do_not_keep_the_hands_spinning(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def choke(work: Work, inbound: Inbound) -> None:
        raise ValueError

    hands.before = choke
    await hands.hear(heard("яд"), heard("за ним"))
    looks = 0
    work_of = Database.work

    def counted(db: Database) -> object:
        nonlocal looks
        looks += 1
        return work_of(db)

    monkeypatch.setattr(Database, "work", counted)
    async with hands.at_work():
        await until(lambda: hands.rig.tally.handled["failed"] == 1)
        looks = 0
        await asyncio.sleep(0.7)
    assert looks <= 12


async def test_ending_in_the_middle_undoes_everything(hands: Hands) -> None:
    begun = asyncio.Event()

    async def endless(work: Work, inbound: Inbound) -> None:
        begun.set()
        await asyncio.Event().wait()

    hands.before = endless
    await hands.hear(heard("вопрос", key="в"))
    async with hands.at_work():
        await asyncio.wait_for(begun.wait(), PATIENCE)
    assert await hands.state("в") == "waiting"
    assert await hands.said() == []
    hands.before = None
    assert await hands.handling().handle_next()
    assert hands.handled == ["вопрос"]


def test_what_passes_by_itself() -> None:
    def of(state: str) -> DBAPIError:
        orig = Exception()
        orig.sqlstate = state  # type: ignore[attr-defined]
        return DBAPIError("", {}, orig)

    assert is_passing(of("40001"))
    assert is_passing(of("53100"))
    assert is_passing(ConnectionRefusedError())
    assert not is_passing(of("23505"))
    assert not is_passing(of("42P01"))
    assert not is_passing(ValueError())
    assert not is_passing(InvalidRequestError())


async def test_the_outbox_row_names_who_it_is_for(hands: Hands) -> None:
    """What handling says stands in the outbox in the very transaction."""
    await hands.hear(heard("да", chat="42"))
    assert await hands.handling().handle_next()
    async with hands.rig.db.session() as session:
        row = await session.get(Outgoing, 1)
    assert row is not None
    assert (row.channel, row.chat, row.state, row.kind) == (NAME, "42", "waiting", "reply")
