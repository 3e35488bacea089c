"""Dialogues with the community: of one person, or of many."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.support.messenger.listening import Listener

from .errors import ApiError
from .messages import Message
from .wire import Json

if TYPE_CHECKING:
    from .world import World
    from .writing import Writer

FIRST_CONVERSATION = 2_000_000_000
SUBSCRIBED = frozenset({"promo_newsletter", "non_promo_newsletter", "confirmed_notification"})
"""Intents a person must have subscribed to."""
TRANSACTIONAL = frozenset(
    {"account_update", "purchase_update", "game_notification", "finance_notification"}
)
SUPPORT_WINDOW = 7 * 24 * 3600.0


class Chat(Listener[Message]):
    kind = "user"

    def __init__(self, world: World, number: int, title: str) -> None:
        super().__init__(world)
        self.world = world
        self.id = number
        """``peer_id``."""
        self.title = title
        self.messages: list[Message] = []
        self.in_read = 0
        """The ``cmid`` up to which the community has read."""
        self.current: Message | None = None
        """Whose standing keyboard is below the input field."""
        self._by_cmid: dict[int, Message] = {}
        self._said: list[Message] = []
        self.sent_once: dict[int, tuple[Message, float]] = {}
        """By ``random_id``."""

    def heard(self) -> list[Message]:
        return self._said

    def post(self, message: Message) -> Message:
        message.cmid = len(self.messages) + 1
        message.id = self.next_id()
        self.messages.append(message)
        self._by_cmid[message.cmid] = message
        if message.id:
            self.world.by_id[message.id] = message
        if message.from_bot:
            self._said.append(message)
            self.world.sent.append(message)
            if message.markup is not None and not message.markup["inline"]:
                self.current = message if message.keyboard else None
            if self.world.sends_mark_read:
                self.in_read = message.cmid
        self.world.touch()
        return message

    def next_id(self) -> int:
        return next(self.world.message_ids)

    def find(self, cmid: int | None) -> Message | None:
        """A message that is still there."""
        found = self._by_cmid.get(cmid or 0)
        return None if found is None or found.deleted else found

    def unread_by_community(self) -> list[Message]:
        return [
            each for each in self.messages[self.in_read :] if not each.from_bot and not each.deleted
        ]

    def check_writable(self, intent: str = "default", subscribe_id: int = 0) -> None:
        """Raises what the community would be told."""

    def last(self) -> Message:
        """The newest message of the community here."""
        if not self._said:
            raise AssertionError(f"the community has said nothing in {self.id}")
        return self._said[-1]

    def wire(self) -> Json:
        last = next((each for each in reversed(self.messages) if not each.deleted), None)
        peer = {"id": self.id, "type": self.kind, "local_id": self.id % FIRST_CONVERSATION}
        read = self._by_cmid.get(self.in_read)
        body: Json = {
            "peer": peer,
            "last_message_id": last.id if last else 0,
            "last_conversation_message_id": last.cmid if last else 0,
            "in_read": read.id if read else 0,
            "out_read": 0,
            "sort_id": {"major_id": 0, "minor_id": last.id if last else 0},
            "version": 10_000_000 + len(self.messages),
            "important": False,
            "unanswered": bool(last and not last.from_bot),
            "can_write": {"allowed": True},
        }
        if unread := len(self.unread_by_community()):
            body["unread_count"] = unread
        if self.current is not None and self.current.markup is not None:
            shown = self.current.markup
            body["current_keyboard"] = shown | {"author_id": -self.world.group_id}
        try:
            self.check_writable()
        except ApiError as error:
            body["can_write"] = {"allowed": False, "reason": error.code}
        return body


class PrivateChat(Chat):
    def __init__(self, world: World, user: Writer) -> None:
        super().__init__(world, user.id, user.first_name)
        self.user = user
        self.allowed = False
        """The community may write: they wrote first, or allowed it."""
        self.refusal = 0
        """900 in the community's blacklist, 902 by privacy; 0 none."""
        self.deactivated = False
        self.active_at = float("-inf")
        """When they last wrote, pressed or allowed, by ``time.monotonic``."""
        self.subscriptions: set[tuple[str, int]] = set()

    def opens(self) -> None:
        self.allowed = True
        self.active_at = time.monotonic()

    def check_writable(self, intent: str = "default", subscribe_id: int = 0) -> None:
        if self.deactivated:
            raise ApiError(18)
        if self.refusal:
            raise ApiError(self.refusal)
        if not self.allowed:
            raise ApiError(901)
        self._check_intent(intent or "default", subscribe_id)

    def _check_intent(self, intent: str, subscribe_id: int) -> None:
        window = self.world.reply_window
        silent = time.monotonic() - self.active_at
        if intent == "default":
            if window is not None and silent > window:
                raise ApiError(950)
        elif intent == "customer_support":
            if silent > SUPPORT_WINDOW:
                raise ApiError(943)
        elif intent in SUBSCRIBED:
            wanted = subscribe_id if intent == "confirmed_notification" else 0
            if (intent, wanted) not in self.subscriptions:
                raise ApiError(943)
        elif intent not in TRANSACTIONAL:
            raise ApiError(943)


class Conversation(Chat):
    """A chat of many, into which the community was invited."""

    kind = "chat"

    def __init__(self, world: World, number: int, title: str) -> None:
        super().__init__(world, number, title)
        self.members: dict[int, Writer] = {}
        self.present = True
        """The community is in it; thrown out it gets 917."""
        self.admin = False
        self.disabled = False

    def next_id(self) -> int:
        return 0

    def check_writable(self, intent: str = "default", subscribe_id: int = 0) -> None:
        if self.disabled:
            raise ApiError(945)
        if not self.present:
            raise ApiError(917)

    def wire(self) -> Json:
        settings = {
            "title": self.title,
            "members_count": len(self.members) + 1,
            "state": "in" if self.present else "kicked",
            "owner_id": next(iter(self.members), 0),
        }
        return super().wire() | {"chat_settings": settings}
