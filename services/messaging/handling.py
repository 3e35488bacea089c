"""Handling: taking what was heard out of the inbox, one row a transaction.

The claim, all effects, the replies (outbox rows) and "handled" commit together. A row whose
handler raises is tried again later and set aside at the fifth time; others go on meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from services.bell import Bells
from services.db import Database
from services.faults import log_fault
from services.messaging.inbox import Claimed
from services.messaging.types import Inbound
from services.messaging.watch import Watch
from services.work import Work

log = logging.getLogger(__name__)

HANDS = 4  # rows handled at the same time by one process
PASSING = ("08", "40", "53", "55", "57")  # SQLSTATE classes that are nobody's fault

Handle = Callable[[Work, Inbound], Awaitable[None]]
TellFault = Callable[[Work, Inbound, str], Awaitable[None]]


class Handling:
    def __init__(
        self, db: Database, bells: Bells, handle: Handle, tell_fault: TellFault, watch: Watch
    ) -> None:
        self._db = db
        self._bells = bells
        self._handle = handle
        self._tell_fault = tell_fault
        self._watch = watch

    async def run(self) -> None:
        async with asyncio.TaskGroup() as hands:
            for _ in range(HANDS):
                hands.create_task(self._work_off())

    async def _work_off(self) -> None:
        while True:
            try:
                if await self.handle_next():
                    continue
                async with self._db.work() as work:
                    soon = await work.inbox.next_ready_in()
                await self._bells.wait("inbox", timeout=min(1.0, max(0.01, soon or 1.0)))
            except (SQLAlchemyError, OSError) as problem:
                log.warning("handling waits for the database: %s", type(problem).__name__)
                await asyncio.sleep(1)

    async def handle_next(self) -> bool:
        """Handles one row. False when nothing is ready."""
        claimed: Claimed | None = None
        try:
            with self._watch.timing("handle", ""):
                async with self._db.work() as work:
                    claimed = await work.inbox.claim()
                    if claimed is None:
                        return False
                    await self._handle(work, claimed.inbound)
                    await work.inbox.done(claimed)
        except Exception as failure:
            if claimed is None or is_passing(failure):
                raise
            await self._note_failure(claimed, failure)
        else:
            self._watch.count_handled("handled")
        return True

    async def _note_failure(self, claimed: Claimed, failure: Exception) -> None:
        number = log_fault(failure, "handling inbox row %s", claimed.id)
        async with self._db.work() as work:
            last = await work.inbox.failed(claimed, type(failure).__name__, number)
        self._watch.count_handled("set_aside" if last else "failed")
        if claimed.attempts > 0:
            return
        try:  # the person hears of it once
            async with self._db.work() as work:
                await self._tell_fault(work, claimed.inbound, number)
        except Exception as again:  # noqa: BLE001 (what broke the handler may break this too)
            log_fault(again, "telling of fault %s", number)


def is_passing(failure: Exception) -> bool:
    """The database was away, a deadlock was broken: nothing is wrong with the message."""
    if isinstance(failure, OSError):
        return True
    if not isinstance(failure, DBAPIError):
        return isinstance(failure, SQLAlchemyError) and not isinstance(failure, DBAPIError)
    state = str(getattr(failure.orig, "sqlstate", "") or "")
    return failure.connection_invalidated or state[:2] in PASSING
