"""Leadership: one process at a time delivers and polls for a channel.

An advisory lock on a connection of its own is the crown; its epoch, one higher for each leader,
is checked in every claim, so that a leader who has lost the lock without noticing claims nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import Database

log = logging.getLogger(__name__)

ASK_AGAIN = 1.0  # seconds between tries to become leader
SECOND = 1.0  # the last calls of whoever led before count against the messenger's limits
KEEPALIVE = 2.0
SILENCE = 3.0  # a lock connection silent for so long is lost
FROZEN = 8.0  # a leader that asks nothing for so long is dismissed by the server


@dataclass
class Leadership:
    epoch: int
    lost: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def lead(db: Database, channel: str) -> AsyncIterator[Leadership]:
    """Waits until this process leads for `channel`. Watch `lost`: when it is set, stop at once.
    The lock ends with its connection, so nothing is asked of a connection that may be broken."""
    async with db.own_connection() as connection:
        followed = False
        while not await _take_lock(connection, channel):
            followed = True
            await asyncio.sleep(ASK_AGAIN)
        if followed:
            await asyncio.sleep(SECOND)
        await connection.execute(text(f"SET idle_session_timeout = {round(FROZEN * 1000)}"))
        leadership = Leadership(await _next_epoch(connection, channel))
        watch = asyncio.ensure_future(_watch(connection, channel, leadership))
        try:
            yield leadership
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
            await connection.invalidate()


async def _take_lock(connection: AsyncConnection, channel: str) -> bool:
    async with asyncio.timeout(SILENCE):
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


async def _watch(connection: AsyncConnection, channel: str, leadership: Leadership) -> None:
    try:
        while True:
            await asyncio.sleep(KEEPALIVE)
            async with asyncio.timeout(SILENCE):
                await connection.execute(text("SELECT 1"))
    except Exception as failure:  # noqa: BLE001 (a leader that does not watch leads no more)
        log.warning("the lead for %s is lost: %s", channel, type(failure).__name__)
        leadership.lost.set()
