"""Leadership: one process at a time delivers and polls for a channel.

An advisory lock on a connection of its own is the crown; its epoch, one higher for each leader,
is checked in every claim, so that a leader who has lost the lock without noticing claims nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import Database

ASK_AGAIN = 1.0  # seconds between tries to become leader
KEEPALIVE = 2.0
SILENCE = 3.0  # a lock connection silent for so long is lost


@dataclass
class Leadership:
    epoch: int
    lost: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def lead(db: Database, channel: str) -> AsyncIterator[Leadership]:
    """Waits until this process leads for `channel`; gives the crown back at the end. Watch
    `lost`: when it is set, stop at once."""
    async with db.own_connection() as connection:
        while not await _take_lock(connection, channel):
            await asyncio.sleep(ASK_AGAIN)
        epoch = await _next_epoch(connection, channel)
        leadership = Leadership(epoch)
        watch = asyncio.ensure_future(_watch(connection, leadership))
        try:
            yield leadership
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
            if leadership.lost.is_set():
                await connection.invalidate()
            else:
                await connection.execute(
                    text("SELECT pg_advisory_unlock(hashtextextended(:name, 7))"),
                    {"name": channel},
                )


async def _take_lock(connection: AsyncConnection, channel: str) -> bool:
    return bool(
        await connection.scalar(
            text("SELECT pg_try_advisory_lock(hashtextextended(:name, 7))"), {"name": channel}
        )
    )


async def _next_epoch(connection: AsyncConnection, channel: str) -> int:
    epoch = await connection.scalar(
        text(
            "INSERT INTO channels (name, epoch) VALUES (:name, 1) "
            "ON CONFLICT (name) DO UPDATE SET epoch = channels.epoch + 1 RETURNING epoch"
        ),
        {"name": channel},
    )
    assert epoch is not None
    return int(epoch)


async def _watch(connection: AsyncConnection, leadership: Leadership) -> None:
    try:
        while True:
            await asyncio.sleep(KEEPALIVE)
            async with asyncio.timeout(SILENCE):
                await connection.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError, TimeoutError):
        leadership.lost.set()
