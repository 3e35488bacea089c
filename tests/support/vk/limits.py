"""The rate of requests: twenty in any second for a token; ``execute`` is one request."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, replace

from .errors import ApiError


@dataclass(frozen=True)
class PublishedLimits:
    """The published figures. ``scaled(10)`` makes a second last a tenth of one."""

    requests: int = 20
    window: float = 1.0

    def scaled(self, factor: float) -> PublishedLimits:
        """The same limits in a world that is ``factor`` times faster."""
        return replace(self, window=self.window / factor)

    @property
    def rate(self) -> float:
        return self.requests / self.window


class Flood:
    """Admits a request or raises error 6. A refused request costs nothing."""

    def __init__(self, limits: PublishedLimits | None) -> None:
        self.limits = limits
        self._taken: deque[float] = deque()

    def admit(self) -> None:
        limits = self.limits
        if limits is None:
            return
        now = time.monotonic()
        while self._taken and self._taken[0] <= now - limits.window:
            self._taken.popleft()
        if len(self._taken) >= limits.requests:
            raise ApiError(6)
        self._taken.append(now)
