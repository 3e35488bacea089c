"""Time, from one place, so that a test can move it."""

from __future__ import annotations

from datetime import UTC, datetime


class Clock:
    """Tells the time in UTC, always aware. Words and rules turn it to the company's zone."""

    def now(self) -> datetime:
        return datetime.now(UTC)
