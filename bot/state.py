"""How the program is doing: which channels work, and what waits."""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.metrics import Metrics
from bot.postgres_place import data_folders
from services.db import Database

log = logging.getLogger(__name__)

DATABASE_PATIENCE = 3.0  # seconds


@dataclass
class ChannelState:
    """`state`: starting, up, down or standby (another process leads)."""

    state: str = "starting"
    why: str = ""
    refused: bool = False  # it answers and does not let us in

    def shown(self) -> dict[str, str]:
        return {"state": self.state, **({"why": self.why} if self.why else {})}


@dataclass(frozen=True)
class Hold:
    """Nothing is sent until then, of a monotonic clock."""

    until: float
    why: str

    def shown(self) -> dict[str, Any]:
        left = self.until - time.monotonic()
        return {"sends_again_in": round(left), "why": self.why} if left > 0 else {}


@dataclass
class State:
    channels: dict[str, ChannelState] = field(default_factory=dict)
    outside: dict[str, ChannelState] = field(default_factory=dict)  # what we can do without
    holds: dict[str, Hold] = field(default_factory=dict)
    data_dir: Path | None = None

    def set(self, channel: str, state: str, why: str = "", *, refused: bool = False) -> bool:
        """True when that is news."""
        before = self.channels.get(channel)
        now = ChannelState(state, why, refused)
        self.channels[channel] = now
        return before != now

    def hold(self, channel: str, seconds: float, why: str) -> None:
        """The messenger takes nothing for so long."""
        self.holds[channel] = Hold(time.monotonic() + seconds, why)

    async def look(self, db: Database) -> dict[str, Any]:
        """What `/health` says: fine while the database and at least one channel work."""
        try:
            async with asyncio.timeout(DATABASE_PATIENCE):
                await db.ping()
            database = True
        except Exception as problem:  # noqa: BLE001 (drivers have errors of their own)
            log.warning("the database does not answer: %s", type(problem).__name__)
            database = False
        channels = {
            name: {**(self.holds[name].shown() if name in self.holds else {}), **channel.shown()}
            for name, channel in self.channels.items()
            if name != "desk"  # people of ours, not residents
        }
        works = any(channel["state"] in ("up", "standby") for channel in channels.values())
        others = {name: other.shown() for name, other in self.outside.items()}
        return {"ok": database and works, "database": database, "channels": channels, **others}

    async def measure(self, db: Database, metrics: Metrics) -> None:
        """Fills the gauges that are read from the tables and the disk."""
        folders = data_folders(self.data_dir) if self.data_dir else []
        if folders:
            metrics.disk_free.set(min(shutil.disk_usage(each).free for each in folders))
        for name, channel in self.channels.items():
            metrics.channel_up.labels(name).set(channel.state in ("up", "standby"))
            metrics.waiting.labels(f"outbox {name}").set(0)
        for name, other in self.outside.items():
            metrics.outside_up.labels(name).set(other.state == "up")
        try:
            async with asyncio.timeout(DATABASE_PATIENCE), db.work() as work:
                waiting = await work.outbox.count_waiting()
                metrics.waiting.labels("inbox").set(await work.inbox.count_waiting())
                metrics.set_aside.set(await work.inbox.count_set_aside())
                ages = await work.troubles.ages()
                rooms = await work.rooms.every()
                metrics.rooms_in_trouble.set(sum(bool(room.trouble) for room in rooms))
        except Exception as problem:  # noqa: BLE001 (the counters are shown without it)
            log.warning("the queues cannot be counted: %s", type(problem).__name__)
            metrics.database_up.set(0)
            return
        metrics.database_up.set(1)
        for name, count in waiting.items():
            metrics.waiting.labels(f"outbox {name}").set(count)
        for queue in ("inbox", *(f"outbox {name}" for name in {*self.channels, *waiting})):
            metrics.oldest.labels(queue).set(ages.get(queue, 0))
