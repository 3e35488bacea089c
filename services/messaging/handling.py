"""Handling: taking what was heard out of the inbox, one row a transaction.

The claim, all effects, the replies (outbox rows) and "handled" commit together. A row whose
handler raises is tried again later and set aside at the fifth time; others go on meanwhile.
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
        failure: Exception | None = None
        outcome = ""
        try:
            async with self._db.work() as work:
                claimed = await work.inbox.claim()
                if claimed is None:
                    return await work.inbox.next_ready_in() or LOOK_AGAIN
                if claimed.more:
                    self._bells.ring("inbox")
                with self._watch.timing("handle", ""):
                    failure = await self._try(work, claimed)
                if failure is None:
                    await work.inbox.done(claimed)
                    outcome = "handled"
                else:
                    outcome = await self._note_failure(work, claimed, failure)
        except Exception as broken:
            # Even the note could not be made, or the commit was refused: a try all the same.
            if claimed is None or is_passing(broken):
                raise
            async with self._db.work() as work:
                outcome = await self._note_failure(work, claimed, failure or broken, tell=False)
        self._watch.count_handled(outcome)
        return 0

    async def _try(self, work: Work, claimed: Claimed) -> Exception | None:
        """What the handler raised, all it did undone. The row stays ours meanwhile, so that no
        one else tries it at the same time."""
        try:
            async with work.session.begin_nested():
                await self._handle(work, claimed.read())
        except Exception as failure:
            if isinstance(failure, SQLAlchemyError) and is_passing(failure):
                raise
            return failure
        return None

    async def _note_failure(
        self, work: Work, claimed: Claimed, failure: Exception, *, tell: bool = True
    ) -> str:
        number = log_fault(failure, "handling inbox row %s", claimed.id, number=claimed.fault)
        last = await work.inbox.failed(claimed, type(failure).__name__, number)
        if tell and claimed.attempts == 0:  # the person hears of it once
            try:
                async with work.session.begin_nested():
                    await self._tell_fault(work, claimed.read(), number)
            except Exception as again:  # what broke the handler may break this too
                if isinstance(again, SQLAlchemyError) and is_passing(again):
                    raise
                log_fault(again, "telling of fault %s", number)
        return "set_aside" if last else "failed"
