"""Bells: how a commit in one process wakes a loop in any process.

PostgreSQL's LISTEN/NOTIFY carries them. A bell may be lost (the listener was reconnecting), so
every wait has a timeout after which its loop looks at the tables anyway.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from services.db import Database

log = logging.getLogger(__name__)


class Bells:
    """Run `listen` for as long as the program runs."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._events: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._hearers: dict[str, list[Callable[[str], None]]] = defaultdict(list)

    def ring(self, bell: str) -> None:
        """In this process only. `name:detail` rings `name` too."""
        name = bell.partition(":")[0]
        for each in {bell, name}:
            self._events[each].set()
        for hearer in self._hearers[name]:
            hearer(bell)

    def on(self, name: str, hearer: Callable[[str], None]) -> None:
        """Calls `hearer` with every bell whose name, before the colon, is `name`."""
        self._hearers[name].append(hearer)

    async def wait(self, bell: str, timeout: float) -> bool:
        """True when it rang, false when time ran out. A ring before the call counts."""
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
            except (SQLAlchemyError, OSError) as problem:
                log.warning("lost the bell line to the database: %s", type(problem).__name__)
            await asyncio.sleep(1)

    async def _listen_once(self) -> None:
        async with self._db.own_connection() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            assert raw is not None
            lost = asyncio.Event()
            raw.add_termination_listener(lambda _: lost.set())
            await raw.add_listener("domovoy", lambda *args: self.ring(str(args[3])))
            for bell in list(self._events):
                self.ring(bell)  # what rang while nobody listened
            await lost.wait()
