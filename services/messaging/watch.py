"""What is counted on the way of a message. The figures' home is outside: see `bot/metrics.py`."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol


class Watch(Protocol):
    def count_heard(self, channel: str, happening: str) -> None: ...

    def count_handled(self, outcome: str) -> None:
        """`outcome`: handled, failed or set_aside."""
        ...

    def count_sent(self, channel: str, kind: str) -> None: ...

    def count_refused(self, channel: str, reason: str) -> None: ...

    def timing(self, step: str, detail: str) -> AbstractContextManager[None]:
        """Times a step in seconds: "handle" or a channel's name for a send."""
        ...
