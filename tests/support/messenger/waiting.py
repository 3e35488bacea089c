"""Waiting until something is so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from tests.support.patience import PATIENCE

T = TypeVar("T")


class Waiting:
    """A world in which things happen. Whoever changes it says so with `touch`."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[None]] = set()

    def touch(self) -> None:
        """Something has changed: those who wait look again."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def wait(
        self,
        predicate: Callable[[], T],
        timeout: float = PATIENCE,
        explain: Callable[[], str] | None = None,
    ) -> T:
        """Until the predicate gives something true, which is returned; else TimeoutError."""
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout
        while not (result := predicate()):
            left = end - loop.time()
            if left <= 0:
                raise TimeoutError(explain() if explain else f"not within {timeout} s")
            waiter: asyncio.Future[None] = loop.create_future()
            self._waiters.add(waiter)
            try:
                # A predicate may look at what changes without a word to us.
                await asyncio.wait([waiter], timeout=min(left, 0.25))
            finally:
                self._waiters.discard(waiter)
        return result
