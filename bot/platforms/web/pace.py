"""Pace: how much one browser may do in a while."""

from __future__ import annotations

import time
from collections import deque

PEOPLE = 10_000  # remembered at most; then those are forgotten who have long been quiet


class Pace:
    """`most` times in `seconds`, for each name by itself."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._times: dict[str, deque[float]] = {}

    def allows(self, who: str) -> bool:
        """Counts one more, unless it is one too many."""
        now = time.monotonic()
        if len(self._times) >= PEOPLE and who not in self._times:
            since = now - self._seconds
            self._times = {name: times for name, times in self._times.items() if times[-1] > since}
        times = self._times.setdefault(who, deque())
        while times and times[0] <= now - self._seconds:
            times.popleft()
        if len(times) >= self._most:
            return False
        times.append(now)
        return True
