"""A whole conversation over the wire: a resident files a request, staff answer, it is read."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.support import vk
from tests.support.patience import PATIENCE
from tests.support.telegram import Group, Message, TelegramStandIn, User

NUMBER = re.compile(r"№(\d+)")

Messenger = TelegramStandIn | vk.VkStandIn
Person = User | vk.User

Think = Callable[[], Awaitable[None]]


async def at_once() -> None:
    """No pause before a word."""


@dataclass(frozen=True)
class Talk:
    """A conversation that came to its end."""

    mark: str
    ticket: int


class Staff:
    """One member of a forum, who answers each card in its topic."""

    def __init__(self, tg: TelegramStandIn, group: Group, name: str = "Анна Соколова") -> None:
        self.tg = tg
        self.group = group
        self.user = tg.user(name, 9001)
        group.add(self.user)
        self._cards: dict[str, Message] = {}
        self._read = 0

    def card(self, mark: str) -> Message | None:
        """The post with these words, wherever it stands."""
        posts = self.group.heard()
        for post in posts[self._read :]:
            if found := re.search(r"метка-\d+", post.text):
                self._cards[found[0]] = post
        self._read = len(posts)
        return self._cards.get(mark)

    async def answer(self, mark: str, seconds: float) -> None:
        card = await self.tg.wait(
            lambda: self.card(mark), seconds, lambda: f"no card of {mark} in the room"
        )
        await self.user.says(f"Мастер придёт, {mark}", chat=self.group, topic=card.thread_id)


async def converse(where: Messenger, staff: Staff, number: int, seconds: float = PATIENCE) -> Talk:
    """From `/start` to the answer read. `seconds` is the patience for each word."""
    who, mark, ticket = await file_request(where, number, seconds)
    await staff.answer(mark, seconds)
    await who.hears(f"Мастер придёт, {mark}", seconds)
    return Talk(mark, ticket)


async def file_request(
    where: Messenger, number: int, seconds: float = PATIENCE, think: Think = at_once
) -> tuple[Person, str, int]:
    """Registers one more resident, who files a request. `think` comes before each word."""
    mark = f"метка-{number:05}"
    who = where.user("Мария Петрова", 100_000 + number)
    await think()
    await who.starts(f"dvor-{number // 3 % 70 + 1}-1")
    asked = await who.hears("Согласны", seconds)
    await think()
    press(who, asked, "Согласен")
    await who.hears("номер квартиры", seconds)
    await think()
    await who.says(str(number % 36 + 1))
    await who.hears("обращаться", seconds)
    await think()
    await who.says("Мария Петрова")
    asked = await who.hears("телефон", seconds)
    await think()
    await choose(who, asked, "Пропустить")
    asked = await who.hears("рады знакомству", seconds)
    await think()
    await choose(who, asked, "Новая заявка")
    await who.hears("Что случилось", seconds)
    await think()
    await who.says(f"Капает кран, {mark}")
    asked = await who.hears("отнести", seconds)
    await think()
    press(who, asked, "Сантехника")
    asked = await who.hears(mark, seconds)
    await think()
    press(who, asked, "Отправить")
    receipt = await who.hears("принята", seconds)
    found = NUMBER.search(receipt.text)
    assert found is not None, receipt.text
    return who, mark, int(found[1])


async def choose(who: Person, message: Any, label: str) -> None:
    """Below the input field or under the message, wherever this messenger shows it."""
    if message.keyboard:
        await who.presses_standing(label)
    else:
        press(who, message, label)


def press(who: Any, message: Any, label: str) -> None:
    """A press whose spinner is not waited for: the program may be killed before it stops."""
    who.world.press(who, message, label)


def doubled(messages: Sequence[Message | vk.Message]) -> dict[str, list[float]]:
    """Words the bot said more than once, with the moments of each time but the first."""
    moments: dict[str, list[float]] = defaultdict(list)
    for message in messages:
        moments[without_mark(message.text)].append(message.sent_at)
    return {text: sorted(times)[1:] for text, times in moments.items() if len(times) > 1}


def without_mark(text: str) -> str:
    """A repeat says of itself that it is one."""
    return text.removeprefix("↻ ")


def moment() -> float:
    """Of the clock that messages are stamped with."""
    return time.monotonic()
