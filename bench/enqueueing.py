"""Choosing a hundred thousand people and putting a row for each into the outbox: of an accident,
and of what they owe."""

from __future__ import annotations

import gc
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.debtors import settle_debts, start_reminder, stop_reminder, write_reminder
from bench.figures import Figure, folder, resident_memory
from bench.town import announce, settle_town
from bot import postgres
from services.db import Database
from tests.support.database import connect

PEOPLE = 100_000
FEW = 10_000
HOUSES = 500
TIMES = 3


async def measure_enqueueing() -> list[Figure]:
    """From the first look at who lives there to the commit, on a database that commits to disk.
    Memory is that of this process, after the many and after a tenth of them."""
    async with town() as url:
        return figures(f"choosing {PEOPLE} people and enqueueing them", 3, *await enqueue(url))


async def measure_reminding() -> list[Figure]:
    """The same for those who owe: whom, with what words and why not the others is written down
    for each."""
    async with town() as url:
        await settle_debts(url)
        name = f"choosing {PEOPLE} debtors and enqueueing their reminders"
        return figures(name, 8, *await remind(url))


@asynccontextmanager
async def town() -> AsyncIterator[str]:
    with folder() as place:
        server = await postgres.start(place / "data")
        try:
            await settle_town(server.url, "telegram", PEOPLE, houses=HOUSES)
            yield server.url
        finally:
            await server.stop()


def figures(name: str, bar: float, took: list[float], grew: float) -> list[Figure]:
    print(f"{name}: {', '.join(f'{each:.2f}' for each in took)} s", file=sys.stderr)
    return [
        Figure(f"{name}, median of {TIMES}", statistics.median(took), bar, "s"),
        Figure(f"{name}: memory more than for {FEW}", grew, 2, "MB"),
    ]


async def enqueue(url: str) -> tuple[list[float], float]:
    db = Database(url)
    took = []
    try:
        await announce(db, houses=HOUSES * FEW // PEOPLE)
        before = own_memory()
        for _ in range(TIMES):
            begun = time.perf_counter()
            await announce(db)
            took.append(time.perf_counter() - begun)
        grew = own_memory() - before
    finally:
        await db.close()
    connection = await connect(url)
    rows = await connection.fetchval("SELECT count(*) FROM outbox")
    await connection.close()
    if rows != FEW + TIMES * PEOPLE:
        raise RuntimeError(f"{rows} rows are in the outbox")
    return took, grew


async def remind(url: str) -> tuple[list[float], float]:
    db = Database(url)
    took, before = [], 0.0
    try:
        for houses, people in ((HOUSES * FEW // PEOPLE, FEW), *[(0, PEOPLE)] * TIMES):
            reminder = await write_reminder(db, houses=houses)
            begun = time.perf_counter()
            await start_reminder(db, reminder)
            took.append(time.perf_counter() - begun)
            if (were := await stop_reminder(db, reminder)) != people:
                raise RuntimeError(f"{were} are reminded")
            before = before or own_memory()
        grew = own_memory() - before
    finally:
        await db.close()
    return took[1:], grew


def own_memory() -> float:
    gc.collect()
    return resident_memory(os.getpid())
