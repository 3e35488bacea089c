"""Everything there is: people, dialogues, messages, and what the community was told."""

from __future__ import annotations

import itertools
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from tests.support.messenger.waiting import Waiting

from .callback import Callbacks
from .chats import FIRST_CONVERSATION, Chat, Conversation
from .community import Community
from .files import Files
from .keyboards import check_keyboard
from .limits import Flood, PublishedLimits
from .messages import Message, find_key, payload_of
from .people import User
from .updates import Updates
from .uploads import Uploads
from .wire import Json

if TYPE_CHECKING:
    from .wall import WallPost

T = TypeVar("T")


@dataclass(eq=False)
class Press:
    """A press of a button. Of a callback button it waits for its answer; a text button says
    its label at once, a link only opens."""

    id: str
    """The ``event_id`` that ``messages.sendMessageEventAnswer`` names."""
    user: User
    chat: Chat
    payload: str
    at: float = field(default_factory=time.monotonic)
    answered: bool = False
    answered_at: float | None = None
    text: str = ""
    """Of the snackbar."""
    url: str = ""
    """Of the link that was opened."""
    app: Json | None = None
    said: Message | None = None
    """What a text button said."""


class World(Waiting):
    def __init__(
        self,
        *,
        group_id: int = 77,
        limits: PublishedLimits | None = None,
        press_lifetime: float = 60.0,
    ) -> None:
        super().__init__()
        self.group_id = group_id
        self.community = Community(group_id)
        self.press_lifetime = press_lifetime
        self.reply_window: float | None = 24 * 3600.0
        """How long after a person's last word ``intent=default`` may write; None is for ever."""
        self.random_id_window: float | None = 3600.0
        """How long a ``random_id`` is remembered."""
        self.edit_window = 24 * 3600.0
        self.sends_mark_read = False
        """Does a message of the community mark the dialogue as read by it?"""
        self.flood = Flood(limits)
        self.callbacks = Callbacks(self)
        self.updates = Updates(self)
        self.files = Files(lambda: self.base)
        self.uploads = Uploads(self)
        self.chats: dict[int, Chat] = {}
        self.users: dict[int, User] = {}
        self.sent: list[Message] = []
        self.by_id: dict[int, Message] = {}
        self.presses: dict[str, Press] = {}
        self.wall: list[WallPost] = []
        self.wall_refuses = 0
        """The code of the error that every post there meets."""
        self.actions: list[tuple[int, str]] = []
        """``messages.setActivity``: peer and type."""
        self.message_ids = itertools.count(1)
        self._user_ids = itertools.count(7001)
        self._numbers = itertools.count(1)

    @property
    def base(self) -> str:
        """Where files and Long Poll live."""
        return "http://127.0.0.1"

    # Making.

    def user(
        self,
        name: str = "Мария",
        id: int | None = None,  # noqa: A002
        *,
        last_name: str = "Петрова",
        screen_name: str = "",
        started: bool = False,
    ) -> User:
        """A person; ``started``: has written to the community before."""
        number = next(self._user_ids) if id is None else id
        if number in self.users:
            return self.users[number]
        user = User(self, number, name, last_name, screen_name)
        if started:
            user.chat.opens()
        self.users[number] = user
        self.chats[number] = user.chat
        return user

    def conversation(self, title: str = "Совет дома", *members: User) -> Conversation:
        """A chat of many with the community in it."""
        chat = Conversation(self, FIRST_CONVERSATION + next(self._numbers), title)
        chat.members.update({each.id: each for each in members})
        self.chats[chat.id] = chat
        return chat

    def foreign(self, text: str, *, sender: User | None = None) -> Message:
        """A message from elsewhere, to be forwarded."""
        who = sender or self.user("Сосед")
        return Message(who.chat, who.id, text, cmid=next(self._numbers) + 1000)

    def number(self) -> str:
        """A fresh id for a press."""
        return f"{next(self._numbers):012x}"

    def admin_says(self, user: User, text: str, keyboard: str = "") -> Message:
        """One of the staff answers in VK itself: the bot sees a ``message_reply``."""
        message = Message(user.chat, -self.group_id, text, admin=1)
        message.markup = check_keyboard(keyboard)
        user.chat.post(message)
        self.tell(message, "message_reply")
        return message

    # Telling.

    def tell(self, message: Message, kind: str = "message_new") -> None:
        """An event about a message."""
        chat = message.chat
        if isinstance(chat, Conversation) and not chat.present:
            return
        body = message.wire(whole=False)
        if kind == "message_new":
            writer = self.users[message.from_id]
            body = {"message": body, "client_info": dict(writer.client_info)}
        self.updates.put(kind, json.loads(json.dumps(body)), chat.id)

    def press(self, user: User, message: Message, label_or_payload: str) -> Press:
        """Presses a button under a message, or of the standing keyboard it brought, and does
        not wait."""
        if message.deleted:
            raise AssertionError(f"{message!r} is deleted")
        key = message.button(label_or_payload)
        return self.press_key(user, message.chat, key, message if message.inline else None)

    def press_key(self, user: User, chat: Chat, key: Json, under: Message | None) -> Press:
        action = key["action"]
        press = Press(self.number(), user, chat, payload_of(key))
        if action["type"] != "callback":
            press.answered, press.answered_at = True, press.at
            press.url = action.get("link", "")
            press.said = user.says_key(chat, key, press.payload)
            return press
        self.presses[press.id] = press
        user.chat.active_at = time.monotonic()
        body = {
            "user_id": user.id,
            "peer_id": chat.id,
            "event_id": press.id,
            "payload": json.loads(press.payload),
        }
        if under is not None:
            body["conversation_message_id"] = under.cmid
        self.updates.put("message_event", body, chat.id)
        return press

    def standing_key(self, chat: Chat, label_or_payload: str) -> Json:
        shown = chat.current
        found = find_key(shown.keyboard if shown else [], label_or_payload)
        if found is None:
            labels = shown.buttons if shown else []
            raise AssertionError(f"no key {label_or_payload!r} below the input field: {labels}")
        return found
