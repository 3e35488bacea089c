"""Flood limits: one message a second to a person, twenty a minute to a group, thirty in all."""

from __future__ import annotations

import math
import time
from collections import deque
from dataclasses import dataclass, field, replace

from .errors import too_many


@dataclass(frozen=True)
class PublishedLimits:
    """The published figures. ``scaled(60)`` makes a minute last a second."""

    chat_rate: float = 1.0
    chat_burst: int = 3
    group_calls: int = 20
    group_window: float = 60.0
    overall_rate: float = 30.0
    overall_burst: int = 30
    group_counts: frozenset[str] = frozenset({"send", "edit", "topic"})
    chat_counts: frozenset[str] = frozenset({"send"})
    factor: float = 1.0
    """How much faster than the real world this one is."""

    def scaled(self, factor: float, *, waits: bool = False) -> PublishedLimits:
        """The same limits in a world that is ``factor`` times faster; with ``waits`` its
        ``retry_after`` is shorter, too, which not every client can read."""
        return replace(
            self,
            chat_rate=self.chat_rate * factor,
            group_window=self.group_window / factor,
            overall_rate=self.overall_rate * factor,
            factor=self.factor * factor if waits else self.factor,
        )

    def retry_after(self, wait: float) -> float:
        """Whole seconds of this world for a wait in real ones."""
        return max(1, math.ceil(wait * self.factor)) / self.factor


@dataclass
class _Bucket:
    rate: float
    room: float
    level: float
    at: float = field(default_factory=time.monotonic)

    def refill(self, now: float) -> None:
        self.level = min(self.room, self.level + (now - self.at) * self.rate)
        self.at = now

    def delay(self, count: int, now: float) -> float:
        self.refill(now)
        # An album larger than the bucket passes when the bucket is full.
        return max(0.0, (min(count, self.room) - self.level) / self.rate)


class Flood:
    """Admits a call or raises 429. A refused call costs nothing."""

    def __init__(self, limits: PublishedLimits | None) -> None:
        self.limits = limits
        self._chats: dict[int, _Bucket] = {}
        self._groups: dict[int, deque[float]] = {}
        self._overall: _Bucket | None = None

    def admit(self, chat: int, kind: str, count: int = 1) -> None:
        """``kind`` is send, edit or topic; a group has a negative number."""
        limits = self.limits
        if limits is None:
            return
        now = time.monotonic()
        if self._overall is None:
            self._overall = _Bucket(limits.overall_rate, limits.overall_burst, limits.overall_burst)
        waits = [self._overall.delay(count, now)]
        window: deque[float] | None = None
        bucket: _Bucket | None = None
        if chat < 0 and kind in limits.group_counts:
            window = self._groups.setdefault(chat, deque())
            while window and window[0] <= now - limits.group_window:
                window.popleft()
            over = len(window) + min(count, limits.group_calls) - limits.group_calls
            if over > 0:
                waits.append(window[over - 1] + limits.group_window - now)
        elif chat > 0 and kind in limits.chat_counts:
            bucket = self._chats.setdefault(
                chat, _Bucket(limits.chat_rate, limits.chat_burst, limits.chat_burst)
            )
            waits.append(bucket.delay(count, now))
        if (wait := max(waits)) > 1e-6:
            raise too_many(limits.retry_after(wait))
        self._overall.level -= count
        if window is not None:
            window.extend([now] * count)
        if bucket is not None:
            bucket.level -= count
