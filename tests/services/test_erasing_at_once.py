"""Erasing a person twice, in two processes, in the middle of something, and who is heard first."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select, text

from handlers import erasing as told
from services import erasing_doing as erasing_module
from services.db import Database
from services.errors import AlreadySo
from services.tables import AuditRecord, ConsentRecord, Heard
from tests.services.linked import meet
from tests.support.clock import MovingClock
from tests.support.erasing import (
    ALLOWED,
    ask,
    end_requests,
    found,
    go_through,
    settle,
    state,
)
from tests.support.marks import USER
from tests.support.planting import plant


async def test_asked_twice_is_asked_once(db: Database) -> None:
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)

    async def try_it() -> bool:
        try:
            await ask(db, viewer)
        except AlreadySo:
            return False
        return True

    assert sorted(await asyncio.gather(try_it(), try_it())) == [False, True]
    async with db.work() as work:
        await work.erasing.think_better(viewer)
        with pytest.raises(AlreadySo):
            await work.erasing.think_better(viewer)
    await ask(db, viewer)  # it may be asked for again


async def test_two_processes_erase_once(db: Database, clock: MovingClock) -> None:
    viewer = await plant(db)
    erasure = await ask(db, viewer)
    clock.move(hours=25)
    await end_requests(db)
    await go_through(db)
    await settle(db)

    async def do() -> None:
        async with db.work() as work:
            await told.do(work, erasure.id)

    await asyncio.gather(do(), do(), do())
    async with db.session() as session:
        acts = select(func.count()).where(AuditRecord.what == "erased")
        assert await session.scalar(acts) == 1
        given = [c.given for c in await session.scalars(select(ConsentRecord).order_by("id"))]
        assert given == [True, True, False, False]


async def test_a_process_that_dies_in_the_middle_leaves_all_or_nothing(
    db: Database, clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = await plant(db)
    await ask(db, viewer)
    clock.move(hours=25)
    await end_requests(db)
    await go_through(db)
    await settle(db)
    async with db.work() as work:
        files = work.files
    before = await found(db, files)
    steps = erasing_module.STEPS
    monkeypatch.setattr(erasing_module, "STEPS", (*steps[:20], ("x", "SELECT 1 / 0"), *steps[20:]))
    with pytest.raises(Exception, match="division"):
        await go_through(db)
    assert await found(db, files) == before
    assert await state(db) == "asked"
    monkeypatch.setattr(erasing_module, "STEPS", steps)
    await go_through(db)
    assert await found(db, files) == ALLOWED


async def test_what_was_thought_better_of_stays(db: Database, clock: MovingClock) -> None:
    viewer = await plant(db)
    async with db.work() as work:
        files = work.files
    before = await found(db, files)
    await ask(db, viewer)
    clock.move(hours=25)
    await end_requests(db)
    await go_through(db)  # the last word is on its way
    async with db.work() as work:
        await work.erasing.think_better(viewer)
    await settle(db)
    await go_through(db, 3)
    assert await found(db, files) == before


async def test_somebody_who_is_writing_just_now_is_heard_first(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
    await ask(db, viewer)
    clock.move(hours=25)
    await go_through(db)
    await settle(db)
    async with db.work() as work:
        work.session.add(
            Heard(
                channel="telegram", key="1", chat=USER, body={}, received_at=work.now,
                ready_at=work.now,
            )
        )  # fmt: skip
    await go_through(db)
    assert await state(db) == "asked"
    clock.move(hours=2)  # but not for ever
    await go_through(db)
    assert await state(db) == "done"


async def test_a_press_that_is_being_heard_is_heard_to_its_end(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
    erasure = await ask(db, viewer)
    clock.move(hours=25)
    await go_through(db)
    await settle(db)

    async def do() -> None:
        async with db.work() as work:
            await told.do(work, erasure.id)

    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)  # locks the contact
        doing = asyncio.create_task(do())
        while not await work.session.scalar(
            text("SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")
        ):
            await asyncio.sleep(0)
        await work.erasing.think_better(viewer)
    await doing
    assert await state(db) == "withdrawn"


async def test_whoever_asks_while_a_request_comes_in_waits_for_it(
    db: Database, clock: MovingClock
) -> None:
    """What a message of this moment begins is not declined unread."""
    viewer = await plant(db)
    erasure = await ask(db, viewer)
    clock.move(hours=25)
    await end_requests(db)
    await go_through(db)
    await settle(db)

    async def do() -> None:
        async with db.work() as work:
            await told.do(work, erasure.id)

    async with db.work() as work:
        await meet(work, "telegram", USER)
        doing = asyncio.create_task(do())
        while not await work.session.scalar(
            text("SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")
        ):
            await asyncio.sleep(0)
        await work.session.execute(
            text("UPDATE tickets SET status = 'new', closed_at = NULL WHERE flat_id IS NOT NULL")
        )
    await doing
    assert await state(db) == "asked"
