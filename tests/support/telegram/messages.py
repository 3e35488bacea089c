"""Messages and files, and how they look on the wire."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.support.patience import PATIENCE

from .wire import Json

if TYPE_CHECKING:
    from .chats import Chat

MEDIA_KINDS = (
    "photo",
    "document",
    "voice",
    "audio",
    "video",
    "video_note",
    "sticker",
    "animation",
)
FOLDERS = {
    "photo": "photos",
    "document": "documents",
    "voice": "voice",
    "audio": "music",
    "video": "videos",
    "video_note": "video_notes",
    "sticker": "stickers",
    "animation": "animations",
}


@dataclass(eq=False)
class Account:
    """Somebody who writes: a person, a bot."""

    id: int
    first_name: str
    is_bot: bool = False
    username: str = ""
    language: str = ""

    def wire(self) -> Json:
        body: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.username:
            body["username"] = self.username
        if self.language:
            body["language_code"] = self.language
        return body


ANONYMOUS = Account(1087968824, "Group", is_bot=True, username="GroupAnonymousBot")


@dataclass(eq=False)
class StoredFile:
    id: str
    unique_id: str
    kind: str
    data: bytes
    name: str
    mime: str
    size: int
    path: str
    attributes: Json = field(default_factory=dict)

    def wire(self) -> Any:
        common: Json = {"file_id": self.id, "file_unique_id": self.unique_id}
        if self.kind == "photo":
            return [
                {
                    "file_id": f"{self.id}-s",
                    "file_unique_id": f"{self.unique_id}s",
                    "width": 90,
                    "height": 67,
                    "file_size": min(self.size, 1200),
                },
                {**common, "width": 1280, "height": 960, "file_size": self.size},
            ]
        body = {**common, "file_size": self.size}
        if self.kind in {"document", "audio", "video", "animation"} and self.name:
            body["file_name"] = self.name
        if self.kind in {"document", "audio", "video", "voice", "animation"} and self.mime:
            body["mime_type"] = self.mime
        if self.kind in {"voice", "audio", "video", "video_note", "animation"}:
            body["duration"] = 3
        if self.kind in {"video", "animation", "sticker"}:
            body |= {"width": 512, "height": 512}
        if self.kind == "video_note":
            body["length"] = 240
        if self.kind == "sticker":
            body |= {"type": "regular", "is_animated": False, "is_video": False}
        return body | self.attributes


@dataclass(frozen=True)
class Version:
    """What a message was before an edit."""

    text: str
    entities: list[Json]
    reply_markup: Json | None
    media: StoredFile | None


@dataclass(eq=False)
class Message:
    chat: Chat
    sender: Account
    text: str = ""
    """Plain: of a media message it is the caption, ``entities`` stand apart."""
    entities: list[Json] = field(default_factory=list)
    media: StoredFile | None = None
    extra: Json = field(default_factory=dict)
    """A location, a contact, or what a service message says."""
    thread_id: int | None = None
    reply_to: Message | None = None
    quote: str = ""
    reply_markup: Json | None = None
    media_group_id: str | None = None
    forward_origin: Json | None = None
    sender_chat: Chat | None = None
    method: str = ""
    """The call that made it, for a message of the bot."""
    service: bool = False
    id: int = 0
    date: int = field(default_factory=lambda: int(time.time()))
    sent_at: float = field(default_factory=time.monotonic)
    edit_date: int | None = None
    edited: list[Version] = field(default_factory=list)
    deleted: bool = False
    pinned: bool = False
    silent: bool = False
    reactions: list[str] = field(default_factory=list)
    """Those of the bot."""

    def __repr__(self) -> str:
        what = self.text or (self.media and self.media.kind) or next(iter(self.extra), "")
        return f"<Message {self.id} in {self.chat.id} from {self.sender.first_name}: {what!r}>"

    @property
    def from_bot(self) -> bool:
        return self.sender is self.chat.world.bot

    @property
    def inline(self) -> list[list[Json]]:
        rows: list[list[Json]] = (self.reply_markup or {}).get("inline_keyboard", [])
        return rows

    @property
    def keyboard(self) -> list[list[Json]]:
        rows = (self.reply_markup or {}).get("keyboard", [])
        return [[{"text": key} if isinstance(key, str) else key for key in row] for row in rows]

    @property
    def rows(self) -> list[list[str]]:
        """The labels of the keyboard, of either sort, row by row."""
        return [[key["text"] for key in row] for row in self.inline or self.keyboard]

    @property
    def buttons(self) -> list[str]:
        return [label for row in self.rows for label in row]

    def button(self, label_or_data: str) -> Json:
        """An inline button by label (an emoji before it may be left out) or by its data."""
        keys = [key for row in self.inline for key in row]
        tests = (
            lambda key: key["text"] == label_or_data,
            lambda key: key.get("callback_data") == label_or_data,
            lambda key: bare(key["text"]) == bare(label_or_data),
        )
        for test in tests:
            for key in keys:
                if test(key):
                    return key
        raise AssertionError(f"no button {label_or_data!r} under {self!r}: {self.buttons}")

    def version(self) -> Version:
        return Version(self.text, self.entities, self.reply_markup, self.media)

    async def becomes(self, fragment: str, timeout: float = PATIENCE) -> Message:
        """Wait until the text holds ``fragment``."""
        await self.chat.world.wait(lambda: fragment in self.text, timeout, lambda: repr(self))
        return self

    def wire(self, *, shallow: bool = False) -> Json:
        body: Json = {
            "message_id": self.id,
            "from": self.sender.wire(),
            "chat": self.chat.wire(),
            "date": self.date,
        }
        if self.chat.kind == "channel":  # nobody's own words
            body.pop("from")
            body["sender_chat"] = self.chat.wire()
        if self.sender_chat is not None:
            body["sender_chat"] = self.sender_chat.wire()
        if self.edit_date is not None:
            body["edit_date"] = self.edit_date
        body |= self.chat.thread_fields(self, shallow=shallow)
        if self.quote:
            body["quote"] = {"text": self.quote, "position": 0, "is_manual": True}
        if self.forward_origin is not None:
            body["forward_origin"] = self.forward_origin
        if self.media_group_id is not None:
            body["media_group_id"] = self.media_group_id
        if self.media is not None:
            body[self.media.kind] = self.media.wire()
            if self.media.kind == "animation":
                body["document"] = {
                    key: value
                    for key, value in self.media.wire().items()
                    if key in {"file_id", "file_unique_id", "file_name", "mime_type", "file_size"}
                }
        if self.text:
            as_caption = self.media is not None
            body["caption" if as_caption else "text"] = self.text
            if self.entities:
                body["caption_entities" if as_caption else "entities"] = self.entities
        if self.inline:
            body["reply_markup"] = {"inline_keyboard": self.inline}
        return body | self.extra


def bare(label: str) -> str:
    """A label without what stands before its first letter or digit, in one case."""
    for index, letter in enumerate(label):
        if letter.isalnum():
            return label[index:].strip().casefold()
    return label


class Files:
    """Every file the server holds, whoever brought it."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def store(
        self,
        kind: str,
        data: bytes,
        *,
        name: str = "",
        mime: str = "",
        size: int | None = None,
        attributes: Json | None = None,
    ) -> StoredFile:
        number = len(self._by_id) + 1
        suffix = (
            name.rsplit(".", 1)[-1]
            if "." in name
            else {"photo": "jpg", "voice": "oga"}.get(kind, "bin")
        )
        stored = StoredFile(
            id=f"AgACAgIAAxkBAAI{kind}{number}",
            unique_id=f"AQAD{kind}{number}",
            kind=kind,
            data=data,
            name=name,
            mime=mime,
            size=len(data) if size is None else size,
            path=f"{FOLDERS[kind]}/file_{number}.{suffix}",
            attributes=attributes or {},
        )
        self._by_id[stored.id] = stored
        self._by_path[stored.path] = stored
        return stored

    def get(self, file_id: str) -> StoredFile | None:
        return self._by_id.get(file_id.removesuffix("-s"))

    def at(self, path: str) -> StoredFile | None:
        return self._by_path.get(path)
