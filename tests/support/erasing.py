"""Asking to be erased, going through it by the clock, and looking what is left."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import select, text, update

from handlers import erasing as told
from services.access import AsResident
from services.db import Database
from services.tables import Erasure, Table, Ticket
from tests.services.linked import meet
from tests.support.clock import MovingClock
from tests.support.marks import BYTES, FLAT, MARKS, NAME, PHONE, USER

ALLOWED = {
    # The accounting system's own records of who holds an account.
    "accounts": {NAME, PHONE},
    "import_changes": {NAME, PHONE},
    "flats": {FLAT},  # the company's list of flats
}


async def found(db: Database, files: Path) -> dict[str, set[str]]:
    """Marks by the table they stand in, «files» among them."""
    standing: dict[str, set[str]] = {}
    async with db.session() as session:
        for table in Table.metadata.sorted_tables:
            rows = await session.scalars(text(f"SELECT row_to_json(t)::text FROM {table.name} t"))
            whole = "\n".join(rows)
            if marks := {mark for mark in MARKS if mark in whole}:
                standing[table.name] = marks
    if BYTES in await asyncio.to_thread(read_all, files):
        standing["DATA_DIR/files"] = {BYTES}
    return standing


def read_all(files: Path) -> str:
    return "".join(path.read_text() for path in files.rglob("*") if path.is_file())


async def go_through(db: Database, times: int = 1) -> None:
    for _ in range(times):
        async with db.work() as work:
            due = await work.erasing.find_due()
        for each in due:
            async with db.work() as work:
                await told.do(work, each)


async def settle(db: Database) -> None:
    """What was on its way has arrived."""
    async with db.work() as work:
        await work.session.execute(
            text("UPDATE outbox SET state = 'sent', settled_at = now() WHERE state = 'waiting'")
        )


async def end_requests(db: Database) -> None:
    async with db.work() as work:
        await work.session.execute(update(Ticket).values(status="done", closed_at=work.now))


async def ask(db: Database, viewer: AsResident) -> Erasure:
    async with db.work() as work:
        return await work.erasing.ask(viewer)


async def erased(db: Database, clock: MovingClock) -> AsResident:
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
    await ask(db, viewer)
    clock.move(hours=25)
    await go_through(db)
    await settle(db)
    await go_through(db)
    return viewer


async def state(db: Database) -> str:
    async with db.session() as session:
        return (
            await session.scalars(select(Erasure.state).order_by(Erasure.id.desc()))
        ).first() or ""
