"""Waiting for what the program says."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

from tests.support.messenger.waiting import Waiting
from tests.support.patience import PATIENCE


class Said(Protocol):
    @property
    def text(self) -> str: ...


M = TypeVar("M", bound=Said)


class Listener(Generic[M]):
    """Reads what the program says in one place, each message once."""

    def __init__(self, waiting: Waiting) -> None:
        self._waiting = waiting
        self._read = 0

    def heard(self) -> list[M]:
        """Everything it has said here."""
        raise NotImplementedError

    def unread(self) -> list[M]:
        return self.heard()[self._read :]

    async def next_message(self, timeout: float = PATIENCE) -> M:
        return await self.hears("", timeout)

    async def hears(self, fragment: str = "", timeout: float = PATIENCE) -> M:
        """The next message that holds ``fragment``; those before it count as read."""
        found: list[int] = []

        def look() -> bool:
            heard = self.heard()
            for index in range(self._read, len(heard)):
                if fragment in heard[index].text:
                    found.append(index)
                    return True
            return False

        await self._waiting.wait(
            look, timeout, lambda: f"{fragment!r} was not heard, but {self.unread()}"
        )
        self._read = found[0] + 1
        return self.heard()[found[0]]

    async def silence(self, seconds: float = 0.3) -> None:
        """Fails if anything unread is said within this time."""
        try:
            await self._waiting.wait(lambda: bool(self.unread()), seconds)
        except TimeoutError:
            return
        raise AssertionError(f"not silence, but {self.unread()}")

    def skip(self) -> None:
        """Counts everything said so far as read."""
        self._read = len(self.heard())
