"""A clock that a test moves. It goes on ticking by itself."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from services.clock import Clock

WEDNESDAY_AT_ELEVEN = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)  # 11:00 in Moscow, a working day


class MovingClock(Clock):
    def __init__(self, start: datetime = WEDNESDAY_AT_ELEVEN) -> None:
        self._start = start
        self._began = time.monotonic()
        self._moved = timedelta(0)

    def now(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._began) + self._moved

    def move(self, **by: float) -> None:
        """`move(hours=3)`"""
        self._moved += timedelta(**by)
