"""Choosing a hundred thousand people and putting a row for each into the outbox."""

from __future__ import annotations

import gc
import os
import statistics
import sys
import time

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
    with folder() as place:
        server = await postgres.start(place / "data")
        try:
            await settle_town(server.url, "telegram", PEOPLE, houses=HOUSES)
            took, grew = await enqueue(server.url)
        finally:
            await server.stop()
    print(f"enqueued in {', '.join(f'{each:.2f}' for each in took)} s", file=sys.stderr)
    name = f"choosing {PEOPLE} people and enqueueing them"
    return [
        Figure(f"{name}, median of {TIMES}", statistics.median(took), 3, "s"),
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


def own_memory() -> float:
    gc.collect()
    return resident_memory(os.getpid())
