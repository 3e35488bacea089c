"""People of a conversation test. What they do reads as sentences; what fails shows the dialogue."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from tests.support.drivers import Line, ResidentDriver, RoomDriver, find_button

Settle = Callable[[], Awaitable[None]]


Look = Callable[[], Awaitable[Sequence[Line]]]


async def find(
    settle: Settle, look: Look, fits: Callable[[Line], bool], what: str, now: Sequence[Line] = ()
) -> Line:
    """A line that fits: among those of `now`, else once nothing more is under way."""
    for line in now:
        if fits(line):
            return line
    await settle()
    lines = await look()
    for line in lines:
        if fits(line):
            return line
    raise AssertionError(f"{what}\n\n{transcript(lines)}")


def transcript(lines: Sequence[Line]) -> str:
    return "\n".join(f"    {line}" for line in lines) or "    (nothing was said)"


class Resident:
    """`hears` looks only at what came since it last found something."""

    def __init__(self, driver: ResidentDriver, settle: Settle) -> None:
        self.driver = driver
        self._settle = settle
        self._read: set[Any] = set()
        self.presses_made = 0
        self.sentences_said = 0

    def can(self, what: str) -> bool:
        return what in self.driver.can

    # Speaking.

    async def opens(self, code: str = "") -> None:
        """`/start`, or opening the chat on the site, with what a deep link carries."""
        await self.driver.open(code)

    async def says(self, text: str) -> None:
        self.sentences_said += 1
        await self.driver.say(text)

    async def quotes(self, line: Line, text: str) -> None:
        await self._settle()  # nobody quotes within milliseconds
        await self.driver.say(text, quotes=line)

    async def sends_photo(self, caption: str = "") -> None:
        await self.driver.send("photo", 1, caption)

    async def sends_album(self, count: int = 3, caption: str = "") -> None:
        await self.driver.send("photo", count, caption)

    async def sends_voice(self) -> None:
        await self.driver.send("voice", 1, "")

    async def sends_sticker(self) -> None:
        await self.driver.send("sticker", 1, "")

    async def sends_document(self, *, size: int | None = None, caption: str = "") -> None:
        await self.driver.send("document", 1, caption, size)

    async def shares_phone(self, phone: str) -> None:
        await self.driver.share_phone(phone)

    async def presses(self, *labels: str) -> None:
        """One button after another, each the newest with that label."""
        for label in labels:
            await self._settle()
            lines = await self.driver.look()
            try:
                line = find_button(lines, label)
            except AssertionError as missing:
                raise AssertionError(f"{missing}\n\n{transcript(lines)}") from None
            self.presses_made += 1
            await self.driver.press(line, label)

    async def presses_under(self, line: Line, label: str) -> None:
        """A button of an older message."""
        await self.driver.press(line, label)

    async def forges(self, action: str) -> None:
        await self.driver.forge(action)

    async def edits(self, words: str, text: str) -> None:
        """The newest message of one's own with those words."""
        await self._settle()
        lines = await self.driver.look()
        mine = next(line for line in reversed(lines) if line.mine and words in line.text)
        await self.driver.edit(mine, text)

    async def blocks(self) -> None:
        await self.driver.block()

    # Hearing.

    async def hears(self, words: str) -> Line:
        """Something new from the program with these words; what came before it counts as read."""

        def fits(line: Line) -> bool:
            return not line.mine and line.id not in self._read and words in line.text

        missing = f"«{words}» was not heard"
        line = await find(self._settle, self.driver.look, fits, missing, self.driver.now())
        for each in self.driver.now():
            self._read.add(each.id)
            if each.id == line.id:
                break
        return line

    async def hears_nothing(self) -> None:
        """Nothing new, once all is done."""
        new = await self.unread()
        if new:
            raise AssertionError(f"not silence, but\n\n{transcript(new)}")

    async def unread(self) -> list[Line]:
        await self._settle()
        lines = await self.driver.look()
        return [line for line in lines if not line.mine and line.id not in self._read]

    async def forgets(self) -> None:
        """Counts everything said so far as read."""
        self._read |= {line.id for line in [*await self.unread(), *await self.driver.look()]}

    async def last(self) -> Line:
        await self._settle()
        return [line for line in await self.driver.look() if not line.mine][-1]

    async def reads(self) -> str:
        """The whole dialogue."""
        await self._settle()
        return transcript(await self.driver.look())

    async def becomes(self, line: Line, words: str) -> None:
        """An old message now reads so."""

        def fits(now: Line) -> bool:
            return bool(now.id == line.id and words in now.text)

        await find(self._settle, self.driver.look, fits, f"no old message became «{words}»")

    # What most stories begin with.

    async def settles_in(
        self, code: str = "sadovaya-5", flat: str = "4", name: str = "Мария"
    ) -> None:
        """Consent and registration by the link of a house."""
        await self.opens(code)
        await self.presses("Согласен")
        await self.says(flat)
        await self.says(name)
        await self.presses("Пропустить")
        await self.hears("Чем помочь")
        self.presses_made = self.sentences_said = 0

    async def files(self, words: str = "Лифт стоит") -> str:
        """A request from the menu to its number, which is returned."""
        await self.presses("Новая заявка")
        await self.says(words)
        await self.presses("Лифт", "Не работает", "Отправить")
        return await self.gets_number()

    async def gets_number(self) -> str:
        receipt = await self.hears("Заявка №")
        return receipt.text.partition("№")[2].split()[0]


class Member:
    """One of staff, in one room."""

    def __init__(self, driver: RoomDriver, settle: Settle) -> None:
        self.driver = driver
        self._settle = settle

    async def finds(self, words: str) -> Any:
        """The newest thread that the room shows with these words."""
        await self._settle()
        threads = await self.driver.threads()
        found = [handle for handle, shown in threads.items() if words in shown]
        assert found, f"no thread with «{words}» among\n" + "\n".join(threads.values())
        return found[-1] if self.driver.name != "desk" else max(found)

    async def counts_threads(self) -> int:
        await self._settle()
        return len(await self.driver.threads())

    async def reads(self, thread: Any) -> str:
        """Everything that stands in the thread."""
        await self._settle()
        return transcript(await self.driver.look(thread))

    async def sees(self, thread: Any, words: str) -> Line:
        return await find(
            self._settle,
            lambda: self.driver.look(thread),
            lambda line: words in line.text,
            f"«{words}» is not in the thread",
        )

    async def sees_mark(self, thread: Any, words: str, mark: str) -> None:
        """The member's own message carries what became of it."""
        await find(
            self._settle,
            lambda: self.driver.look(thread),
            lambda line: words in line.text and mark in line.state,
            f"«{words}» is not marked {mark}",
        )

    async def says(self, text: str, thread: Any) -> None:
        await self.driver.say(text, thread)

    async def quotes(self, line: Line, text: str, thread: Any) -> None:
        await self._settle()
        await self.driver.say(text, thread, quotes=line)

    async def sends_photo(self, thread: Any, caption: str = "") -> None:
        await self.driver.send("photo", thread, caption)

    async def sends_sticker(self, thread: Any) -> None:
        await self.driver.send("sticker", thread, "")

    async def presses(self, label: str, thread: Any) -> None:
        await self._settle()
        await self.driver.press(find_button(await self.driver.look(thread), label), label)

    async def edits(self, words: str, text: str, thread: Any) -> None:
        await self._settle()
        lines = await self.driver.look(thread)
        mine = next(line for line in reversed(lines) if line.mine and words in line.text)
        await self.driver.edit(mine, text)


async def both(*works: Awaitable[Any]) -> None:
    """At the same moment."""
    await asyncio.gather(*works)
