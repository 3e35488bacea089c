"""Everything a person may say, to the community alone or in a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.support.messenger.listening import Listener

from .chats import Chat, Conversation, PrivateChat
from .files import StoredFile
from .messages import Message, label_of
from .wire import Json

if TYPE_CHECKING:
    from .world import World

START = '{"command":"start"}'
ALL_ACTIONS = (
    *("text", "vkpay", "open_app", "location", "open_link", "open_photo", "callback"),
    *("intent_subscribe", "intent_unsubscribe"),
)


class Writer(Listener[Message]):
    """The part of a person that writes."""

    def __init__(
        self, world: World, number: int, name: str, last_name: str, screen_name: str
    ) -> None:
        super().__init__(world)
        self.world = world
        self.id = number
        first, _, rest = name.partition(" ")
        self.first_name = first
        self.last_name = rest or last_name
        self.screen_name = screen_name or f"id{number}"
        self.client_info: Json = {
            "button_actions": list(ALL_ACTIONS),
            "keyboard": True,
            "inline_keyboard": True,
            "carousel": True,
            "lang_id": 0,
        }
        self.chat = PrivateChat(world, self)

    def __repr__(self) -> str:
        return f"<User {self.id} {self.first_name!r}>"

    def heard(self) -> list[Message]:
        return self.chat.heard()

    async def says(
        self,
        text: str,
        *,
        chat: Conversation | None = None,
        reply_to: Message | None = None,
        forwards: Sequence[Message] = (),
        ref: str = "",
        payload: str = "",
        cropped: bool = False,
    ) -> Message:
        """``ref``: came by a link with it. ``cropped``: the event tells only a part."""
        return self._write(
            chat,
            text=text,
            reply_to=reply_to,
            forwards=forwards,
            ref=ref,
            payload=payload,
            cropped=cropped,
        )

    async def sends(
        self,
        *attachments: StoredFile,
        text: str = "",
        chat: Conversation | None = None,
        reply_to: Message | None = None,
        cropped: bool = False,
    ) -> Message:
        """Any attachments together, made with ``self.file``."""
        if not 1 <= len(attachments) <= 10:
            raise AssertionError("a message has from one to ten attachments")
        return self._write(
            chat, text=text, attachments=attachments, reply_to=reply_to, cropped=cropped
        )

    def file(
        self,
        kind: str,
        data: bytes = b"",
        name: str = "",
        *,
        size: int | None = None,
        attributes: Json | None = None,
    ) -> StoredFile:
        files = self.world.files
        return files.store(kind, data, owner=self.id, name=name, size=size, attributes=attributes)

    async def sends_photo(
        self,
        data: bytes = b"\xff\xd8photo",
        text: str = "",
        *,
        chat: Conversation | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        return await self.sends(self.file("photo", data), text=text, chat=chat, reply_to=reply_to)

    async def sends_photos(
        self,
        items: Sequence[bytes],
        text: str = "",
        *,
        chat: Conversation | None = None,
        cropped: bool = False,
    ) -> Message:
        """One message, unlike an album of Telegram."""
        made = [self.file("photo", data) for data in items]
        return await self.sends(*made, text=text, chat=chat, cropped=cropped)

    async def sends_document(
        self,
        data: bytes = b"document",
        name: str = "акт.pdf",
        text: str = "",
        *,
        size: int | None = None,
        chat: Conversation | None = None,
    ) -> Message:
        """``size`` pretends to be larger than the data."""
        made = self.file("doc", data, name, size=size)
        return await self.sends(made, text=text, chat=chat)

    async def sends_voice(
        self, data: bytes = b"OggS", *, chat: Conversation | None = None
    ) -> Message:
        return await self.sends(self.file("audio_message", data), chat=chat)

    async def sends_audio(self, name: str = "Гимн", text: str = "") -> Message:
        return await self.sends(self.file("audio", b"ID3", name), text=text)

    async def sends_video(self, name: str = "потоп", text: str = "") -> Message:
        """No address of a file comes with it, only the page of the video."""
        return await self.sends(self.file("video", name=name), text=text)

    async def sends_wall(
        self, post: str = "Воды нет", text: str = "", photos: Sequence[bytes] = ()
    ) -> Message:
        inner = [self.file("photo", data).wire() for data in photos]
        attributes: Json = {"attachments": inner} if inner else {}
        return await self.sends(self.file("wall", name=post, attributes=attributes), text=text)

    async def sends_link(self, url: str = "https://example.com/a", text: str = "") -> Message:
        return await self.sends(self.file("link", name=url), text=text or url)

    async def sends_market(self, title: str = "Ключ") -> Message:
        return await self.sends(self.file("market", name=title))

    async def sends_sticker(self, number: int = 9046) -> Message:
        world = self.world
        made = world.files.store("sticker", b"RIFF", owner=self.id, number=number)
        return await self.sends(made)

    async def sends_location(
        self, latitude: float = 55.75, longitude: float = 37.61, *, payload: str = ""
    ) -> Message:
        return self._write(None, geo=(latitude, longitude), payload=payload)

    def says_key(self, chat: Chat, key: Json, payload: str) -> Message | None:
        """What a button that says something says."""
        place = chat if isinstance(chat, Conversation) else None
        kind = key["action"]["type"]
        said: Message | None = None
        if kind == "text":
            said = self._write(place, text=label_of(key), payload=payload)
        elif kind == "location":
            said = self._write(place, geo=(55.75, 37.61), payload=payload)
        elif kind.startswith("intent_"):
            wanted = (key["action"]["intent"], int(key["action"].get("subscribe_id", 0)))
            known = self.chat.subscriptions
            (known.add if kind == "intent_subscribe" else known.discard)(wanted)
            said = self._write(place, text=label_of(key), payload=payload)
        shown = chat.current
        if said and shown and shown.markup and shown.markup["one_time"]:
            chat.current = None
        return said

    def _write(
        self,
        chat: Conversation | None,
        *,
        text: str = "",
        attachments: Sequence[StoredFile] = (),
        reply_to: Message | None = None,
        forwards: Sequence[Message] = (),
        geo: tuple[float, float] | None = None,
        payload: str = "",
        ref: str = "",
        cropped: bool = False,
    ) -> Message:
        place: Chat = self.chat if chat is None else chat
        if chat is not None and self.id not in chat.members:
            raise AssertionError(f"{self!r} is not a member of {chat.title!r}")
        if chat is None:
            if not self.world.community.messages:
                raise AssertionError("the community's messages are off: nobody can write to it")
            if self.chat.deactivated or self.chat.refusal:
                raise AssertionError(f"{self!r} cannot write to a community they blocked")
            self.chat.opens()
        message = Message(
            place,
            self.id,
            text,
            list(attachments),
            reply_to=reply_to,
            forwards=list(forwards),
            geo=geo,
            payload=payload,
            ref=ref,
            ref_source="vk_me_link" if ref else "",
            cropped=cropped,
        )
        place.post(message)
        self.world.tell(message)
        return message
