"""Bells ring over processes, are found again when lost, and leave nothing behind."""

from __future__ import annotations

import asyncio

from sqlalchemy import text

from services.bell import Bells
from services.db import Database
from tests.messaging.fakes import running, until


async def ring(db: Database, *bells: str) -> None:
    async with db.work() as work:
        for bell in bells:
            work.ring(bell)


async def listeners(db: Database) -> list[int]:
    async with db.own_connection() as connection:
        found = await connection.execute(
            text(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND query ILIKE '%listen%'"
            )
        )
        return list(found.scalars())


async def test_a_commit_rings_here_and_elsewhere(db: Database, database_url: str) -> None:
    elsewhere = Database(database_url)
    bells = Bells(elsewhere)
    heard: list[str] = []
    bells.on("web", heard.append)
    bells.expect("inbox")
    try:
        async with running(bells.listen()):
            await until(lambda: heard)  # what might have been missed
            assert await bells.wait("inbox", 1)
            await ring(db, "inbox", "web:visitor:7", "thread:1")
            assert await bells.wait("inbox", 3)
            await until(lambda: heard == ["web", "web:visitor:7"])
            assert not await bells.wait("inbox", 0.05)
    finally:
        await elsewhere.close()


async def test_nothing_rings_when_the_work_is_undone(db: Database) -> None:
    bells = Bells(db)
    bells.expect("inbox")
    async with running(bells.listen()):
        await bells.wait("inbox", 3)
        try:
            async with db.work() as work:
                work.ring("inbox")
                raise KeyError
        except KeyError:
            pass
        assert not await bells.wait("inbox", 0.2)


async def test_a_ring_before_the_wait_counts(db: Database) -> None:
    bells = Bells(db)
    bells.expect("inbox")
    bells.ring("inbox")
    assert await bells.wait("inbox", 0.01)
    assert not await bells.wait("inbox", 0.01)


async def test_a_ring_wakes_all_who_wait(db: Database) -> None:
    bells = Bells(db)
    waiting = [asyncio.ensure_future(bells.wait("inbox", 3)) for _ in range(4)]
    await asyncio.sleep(0.01)
    bells.ring("inbox")
    assert await asyncio.gather(*waiting) == [True] * 4


async def test_bells_nobody_expects_leave_no_trace(db: Database) -> None:
    bells = Bells(db)
    for number in range(1000):
        bells.ring(f"thread:{number}")
    assert not bells._events
    assert not bells._hearers


async def test_a_lost_line_is_found_again_and_what_was_missed_rings(db: Database) -> None:
    bells = Bells(db)
    heard: list[str] = []
    bells.on("web", heard.append)
    bells.expect("inbox")
    async with running(bells.listen()):
        await until(lambda: heard)
        await bells.wait("inbox", 1)
        heard.clear()
        (pid,) = await listeners(db)
        async with db.own_connection() as connection:
            await connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        await ring(db, "web:visitor:1")  # unheard
        assert await bells.wait("inbox", 5)
        await until(lambda: "web" in heard)
        await ring(db, "inbox")
        assert await bells.wait("inbox", 3)


async def test_a_line_that_fell_silent_is_noticed(db: Database, monkeypatch: object) -> None:
    """Nobody says that the other side is gone: the question does not come back."""
    from services import bell

    bells = Bells(db)
    bells.expect("inbox")
    before, bell.ASK_AFTER = bell.ASK_AFTER, 0.2
    try:
        async with running(bells.listen()):
            await bells.wait("inbox", 3)
            await asyncio.sleep(0.7)
            found = await listeners(db)
            async with db.own_connection() as connection:
                asked = await connection.scalar(
                    text(
                        "SELECT count(*) FROM pg_stat_activity WHERE "
                        "datname = current_database() AND query = 'SELECT 1'"
                    )
                )
            assert asked == 1
            assert not found
    finally:
        bell.ASK_AFTER = before
