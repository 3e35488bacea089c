"""How long a test waits for what is bound to come, in seconds that its process has lived."""

from __future__ import annotations

import asyncio
import threading
import time

PATIENCE = 60.0
"""Seconds. A good run never waits them; a machine that stands still for a while must not fail a
test. What must be quick is measured in `bench/`, not here."""

BEAT = 0.25  # seconds
FROZEN = 2.0  # seconds without a beat: the process was stopped, not busy


class Lifetime:
    """A monotonic clock without the time in which the whole process stood still. A virtual machine
    may be laid aside for minutes in the middle of a run; every timeout of a loop would be over
    when it goes on, though nobody had a moment to do what was waited for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._beat = time.monotonic()
        self._frozen = 0.0

    def now(self) -> float:
        with self._lock:
            now = time.monotonic()
            if now - self._beat > FROZEN:
                self._frozen += now - self._beat
            self._beat = now
            return now - self._frozen

    def beat_for_ever(self) -> None:
        """A loop that waits calls nothing, so the heart beats in a thread of its own."""
        while True:
            self.now()
            time.sleep(BEAT)


def count_lived_seconds() -> None:
    """From now on, in every event loop of this process."""
    lifetime = Lifetime()
    threading.Thread(target=lifetime.beat_for_ever, name="heart", daemon=True).start()

    def lived(_: asyncio.BaseEventLoop) -> float:
        return lifetime.now()

    asyncio.BaseEventLoop.time = lived  # type: ignore[method-assign]
