"""Everything a person may say, in private or in a group."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.support.messenger.listening import Listener

from .chats import Chat, PrivateChat
from .groups import Group
from .markup import Entity, units
from .messages import ANONYMOUS, Account, Message, StoredFile
from .threads import Topic
from .wire import Json

if TYPE_CHECKING:
    from .world import World

_COMMAND = re.compile(r"(?<!\S)/\w+(@\w+)?")


class Writer(Account, Listener[Message]):
    """The part of a person that writes."""

    def __init__(self, world: World, number: int, name: str, username: str, language: str) -> None:
        Account.__init__(self, number, name, username=username, language=language)
        Listener.__init__(self, world)
        self.world = world
        self.chat = PrivateChat(world, self)

    def __repr__(self) -> str:
        return f"<User {self.id} {self.first_name!r}>"

    def heard(self) -> list[Message]:
        return self.chat.heard()

    async def says(
        self,
        text: str,
        *,
        chat: Group | None = None,
        topic: Topic | int | None = None,
        reply_to: Message | None = None,
        quote: str = "",
        anonymous: bool | None = None,
    ) -> Message:
        return self._write(
            chat, topic, reply_to, anonymous, text=text, entities=commands_in(text), quote=quote
        )

    async def sends_photo(
        self,
        data: bytes = b"\xff\xd8photo",
        caption: str = "",
        *,
        chat: Group | None = None,
        topic: Topic | int | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        stored = self.world.files.store("photo", data)
        return self._write(chat, topic, reply_to, None, text=caption, media=stored)

    async def sends_album(
        self,
        items: Sequence[bytes],
        caption: str = "",
        *,
        kind: str = "photo",
        caption_at: int = 0,
        chat: Group | None = None,
        topic: Topic | int | None = None,
    ) -> list[Message]:
        """Several updates with one ``media_group_id``; the caption is on one of them."""
        album = self.world.number()
        return [
            self._write(
                chat,
                topic,
                None,
                None,
                text=caption if index == caption_at else "",
                media=self.world.files.store(kind, data, name=f"{kind}{index}"),
                album=album,
            )
            for index, data in enumerate(items)
        ]

    async def sends_document(
        self,
        data: bytes = b"document",
        name: str = "акт.pdf",
        caption: str = "",
        *,
        mime: str = "application/pdf",
        size: int | None = None,
        chat: Group | None = None,
        topic: Topic | int | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        """``size`` pretends to be larger than the data."""
        stored = self.world.files.store("document", data, name=name, mime=mime, size=size)
        return self._write(chat, topic, reply_to, None, text=caption, media=stored)

    async def sends_voice(
        self,
        data: bytes = b"OggS",
        *,
        chat: Group | None = None,
        topic: Topic | int | None = None,
    ) -> Message:
        stored = self.world.files.store("voice", data, mime="audio/ogg")
        return self._write(chat, topic, None, None, media=stored)

    async def sends_video(
        self,
        data: bytes = b"video",
        caption: str = "",
        *,
        size: int | None = None,
        chat: Group | None = None,
        topic: Topic | int | None = None,
    ) -> Message:
        stored = self.world.files.store("video", data, name="v.mp4", mime="video/mp4", size=size)
        return self._write(chat, topic, None, None, text=caption, media=stored)

    async def sends_video_note(
        self,
        data: bytes = b"note",
        *,
        chat: Group | None = None,
        topic: Topic | int | None = None,
    ) -> Message:
        stored = self.world.files.store("video_note", data)
        return self._write(chat, topic, None, None, media=stored)

    async def sends_sticker(
        self,
        emoji: str = "👍",
        *,
        chat: Group | None = None,
        topic: Topic | int | None = None,
    ) -> Message:
        stored = self.world.files.store(
            "sticker", b"RIFF", name="s.webp", attributes={"emoji": emoji, "set_name": "house"}
        )
        return self._write(chat, topic, None, None, media=stored)

    async def sends_location(
        self,
        latitude: float = 55.75,
        longitude: float = 37.61,
        *,
        chat: Group | None = None,
        topic: Topic | int | None = None,
    ) -> Message:
        place = {"location": {"latitude": latitude, "longitude": longitude}}
        return self._write(chat, topic, None, None, extra=place)

    async def shares_contact(
        self,
        phone: str = "+79990000000",
        *,
        of: Writer | None = None,
        chat: Group | None = None,
        topic: Topic | int | None = None,
    ) -> Message:
        """Their own number, or (``of``) somebody else's."""
        whose = of or self
        card = {"phone_number": phone, "first_name": whose.first_name, "user_id": whose.id}
        return self._write(chat, topic, None, None, extra={"contact": card})

    def _write(
        self,
        chat: Group | None,
        topic: Topic | int | None,
        reply_to: Message | None,
        anonymous: bool | None,
        *,
        text: str = "",
        entities: list[Entity] | None = None,
        media: StoredFile | None = None,
        extra: Json | None = None,
        album: str | None = None,
        quote: str = "",
    ) -> Message:
        place: Chat = self.chat
        if isinstance(topic, Topic):
            chat, topic = topic.group, topic.id
        if chat is not None:
            place = chat
            self._check_member(chat)
        elif self.chat.blocked or self.chat.deactivated:
            raise AssertionError(f"{self!r} cannot write to a bot they blocked")
        else:
            self.chat.opened = True
        message = Message(
            place,
            self,
            text=text,
            entities=entities or [],
            media=media,
            extra=extra or {},
            thread_id=topic,
            reply_to=reply_to,
            quote=quote,
            media_group_id=album,
        )
        if chat is not None:
            member = chat.members[self.id]
            if member.anonymous if anonymous is None else anonymous:
                message.sender, message.sender_chat = ANONYMOUS, chat
        place.post(message)
        self.world.tell(message)
        return message

    def _check_member(self, group: Group) -> None:
        if self.id not in group.members:
            raise AssertionError(f"{self!r} is not a member of {group.title!r}")
        if group.migrated_to is not None:
            raise AssertionError(f"{group.title!r} has moved to {group.migrated_to.id}")


def commands_in(text: str) -> list[Entity]:
    """Telegram marks commands itself."""
    return [
        {
            "type": "bot_command",
            "offset": units(text[: found.start()]),
            "length": units(found[0]),
        }
        for found in _COMMAND.finditer(text)
    ]
