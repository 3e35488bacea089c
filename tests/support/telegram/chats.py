"""What all chats share, and chats with one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.messenger.listening import Listener

from .errors import forbidden
from .messages import Message
from .wire import Json

if TYPE_CHECKING:
    from .world import World
    from .writing import Writer


class Chat(Listener[Message]):
    kind = "private"

    def __init__(self, world: World, number: int, title: str) -> None:
        super().__init__(world)
        self.world = world
        self.id = number
        self.title = title
        self.messages: list[Message] = []
        self._by_id: dict[int, Message] = {}
        self._said: list[Message] = []

    def heard(self) -> list[Message]:
        return self._said

    def next_id(self) -> int:
        # Private chats and basic groups share one sequence of the bot's.
        return next(self.world.message_ids)

    def post(self, message: Message) -> Message:
        message.id = self.next_id()
        self.messages.append(message)
        self._by_id[message.id] = message
        if message.from_bot and not message.service:
            self._said.append(message)
            self.world.sent.append(message)
        self.world.touch()
        return message

    def find(self, message_id: int | None) -> Message | None:
        """A message that is still there."""
        found = self._by_id.get(message_id or 0)
        return None if found is None or found.deleted else found

    def wire(self) -> Json:
        raise NotImplementedError

    def thread_fields(self, message: Message, *, shallow: bool) -> Json:
        if shallow or message.reply_to is None:
            return {}
        return {"reply_to_message": message.reply_to.wire(shallow=True)}

    def check_writable(self) -> None:
        """Raises what the bot would be told."""

    def last(self) -> Message:
        """The newest message of the bot here."""
        if not self._said:
            raise AssertionError(f"the bot has said nothing in {self.id}")
        return self._said[-1]


class PrivateChat(Chat):
    def __init__(self, world: World, user: Writer) -> None:
        super().__init__(world, user.id, user.first_name)
        self.user = user
        self.opened = False
        self.blocked = False
        self.deactivated = False

    def wire(self) -> Json:
        body: Json = {"id": self.id, "type": "private", "first_name": self.user.first_name}
        if self.user.username:
            body["username"] = self.user.username
        return body

    def check_writable(self) -> None:
        if self.deactivated:
            raise forbidden("user is deactivated")
        if not self.opened:
            raise forbidden("bot can't initiate conversation with a user")
        if self.blocked:
            raise forbidden("bot was blocked by the user")
