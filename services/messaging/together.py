"""Writing together: outcomes that wait for a commit share one.

A commit costs the same for one outcome as for a hundred; while one is under way, others gather.
Those that nobody waits for gather a little longer.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy.exc import DBAPIError

from services.db import Database, is_passing
from services.work import Work

log = logging.getLogger(__name__)

MOST = 100  # in one transaction
GATHER = 0.03  # seconds that outcomes wait for company, where all of them can
PAUSE = 1.0  # seconds until an outcome that the database did not take is tried again

Write = Callable[[Work], Awaitable[None]]


@dataclass(frozen=True, eq=False)
class Waiting:
    write: Write
    patient: bool = False
    done: asyncio.Future[None] = field(default_factory=asyncio.Future)


class Together:
    """One writer at a time; what one write breaks, the others do not feel."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._line: deque[Waiting] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()

    async def commit(self, write: Write, *, patient: bool = False) -> None:
        """Returns when it is committed, however long the database is away: `write` may be called
        more than once, each time in a new transaction. `patient`: it may wait for company. Raises
        what waiting does not mend."""
        waiting = Waiting(write, patient)
        self._put([waiting])
        await waiting.done

    async def end(self) -> None:
        """What is not written by now is given up."""
        if self._writer is not None:
            self._writer.cancel()
            await asyncio.wait([self._writer])

    def _put(self, waiting: Sequence[Waiting]) -> None:
        self._line.extend(waiting)
        if not all(each.patient for each in waiting):
            self._hurry.set()
        if self._writer is None or self._writer.done():
            self._writer = asyncio.ensure_future(self._run())

    async def _run(self) -> None:
        while self._line:
            await self._gather()
            await self._write([self._line.popleft() for _ in range(min(len(self._line), MOST))])

    async def _gather(self) -> None:
        if len(self._line) < MOST and all(each.patient for each in self._line):
            self._hurry.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), GATHER)

    async def _write(self, taken: Sequence[Waiting]) -> None:
        wanted = [each for each in taken if not each.done.done()]
        try:
            async with self._db.work() as work:
                for each in wanted:
                    await each.write(work)
        except Exception as failure:  # noqa: BLE001 (given to whom it concerns)
            await self._part(wanted, failure)
        else:
            for each in wanted:
                if not each.done.done():
                    each.done.set_result(None)

    async def _part(self, wanted: Sequence[Waiting], failure: Exception) -> None:
        """Nothing of these was kept. Where one of them is the cause, each goes alone."""
        if len(wanted) > 1 and not is_away(failure):
            for each in wanted:
                await self._write([each])
        elif is_passing(failure):
            log.warning("an outcome waits for the database: %s", type(failure).__name__)
            asyncio.get_running_loop().call_later(PAUSE, self._put, wanted)
        else:
            for each in wanted:
                if not each.done.done():
                    each.done.set_exception(failure)


def is_away(failure: Exception) -> bool:
    """The database as a whole, not for one of the writes."""
    if isinstance(failure, DBAPIError):
        return failure.connection_invalidated
    return is_passing(failure)
