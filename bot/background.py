"""Background: the one place where tasks are started, watched and ended."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from services.faults import log_fault

log = logging.getLogger(__name__)

LAST_WORDS = 8.0  # seconds; delivery takes 6 of them for what is on its way


class Background:
    """Tasks that live as long as the program. One that ends with an error is a fault and is
    started again; on leaving, all are cancelled and waited for."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []
        self._ended = False

    def keep(self, name: str, make: Any) -> None:
        """`make()` gives the coroutine; it is called again after an unexpected end."""
        self._tasks.append(asyncio.create_task(self._keep(name, make), name=name))

    def start(self, name: str, what: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Something short, once. At the end of the program nothing is begun any more."""
        task = asyncio.create_task(what, name=name)
        if self._ended:
            task.cancel()
        self._tasks.append(task)
        task.add_done_callback(self._forget)
        return task

    async def _keep(self, name: str, make: Any) -> None:
        while True:
            try:
                await make()
            except Exception as failure:  # noqa: BLE001 (whatever ended the task, it goes on)
                log_fault(failure, "%s ended, started again in a second", name)
            await asyncio.sleep(1)

    def _forget(self, task: asyncio.Task[None]) -> None:
        if task in self._tasks:
            self._tasks.remove(task)
        if not task.cancelled() and (failure := task.exception()):
            log_fault(failure, "background task %s", task.get_name())

    async def end(self, seconds: float = LAST_WORDS) -> None:
        """In reverse order, so that what hears stops before what it feeds. Whatever does not end
        within `seconds` is left where it is: what it had committed stands, the rest is done again
        by whoever comes next."""
        self._ended = True
        tasks = [task for task in self._tasks if not task.done()]
        for task in reversed(tasks):
            task.cancel()
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=seconds)
        for task in late:
            log.warning("%s did not end within %.0f s", task.get_name(), seconds)
            task.cancel()
