"""Drivers: how a person acts in one messenger or browser, over real HTTP. A new messenger is one
more `ResidentDriver`; a staff room of another kind one more `RoomDriver`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol


@dataclass(eq=False)
class Line:
    """A message as its reader sees it. `quotes` is the id of the message it answers."""

    id: Any
    mine: bool
    text: str
    author: str = ""
    rows: list[list[str]] = field(default_factory=list)
    standing: bool = False
    files: list[str] = field(default_factory=list)
    quotes: Any = None
    state: str = ""
    raw: Any = None

    @property
    def buttons(self) -> list[str]:
        return [label for row in self.rows for label in row]

    def __str__(self) -> str:
        parts = ["я" if self.mine else self.author or "бот", ": ", self.text]
        parts += [f" <{kind}>" for kind in self.files]
        parts += ["".join(f"\n        [{'] ['.join(row)}]" for row in self.rows)]
        return "".join(parts)


class ResidentDriver(Protocol):
    """One person. What a messenger lacks is not in `can`: edits, stickers, contacts, voices,
    blocking, big_files. Every call returns once the program has heard it."""

    name: ClassVar[str]
    can: ClassVar[frozenset[str]]

    async def open(self, code: str) -> None:
        """The first visit, or a visit by a deep link."""
        ...

    def now(self) -> list[Line]:
        """The whole chat as it stands on the screen, oldest first."""
        ...

    async def look(self) -> list[Line]:
        """The same, with whatever is still on its way to the screen."""
        ...

    async def say(self, text: str, quotes: Line | None = None) -> None: ...

    async def send(self, kind: str, count: int, caption: str, size: int | None = None) -> None:
        """Files of one kind, as one message."""
        ...

    async def press(self, line: Line, label: str) -> None: ...

    async def forge(self, action: str) -> None:
        """A press that no button of ours offers."""
        ...

    async def edit(self, line: Line, text: str) -> None: ...

    async def share_phone(self, phone: str) -> None: ...

    async def block(self) -> None: ...

    async def close(self) -> None: ...


class RoomDriver(Protocol):
    """One member of staff in one room. A thread is named by whatever the room names it by."""

    name: ClassVar[str]

    async def threads(self) -> dict[Any, str]:
        """Every thread the member sees: its handle and what the list says of it."""
        ...

    async def look(self, thread: Any) -> list[Line]: ...

    async def say(self, text: str, thread: Any, quotes: Line | None = None) -> None: ...

    async def send(self, kind: str, thread: Any, caption: str) -> None: ...

    async def press(self, line: Line, label: str) -> None: ...

    async def edit(self, line: Line, text: str) -> None: ...

    async def close(self) -> None: ...


def find_button(lines: Sequence[Line], label: str) -> Line:
    """The newest line with that button; a standing one only while it stands."""
    standing = next((line for line in reversed(lines) if line.standing), None)
    for line in reversed(lines):
        if bare(label) in map(bare, line.buttons) and (not line.standing or line is standing):
            return line
    raise AssertionError(f"no button «{label}»")


def bare(label: str) -> str:
    """Without an emoji before it, in one case."""
    return label.lstrip("🚨✅✖️🔧📝 ").casefold()
