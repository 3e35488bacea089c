"""Carrying a channel: lead for it, hear, deliver, and begin again after whatever went wrong."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from dataclasses import replace

from sqlalchemy.exc import SQLAlchemyError

from bot.metrics import Metrics
from bot.state import State
from services.bell import Bells
from services.db import Database
from services.messaging.delivery import Delivery
from services.messaging.inbox import Hear
from services.messaging.leadership import lead
from services.messaging.port import Channel, Unavailable
from services.messaging.rows import Paused, Telling
from services.messaging.types import Inbound
from services.work import Work

log = logging.getLogger(__name__)

PAUSES = (1.0, 2.0, 5.0, 15.0, 30.0)  # seconds between tries to hear
REFUSED_PAUSES = (5.0, 10.0, 30.0)  # a refused token is tried seldom, but is tried


class Carrying:
    """`telling` are the words around a delivery."""

    def __init__(
        self,
        db: Database,
        bells: Bells,
        metrics: Metrics,
        state: State,
        telling: Telling,
    ) -> None:
        self._db = db
        self._bells = bells
        self._metrics = metrics
        self._state = state
        self._telling = replace(telling, paused=self._pause)
        self._tell_paused = telling.paused

    def hear_for(self, name: str) -> Hear:
        """What a channel calls with what it received: commits, then returns."""

        async def hear(inbounds: Sequence[Inbound], cursor: str | None = None) -> None:
            async with self._db.work() as work:
                await work.inbox.hear(name, inbounds, cursor)
            for inbound in inbounds:
                self._metrics.count_heard(name, inbound.happening)

        return hear

    async def carry(self, channel: Channel) -> None:
        """For ever: waits for the lead, then hears and delivers until the lead is lost."""
        while True:
            try:
                if self._state.channels[channel.name].state == "starting":
                    self._state.set(channel.name, "standby")
                async with lead(self._db, channel.name) as leadership:
                    delivery = Delivery(
                        self._db, self._bells, channel, leadership.epoch, self._telling,
                        self._metrics, leadership.lost,
                    )  # fmt: skip
                    await first_to_end(
                        leadership.lost.wait(), self._keep_hearing(channel), delivery.run()
                    )
            except (SQLAlchemyError, OSError) as problem:
                log.warning("%s: the database is away: %s", channel.name, type(problem).__name__)
            finally:
                self._state.set(channel.name, "standby")
            await asyncio.sleep(1)

    async def _pause(self, work: Work, pause: Paused) -> None:
        if pause.room_id is None:
            self._state.hold(pause.channel, pause.seconds, pause.why)
        await self._tell_paused(work, pause)

    async def _keep_hearing(self, channel: Channel) -> None:
        failures = 0

        def up() -> None:
            nonlocal failures
            failures = 0
            if self._state.set(channel.name, "up"):
                log.info("%s works", channel.name)

        while True:
            try:
                async with self._db.work() as work:
                    cursor = await work.inbox.cursor(channel.name)
                await channel.run(self.hear_for(channel.name), up, cursor)
                return
            except Unavailable as outage:
                if self._state.set(channel.name, "down", str(outage), refused=outage.refused):
                    log.warning("%s is off: %s; trying again", channel.name, outage)
                pauses = REFUSED_PAUSES if outage.refused else PAUSES
                pause = pauses[min(failures, len(pauses) - 1)]
                failures += 1
            except (SQLAlchemyError, OSError) as problem:
                log.warning("%s heard nothing: %s", channel.name, type(problem).__name__)
                pause = 1.0
            await asyncio.sleep(pause)


async def first_to_end(*works: Awaitable[object]) -> None:
    """Runs all until one ends, then ends the others. What one raised is raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        if failure := task.exception():
            raise failure
