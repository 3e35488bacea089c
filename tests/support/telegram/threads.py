"""The topics of a forum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.messenger.listening import Listener

from .messages import Message
from .wire import Json

if TYPE_CHECKING:
    from .groups import Group

ICON_COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)


class Topic(Listener[Message]):
    """A topic of a forum; its id is that of the service message that made it."""

    def __init__(self, group: Group, created: Message, name: str, color: int, icon: str) -> None:
        super().__init__(group.world)
        self.group = group
        self.created = created
        self.id = created.id
        self.name = name
        self.icon_color = color
        self.icon = icon
        self.creator = created.sender
        self.names = [name]
        self.closed = False
        self.deleted = False
        self.messages: list[Message] = []

    def __repr__(self) -> str:
        return f"<Topic {self.id} {self.name!r}>"

    def heard(self) -> list[Message]:
        return [message for message in self.messages if message.from_bot and not message.service]

    def wire(self) -> Json:
        body: Json = {
            "message_thread_id": self.id,
            "name": self.name,
            "icon_color": self.icon_color,
        }
        if self.icon:
            body["icon_custom_emoji_id"] = self.icon
        return body


class General(Listener[Message]):
    """The General topic: messages without a thread."""

    def __init__(self, group: Group) -> None:
        super().__init__(group.world)
        self.group = group

    @property
    def messages(self) -> list[Message]:
        return [each for each in self.group.messages if each.thread_id is None]

    def heard(self) -> list[Message]:
        return [each for each in self.group.heard() if each.thread_id is None]
