"""Messages, and how they look on the wire."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.support.patience import PATIENCE

from .files import StoredFile
from .wire import Json

if TYPE_CHECKING:
    from .chats import Chat


@dataclass(frozen=True)
class Version:
    """What a message was before an edit."""

    text: str
    attachments: tuple[StoredFile, ...]
    markup: Json | None


@dataclass(eq=False)
class Message:
    chat: Chat
    from_id: int
    """Of a person; of the community it is negative."""
    text: str = ""
    attachments: list[StoredFile] = field(default_factory=list)
    reply_to: Message | None = None
    forwards: list[Message] = field(default_factory=list)
    geo: tuple[float, float] | None = None
    payload: str = ""
    """JSON, as the pressed text button carried it."""
    ref: str = ""
    ref_source: str = ""
    markup: Json | None = None
    """The whole object ``keyboard``."""
    random_id: int = 0
    intent: str = "default"
    admin: int = 0
    """Who of the staff wrote it in VK itself, in the community's name."""
    action: Json | None = None
    """What a service message of a conversation says."""
    cropped: bool = False
    """The event tells less than ``messages.getById``."""
    method: str = ""
    """The call that made it, for a message of the community."""
    id: int = 0
    """Unique for the community; 0 in a conversation of many."""
    cmid: int = 0
    """``conversation_message_id``: from 1 in each dialogue, both sides counted together."""
    date: int = field(default_factory=lambda: int(time.time()))
    sent_at: float = field(default_factory=time.monotonic)
    update_time: int | None = None
    edited: list[Version] = field(default_factory=list)
    deleted: bool = False

    def __repr__(self) -> str:
        what = self.text or self.attachments or (self.geo and "geo") or self.action
        return f"<Message {self.cmid} in {self.chat.id} from {self.from_id}: {what!r}>"

    @property
    def from_bot(self) -> bool:
        return self.from_id == -self.chat.world.group_id

    @property
    def media(self) -> StoredFile | None:
        """The first attachment."""
        return self.attachments[0] if self.attachments else None

    @property
    def photos(self) -> list[bytes]:
        return [each.data for each in self.attachments if each.kind == "photo"]

    def _rows(self, *, inline: bool) -> list[list[Json]]:
        if self.markup is None or bool(self.markup.get("inline")) != inline:
            return []
        rows: list[list[Json]] = self.markup["buttons"]
        return rows

    @property
    def inline(self) -> list[list[Json]]:
        return self._rows(inline=True)

    @property
    def keyboard(self) -> list[list[Json]]:
        """The standing keyboard it brought."""
        return self._rows(inline=False)

    @property
    def rows(self) -> list[list[str]]:
        """The labels of the keyboard, of either sort, row by row."""
        return [[label_of(key) for key in row] for row in self.inline or self.keyboard]

    @property
    def buttons(self) -> list[str]:
        return [label for row in self.rows for label in row]

    def button(self, label_or_payload: str) -> Json:
        """A button by label (an emoji before it may be left out) or by its payload: the JSON
        itself, or a value in it."""
        found = find_key(self.inline or self.keyboard, label_or_payload)
        if found is None:
            raise AssertionError(f"no button {label_or_payload!r} under {self!r}: {self.buttons}")
        return found

    def version(self) -> Version:
        return Version(self.text, tuple(self.attachments), self.markup)

    async def becomes(self, fragment: str, timeout: float = PATIENCE) -> Message:
        """Wait until the text holds ``fragment``."""
        await self.chat.world.wait(lambda: fragment in self.text, timeout, lambda: repr(self))
        return self

    def foreign(self) -> Json:
        """As it is seen inside another message, quoted or forwarded."""
        body: Json = {
            "id": self.id,
            "peer_id": self.chat.id,
            "from_id": self.from_id,
            "date": self.date,
            "text": self.text,
            "conversation_message_id": self.cmid,
            "attachments": [each.wire() for each in self.attachments],
        }
        if self.geo is not None:
            body["geo"] = _geo(self.geo)
        if self.forwards:
            body["fwd_messages"] = [each.foreign() for each in self.forwards]
        return body

    def wire(self, *, whole: bool = True) -> Json:
        """``whole=False``: as an event tells it, where a cropped one tells less."""
        cut = self.cropped and not whole
        body: Json = {
            "id": self.id,
            "conversation_message_id": self.cmid,
            "peer_id": self.chat.id,
            "from_id": self.from_id,
            "date": self.date,
            "version": 10_000_000 + self.cmid + len(self.edited),
            "out": int(self.from_bot),
            "text": self.text,
            "attachments": [each.wire() for each in self.attachments[: 1 if cut else None]],
            "fwd_messages": [] if cut else [each.foreign() for each in self.forwards],
            "important": False,
            "is_hidden": False,
            "random_id": self.random_id if self.from_bot else 0,
        }
        if cut:
            body["is_cropped"] = True
        if self.reply_to is not None:
            body["reply_message"] = self.reply_to.foreign()
        if self.geo is not None:
            body["geo"] = _geo(self.geo)
        for name in ("payload", "ref", "ref_source", "update_time", "action"):
            if value := getattr(self, name):
                body[name] = value
        if self.admin:
            body["admin_author_id"] = self.admin
        if self.markup is not None and self.from_bot:
            body["keyboard"] = self.markup
        return body


def _geo(point: tuple[float, float]) -> Json:
    return {
        "type": "point",
        "coordinates": {"latitude": point[0], "longitude": point[1]},
        "place": {
            "city": "Москва",
            "title": "улица Лесная, Москва",
            "latitude": point[0],
            "longitude": point[1],
        },
    }


def label_of(key: Json) -> str:
    action = key["action"]
    return str(action.get("label") or {"location": "📍", "vkpay": "VK Pay"}.get(action["type"], ""))


def payload_of(key: Json) -> str:
    """The payload of a button as JSON text."""
    value = key["action"].get("payload", "")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def find_key(rows: list[list[Json]], label_or_payload: str) -> Json | None:
    keys = [key for row in rows for key in row]
    tests: tuple[Callable[[Json], bool], ...] = (
        lambda key: label_of(key) == label_or_payload,
        lambda key: label_or_payload in _values(payload_of(key)),
        lambda key: bare(label_of(key)) == bare(label_or_payload),
    )
    return next((key for test in tests for key in keys if test(key)), None)


def _values(payload: str) -> list[Any]:
    try:
        tree = json.loads(payload)
    except ValueError:
        return [payload]
    return [payload, tree, *(tree.values() if isinstance(tree, dict) else ())]


def bare(label: str) -> str:
    """A label without what stands before its first letter or digit, in one case."""
    for index, letter in enumerate(label):
        if letter.isalnum():
            return label[index:].strip().casefold()
    return label
