"""Bells: how a commit in one process wakes a loop in any process.

PostgreSQL's LISTEN/NOTIFY carries them. A bell may be lost (the listener was reconnecting), so
every wait has a timeout after which its loop looks at the tables anyway.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import asyncpg
from sqlalchemy.exc import SQLAlchemyError

from services.db import Database

log = logging.getLogger(__name__)

ASK_AFTER = 10.0  # seconds of silence after which the line is tried
ANSWER_WITHIN = 5.0
RAW = (asyncpg.PostgresError, asyncpg.InterfaceError)


class Bells:
    """Run `listen` for as long as the program runs."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._events: dict[str, asyncio.Event] = {}
        self._hearers: dict[str, list[Callable[[str], None]]] = {}

    def ring(self, bell: str) -> None:
        """In this process only. `name:detail` rings `name` too. A bell that nobody expects leaves
        no trace: there is one for each thread and post."""
        name = bell.partition(":")[0]
        for each in {bell, name}:
            if event := self._events.get(each):
                event.set()
        for hearer in self._hearers.get(name, ()):
            hearer(bell)

    def on(self, name: str, hearer: Callable[[str], None]) -> None:
        """Calls `hearer` with every bell whose name, before the colon, is `name`; with the bare
        name when some may have been missed."""
        self._hearers.setdefault(name, []).append(hearer)

    def off(self, name: str, hearer: Callable[[str], None]) -> None:
        self._hearers[name].remove(hearer)

    def expect(self, bell: str) -> None:
        """From now on a ring of `bell` before a `wait` counts."""
        self._events.setdefault(bell, asyncio.Event())

    async def wait(self, bell: str, timeout: float) -> bool:
        """True when it rang, false when time ran out."""
        self.expect(bell)
        event = self._events[bell]
        try:
            async with asyncio.timeout(timeout):
                await event.wait()
        except TimeoutError:
            return False
        event.clear()
        return True

    async def listen(self) -> None:
        while True:
            try:
                await self._listen_once()
            except (SQLAlchemyError, *RAW, OSError) as failure:
                log.warning("lost the bell line to the database: %s", type(failure).__name__)
            await asyncio.sleep(1)

    async def _listen_once(self) -> None:
        async with self._db.own_connection() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            assert raw is not None
            lost = asyncio.Event()
            raw.add_termination_listener(lambda _: lost.set())
            await raw.add_listener("domovoy", lambda *args: self.ring(str(args[3])))
            for bell in [*self._events, *self._hearers]:
                self.ring(bell)  # what rang while nobody listened
            while not lost.is_set():
                try:
                    async with asyncio.timeout(ASK_AFTER):
                        await lost.wait()
                except TimeoutError:  # a line can be dead without a word
                    await raw.fetchval("SELECT 1", timeout=ANSWER_WITHIN)
