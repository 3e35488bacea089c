"""Waiting for what the community says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.patience import PATIENCE

from .messages import Message

if TYPE_CHECKING:
    from .world import World


class Listener:
    """Reads what the community says in one place, each message once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._read = 0

    def heard(self) -> list[Message]:
        """Everything the community has said here."""
        raise NotImplementedError

    def unread(self) -> list[Message]:
        return self.heard()[self._read :]

    async def next_message(self, timeout: float = PATIENCE) -> Message:
        """The next message of the community."""
        return await self.hears("", timeout)

    async def hears(self, fragment: str = "", timeout: float = PATIENCE) -> Message:
        """The next message that holds ``fragment``; those before it count as read."""
        found: list[int] = []

        def look() -> bool:
            heard = self.heard()
            for index in range(self._read, len(heard)):
                if fragment in heard[index].text:
                    found.append(index)
                    return True
            return False

        await self.world.wait(
            look, timeout, lambda: f"{fragment!r} was not heard, but {self.unread()}"
        )
        self._read = found[0] + 1
        return self.heard()[found[0]]

    async def silence(self, seconds: float = 0.3) -> None:
        """Fails if the community says anything unread within this time."""
        try:
            await self.world.wait(lambda: bool(self.unread()), seconds)
        except TimeoutError:
            return
        raise AssertionError(f"not silence, but {self.unread()}")

    def skip(self) -> None:
        """Counts everything said so far as read."""
        self._read = len(self.heard())
