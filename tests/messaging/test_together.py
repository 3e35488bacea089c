"""Outcomes that share a commit: what breaks one of them does not touch the others."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from sqlalchemy import TextClause, text
from sqlalchemy.exc import IntegrityError

from services.db import Database
from services.messaging import together as together_module
from services.messaging.together import Together
from services.work import Work
from tests.support.patience import PATIENCE


async def kept(db: Database) -> list[str]:
    async with db.session() as session:
        return list(await session.scalars(text("SELECT name FROM channels ORDER BY name")))


def keep(name: str) -> TextClause:
    return text("INSERT INTO channels (name) VALUES (:name)").bindparams(name=name)


async def test_what_waits_together_is_committed_together(db: Database) -> None:
    together = Together(db)
    commits: set[int] = set()

    async def write(work: Work, name: str) -> None:
        await work.session.execute(keep(name))
        commits.add(await work.session.scalar(text("SELECT txid_current()")))

    names = [f"{number:03}" for number in range(60)]
    await asyncio.gather(*(together.commit(lambda work, n=n: write(work, n)) for n in names))
    assert await kept(db) == names
    assert len(commits) <= 3
    await together.end()


async def test_who_may_wait_waits_for_company_and_who_may_not_takes_them_along(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(together_module, "GATHER", 2 * PATIENCE)
    together = Together(db)
    commits: list[int] = []

    async def write(work: Work) -> None:
        commits.append(await work.session.scalar(text("SELECT txid_current()")))

    patient = [asyncio.ensure_future(together.commit(write, patient=True)) for _ in range(3)]
    await asyncio.sleep(0)
    assert commits == []
    async with asyncio.timeout(PATIENCE):
        await together.commit(write)
        await asyncio.gather(*patient)
    assert len(commits) == 4
    assert len(set(commits)) == 1
    await together.end()


async def test_one_that_breaks_breaks_alone(db: Database) -> None:
    together = Together(db)

    async def good(work: Work) -> None:
        await work.session.execute(keep(f"good {next(numbers)}"))

    async def bad(work: Work) -> None:
        await work.session.execute(keep("half"))
        raise LookupError("ours")

    numbers = itertools.count()
    ends = await asyncio.gather(
        together.commit(good), together.commit(bad), together.commit(good), return_exceptions=True
    )
    assert [type(end) for end in ends] == [type(None), LookupError, type(None)]
    assert len(await kept(db)) == 2
    await together.end()


async def test_a_write_the_database_refuses_is_the_callers_and_nobody_elses(db: Database) -> None:
    together = Together(db)
    async with db.session() as session:
        await session.execute(keep("taken"))

    async def twice(work: Work) -> None:
        await work.session.execute(keep("taken"))

    async def good(work: Work) -> None:
        await work.session.execute(keep("good"))

    ends = await asyncio.gather(
        together.commit(twice), together.commit(good), return_exceptions=True
    )
    assert [type(end) for end in ends] == [IntegrityError, type(None)]
    assert await kept(db) == ["good", "taken"]
    await together.end()


async def test_a_database_that_is_away_is_waited_for(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.messaging.together.PAUSE", 0.05)
    together = Together(db)
    tries = itertools.count(1)

    async def write(work: Work) -> None:
        if next(tries) < 4:
            raise ConnectionRefusedError
        await work.session.execute(keep("late"))

    await asyncio.wait_for(together.commit(write), PATIENCE)
    assert await kept(db) == ["late"]
    await together.end()


async def test_who_gave_up_is_not_written(db: Database) -> None:
    together = Together(db)
    slow = asyncio.Event()

    async def hold(work: Work) -> None:
        await slow.wait()

    async def late(work: Work) -> None:
        await work.session.execute(keep("late"))

    first = asyncio.ensure_future(together.commit(hold))
    await asyncio.sleep(0.05)
    second = asyncio.ensure_future(together.commit(late))
    await asyncio.sleep(0)
    second.cancel()
    slow.set()
    await first
    await asyncio.gather(second, return_exceptions=True)
    await together.end()
    assert await kept(db) == []
