"""Everything there is: people, chats, messages, and what the bot was told."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from tests.support.messenger.waiting import Waiting

from .channels import Channel
from .chats import Chat
from .groups import Group
from .limits import Flood, PublishedLimits
from .messages import Account, Files, Message
from .people import User
from .roles import BotStatus
from .updates import Updates
from .wire import Json

T = TypeVar("T")

DELETED_TOPIC = ("message thread not found", "TOPIC_DELETED", "TOPIC_ID_INVALID")
"""How Telegram may call a topic that is gone."""


@dataclass(eq=False)
class Press:
    """A press of an inline button, waiting for its answer."""

    id: str
    user: User
    message: Message
    data: str
    at: float = field(default_factory=time.monotonic)
    answered: bool = False
    answered_at: float | None = None
    text: str = ""
    alert: bool = False
    url: str = ""


class World(Waiting):
    def __init__(
        self,
        *,
        bot_id: int = 42,
        limits: PublishedLimits | None = None,
        privacy: bool = True,
        press_lifetime: float = 15.0,
    ) -> None:
        super().__init__()
        self.bot = Account(bot_id, "Домовой", is_bot=True, username="domovoy_test_bot")
        self.privacy = privacy
        self.press_lifetime = press_lifetime
        self.deleted_topic = DELETED_TOPIC[0]
        self.flood = Flood(limits)
        self.updates = Updates(self)
        self.files = Files()
        self.chats: dict[int, Chat] = {}
        self.users: dict[int, User] = {}
        self.sent: list[Message] = []
        self.presses: dict[str, Press] = {}
        self.commands: dict[str, list[Json]] = {}
        """What setMyCommands said: by scope as JSON and language."""
        self.profile: dict[str, str] = {}
        """name, description, short_description: by key and language, ``description/ru``."""
        self.menu_buttons: dict[int, Json] = {}
        self.actions: list[tuple[int, int | None, str]] = []
        self.message_ids = itertools.count(1)
        self._user_ids = itertools.count(7001)
        self._group_ids = itertools.count(1)
        self._numbers = itertools.count(1)

    # Making.

    def user(
        self,
        name: str = "Мария",
        id: int | None = None,  # noqa: A002
        *,
        username: str = "",
        language: str = "ru",
        started: bool = False,
    ) -> User:
        """A person; ``started``: has opened the chat with the bot before."""
        number = next(self._user_ids) if id is None else id
        if number in self.users:
            return self.users[number]
        user = User(self, number, name, username, language)
        user.chat.opened = started
        self.users[number] = user
        self.chats[number] = user.chat
        return user

    def group(
        self,
        title: str = "Диспетчерская",
        id: int | None = None,  # noqa: A002
        *,
        kind: Literal["group", "supergroup"] = "supergroup",
        forum: bool = False,
        bot: BotStatus = "administrator",
    ) -> Group:
        number = id
        if number is None:
            count = next(self._group_ids)
            number = -5000 - count if kind == "group" else -1002000000000 - count
        group = Group(self, number, title, kind=kind, forum=forum, bot=bot)
        self.chats[number] = group
        return group

    def forum(
        self,
        title: str = "Диспетчерская",
        id: int | None = None,  # noqa: A002
        *,
        bot: BotStatus = "administrator",
    ) -> Group:
        return self.group(title, id, forum=True, bot=bot)

    def channel(
        self, username: str, title: str = "Новости дома", *, bot: BotStatus = "administrator"
    ) -> Channel:
        """A public one, ``@username``."""
        channel = Channel(self, -1003000000000 - next(self._group_ids), title, username, bot)
        self.chats[channel.id] = channel
        return channel

    def number(self) -> str:
        """A fresh id for an album or a press."""
        return str(13_000_000_000_000_000 + next(self._numbers))

    # Telling.

    def tell(self, message: Message, kind: str = "message") -> None:
        """An update about a message, if the bot may see it."""
        chat = message.chat
        if isinstance(chat, Group) and not chat.visible(message):
            return
        self.updates.put(kind, message.wire(), chat.id)

    def press(self, user: User, message: Message, label_or_data: str) -> Press:
        """Presses an inline button and does not wait."""
        if message.deleted:
            raise AssertionError(f"{message!r} is deleted")
        key = message.button(label_or_data)
        if "callback_data" not in key:
            raise AssertionError(f"{label_or_data!r} is no callback button: {key}")
        press = Press(self.number(), user, message, key["callback_data"])
        self.presses[press.id] = press
        self.updates.put(
            "callback_query",
            {
                "id": press.id,
                "from": user.wire(),
                "message": message.wire(),
                "chat_instance": str(abs(message.chat.id) * 7919),
                "data": press.data,
            },
            message.chat.id,
        )
        return press
