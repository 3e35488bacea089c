"""Handling: taking what was heard out of the inbox, one row a transaction.

The claim, all effects, the replies (outbox rows) and "handled" commit together. A row whose
handler raises is tried again later and set aside at the fifth time; others go on meanwhile. The
failure is written down in a transaction of its own: a savepoint around each handler would be two
round trips for every message.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import SQLAlchemyError

from services.bell import Bells
from services.db import Database, is_passing
from services.faults import log_fault
from services.messaging.inbox import Claimed
from services.messaging.types import Inbound
from services.messaging.watch import Watch
from services.work import Work

log = logging.getLogger(__name__)

HANDS = 4  # rows handled at the same time by one process
LOOK_AGAIN = 1.0  # seconds after which the inbox is looked at though no bell rang
LOOK_SOON = 0.05  # seconds

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
        self._watchman = asyncio.Lock()
        self._failed: set[int] = set()  # rows whose failure is being written down

    async def run(self) -> None:
        self._bells.expect("inbox")
        async with asyncio.TaskGroup() as hands:
            for _ in range(HANDS):
                hands.create_task(self._work_off())

    async def _work_off(self) -> None:
        """One hand. Whatever happens to a row, the hand goes on."""
        while True:
            try:
                wait = await self._handle_or_wait()
            except Exception as failure:  # noqa: BLE001
                if is_passing(failure):
                    log.warning("handling waits for the database: %s", type(failure).__name__)
                else:
                    log_fault(failure, "a hand at the inbox")
                await asyncio.sleep(1)
                continue
            if wait:
                async with self._watchman:  # one hand waits for the bell; it calls for the next
                    await self._bells.wait("inbox", timeout=min(LOOK_AGAIN, max(0.01, wait)))

    async def handle_next(self) -> bool:
        """Handles one row. False when nothing is ready."""
        return await self._handle_or_wait() == 0

    async def _handle_or_wait(self) -> float:
        """0 when a row was handled, else the seconds until one may be ready."""
        claimed: Claimed | None = None
        try:
            async with self._db.work() as work:
                claimed = await work.inbox.claim()
                if claimed is None:
                    return await work.inbox.next_ready_in() or LOOK_AGAIN
                if claimed.more:
                    self._bells.ring("inbox")
                if claimed.id in self._failed:  # another hand is writing that down
                    return LOOK_SOON
                with self._watch.timing("handle", ""):
                    await self._handle(work, claimed.read())
                await work.inbox.done(claimed)
        except Exception as failure:
            if claimed is None or (isinstance(failure, SQLAlchemyError) and is_passing(failure)):
                raise
            self._failed.add(claimed.id)
            try:
                outcome = await self._note_failure(claimed, failure)
            finally:
                self._failed.discard(claimed.id)
        else:
            outcome = "handled"
        self._watch.count_handled(outcome)
        return 0

    async def _note_failure(self, claimed: Claimed, failure: Exception) -> str:
        """All that the handler did is undone by now."""
        number = log_fault(failure, "handling inbox row %s", claimed.id, number=claimed.fault)
        try:
            return await self._note(claimed, failure, number, tell=claimed.attempts == 0)
        except Exception as again:  # what broke the handler may break telling of it, too
            if claimed.attempts or (isinstance(again, SQLAlchemyError) and is_passing(again)):
                raise
            log_fault(again, "telling of fault %s", number)
            return await self._note(claimed, failure, number, tell=False)

    async def _note(self, claimed: Claimed, failure: Exception, number: str, *, tell: bool) -> str:
        """`tell`: the person hears of it; once."""
        async with self._db.work() as work:
            last = await work.inbox.failed(claimed, type(failure).__name__, number)
            if tell and last is not None:
                await self._tell_fault(work, claimed.read(), number)
        return "set_aside" if last else "failed"
