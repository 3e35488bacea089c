"""Chores: what is done by the clock, one item a transaction.

Every process may run them. An item is claimed under a row lock that others skip, so two processes
never do it twice, and none has to lead.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.bell import Bells
from services.db import Database, is_passing
from services.faults import log_fault
from services.work import Work

log = logging.getLogger(__name__)

BELL = "chores"
LOOK_AGAIN = 60.0  # seconds
LOOK_SOON = 5.0  # at the soonest


@dataclass(frozen=True)
class Chore:
    """`find` lists the keys of what is due. `do` claims one of them and does it; it does nothing
    when another process was quicker. An item that failed is tried again after `again`. `next_in`:
    seconds until the next item is due, where the usual look would come too late for it. `most`:
    how many of them a round does, where each takes long."""

    name: str
    find: Callable[[Work], Awaitable[Sequence[int]]]
    do: Callable[[Work, int], Awaitable[None]]
    again: timedelta = timedelta(hours=1)
    next_in: Callable[[Work], Awaitable[float | None]] | None = None
    most: int | None = None


class Chores:
    """`rounds` counts how often all was looked through."""

    def __init__(self, db: Database, bells: Bells, chores: Sequence[Chore]) -> None:
        self._db = db
        self._bells = bells
        self._chores = chores
        self._failed: dict[tuple[str, int], datetime] = {}
        self.rounds = 0
        bells.expect(BELL)

    async def run(self) -> None:
        while True:
            await self.do_due()
            await self._bells.wait(BELL, await self._next_in())

    async def _next_in(self) -> float:
        """How long nothing is due, at most `LOOK_AGAIN`."""
        wait = LOOK_AGAIN
        for chore in self._chores:
            if chore.next_in is None:
                continue
            try:
                async with self._db.work() as work:
                    due = await chore.next_in(work)
            except Exception as failure:  # noqa: BLE001
                self._tell(failure, chore, None)
                continue
            wait = min(wait, LOOK_AGAIN if due is None else max(due, LOOK_SOON))
        return wait

    async def do_due(self) -> None:
        """Everything that is due now. Whatever becomes of one item, the others are done."""
        for chore in self._chores:
            try:
                async with self._db.work() as work:
                    found = await chore.find(work)
                    now = work.now
            except Exception as failure:  # noqa: BLE001
                self._tell(failure, chore, None)
                continue
            due = [key for key in found if self._failed.get((chore.name, key), now) <= now]
            for key in due[: chore.most]:
                await self._do(chore, key, now)
        self.rounds += 1

    async def _do(self, chore: Chore, key: int, now: datetime) -> None:
        try:
            async with self._db.work() as work:
                await chore.do(work, key)
        except Exception as failure:  # noqa: BLE001
            if not is_passing(failure):
                self._failed[chore.name, key] = now + chore.again
            self._tell(failure, chore, key)
        else:
            self._failed.pop((chore.name, key), None)

    def _tell(self, failure: Exception, chore: Chore, key: int | None) -> None:
        if is_passing(failure):
            log.warning("%s waits for the database: %s", chore.name, type(failure).__name__)
        else:
            log_fault(failure, "the chore %s of %s", chore.name, key if key else "all")
