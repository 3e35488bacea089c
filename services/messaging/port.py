"""The port: what a messenger must do for us, what it may do, and how it fails.

A channel raises exactly these from `send`; anything else is our own bug and is treated so.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import ClassVar, Protocol, runtime_checkable

from services.messaging.inbox import Hear
from services.messaging.types import Address, Attachment, Limits, Outbound


class Channel(Protocol):
    """Our side of a messenger."""

    name: ClassVar[str]
    limits: Limits

    async def run(self, hear: Hear, up: Callable[[], None], cursor: str | None = None) -> None:
        """Hears until cancelled, having called `up` once the messenger lets us in. `cursor` is
        the last that was given to `hear`. Raises
        `Unavailable` when it is out of reach or refuses us; whoever runs it waits and runs it
        again. Called in one process at a time."""
        ...

    async def send(self, to: Address, message: Outbound, nonce: int) -> Sequence[str]:
        """Returns every id the message became (an album, a text split in two). `nonce` is the
        same for each try of the same message: what arrived at an earlier one is not sent again."""
        ...

    def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """The bytes of a file that this messenger keeps. Raises `Rejected` when it is gone or
        too large, `Unavailable` when it cannot be had now."""
        ...

    async def close(self) -> None: ...


@runtime_checkable
class Topics(Protocol):
    """A staff group divided into topics."""

    async def open_topic(self, chat: str, title: str) -> str:
        """Raises `NoTopics` when this group has none or does not let us."""
        ...

    async def rename_topic(self, chat: str, topic: str, title: str) -> None:
        """A name that it has already is no failure. Raises `Gone`."""
        ...


@runtime_checkable
class Reactions(Protocol):
    """A small mark on a message instead of one more message."""

    async def react(self, to: Address, external_id: str, emoji: str) -> None: ...


@runtime_checkable
class Withdrawals(Protocol):
    """What was said can be taken back."""

    async def withdraw(self, to: Address, external_ids: Sequence[str]) -> None:
        """Raises `Rejected` when it is too late. What is gone already is no failure."""
        ...


class SendFailed(Exception):
    """Base of the ways a send ends badly. `str()` is the reason, for staff and logs."""


class Blocked(SendFailed):
    """This person will get nothing here until they write again."""


class Barred(SendFailed):
    """We may not write in this group: thrown out, or without the right. What is for it waits."""


class Rejected(SendFailed):
    """This message will never be taken."""


class Throttled(SendFailed):
    """Too fast. `everywhere`: not only this chat. `why`: what more the messenger wants, for
    admins."""

    def __init__(self, delay: float, *, everywhere: bool = False, why: str = "") -> None:
        super().__init__(why or f"slower: again in {delay:g} s")
        self.delay = delay
        self.everywhere = everywhere


class Gone(SendFailed):
    """The topic is no more; the chat is."""


class NoTopics(SendFailed):
    """The group has no topics, or the bot may not make them."""


class Moved(SendFailed):
    """The chat has another id now."""

    def __init__(self, chat: str) -> None:
        super().__init__(f"the chat moved to {chat}")
        self.chat = chat


class Ambiguous(SendFailed):
    """The request left, the answer did not come: it may have been sent."""


class NotSent(SendFailed):
    """The request never left: a free retry."""


class Unavailable(Exception):
    """The messenger is out of reach, or refuses our token. `refused`: retrying is slow."""

    def __init__(self, why: str, *, refused: bool = False) -> None:
        super().__init__(why)
        self.refused = refused
