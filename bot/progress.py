"""A bar on stderr: drawn over itself on a screen, now and then a line in a journal."""

from __future__ import annotations

import sys
import time

WIDTH = 30
SCREEN, JOURNAL = 0.1, 5.0  # seconds between two drawings


class Bar:
    def __init__(self, what: str) -> None:
        self._what = what
        self._screen = sys.stderr.isatty()
        self._drawn = 0.0
        self._ended = False

    def __call__(self, done: float, rows: int) -> None:
        """`done`: 0 to 1."""
        now = time.monotonic()
        whole = done >= 1
        if self._ended or (not whole and now - self._drawn < (SCREEN if self._screen else JOURNAL)):
            return
        self._drawn, self._ended = now, whole
        filled = int(WIDTH * min(1.0, done))
        line = f"{self._what} [{'█' * filled}{'·' * (WIDTH - filled)}] {done:4.0%} строк: {rows}"
        end = "\n" if whole or not self._screen else ""
        print(f"{chr(13) if self._screen else ''}{line}", end=end, file=sys.stderr, flush=True)

    def close(self) -> None:
        """Where it broke off in the middle: what is printed next begins a line of its own."""
        if self._screen and self._drawn and not self._ended:
            print(file=sys.stderr)
