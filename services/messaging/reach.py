"""Reach: since when a messenger has not taken anything at all."""

from __future__ import annotations

import time
from collections.abc import Callable

AWAY_AFTER = 120.0  # seconds
FORGOTTEN_AFTER = 600.0  # seconds without a try, after which the next failure is a first one


class Reach:
    """Seconds are those of a monotonic clock."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: float | None = None
        self._last = 0.0

    def miss(self, seconds: float = 0.0) -> None:
        """A call did not even leave, or nothing is to leave for so long."""
        now = self._clock()
        if self._since is None or now > self._last + FORGOTTEN_AFTER:
            self._since = now
        self._last = now + seconds

    def reach(self) -> None:
        self._since = None

    @property
    def away(self) -> bool:
        now = self._clock()
        lasts = self._since is not None and now - self._since >= AWAY_AFTER
        return lasts and now <= self._last + FORGOTTEN_AFTER
