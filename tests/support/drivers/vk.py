"""VK: a resident in the community's messages."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from tests.support.drivers import Line
from tests.support.patience import PATIENCE
from tests.support.vk import Message, Press, User, VkStandIn

KINDS = {"doc": "document", "audio_message": "voice"}


def read(message: Message, me: User) -> Line:
    files = [KINDS.get(file.kind, file.kind) for file in message.attachments]
    return Line(
        id=message.cmid,
        mine=message.from_id == me.id,
        text=message.text,
        rows=message.rows if message.from_bot else [],
        standing=bool(message.keyboard),
        files=[*files, *(["location"] if message.geo else [])],
        quotes=message.reply_to.cmid if message.reply_to else None,
        raw=message,
    )


async def heard(vk: VkStandIn) -> None:
    """Until the program has taken everything: the next `ts` is asked for after the commit."""
    await vk.wait(lambda: not vk.updates.pending, PATIENCE, lambda: "the events are not taken")


class InVk:
    name: ClassVar[str] = "vk"
    can: ClassVar[frozenset[str]] = frozenset(
        {"edits", "stickers", "voices", "blocking", "big_files", "names"}
    )

    def __init__(self, vk: VkStandIn, name: str) -> None:
        self.vk = vk
        self.user = vk.user(name)

    async def open(self, code: str) -> None:
        await self.user.starts(code)
        await heard(self.vk)

    def now(self) -> list[Line]:
        return [
            read(message, self.user) for message in self.user.chat.messages if not message.deleted
        ]

    async def look(self) -> list[Line]:
        return self.now()

    async def say(self, text: str, quotes: Line | None = None) -> None:
        await self.user.says(text, reply_to=quotes.raw if quotes else None)
        await heard(self.vk)

    async def send(self, kind: str, count: int, caption: str, size: int | None = None) -> None:
        user = self.user
        match kind:
            case "photo":
                await user.sends_photos([b"\xff\xd8one%d" % n for n in range(count)], caption)
            case "voice":
                await user.sends_voice()
            case "sticker":
                await user.sends_sticker()
            case "document":
                await user.sends_document(text=caption, size=size)
        await heard(self.vk)

    async def press(self, line: Line, label: str) -> None:
        if line.standing:
            await self.user.presses_standing(label)
        else:
            await self.user.presses(line.raw, label)
        await heard(self.vk)

    async def forge(self, action: str) -> None:
        """With a client of one's own: any payload under any message of the community."""
        under = self.user.chat.last()
        press = Press(self.vk.number(), self.user, under.chat, json.dumps({"a": action}))
        self.vk.presses[press.id] = press
        content: dict[str, Any] = {
            "user_id": self.user.id,
            "peer_id": under.chat.id,
            "event_id": press.id,
            "payload": {"a": action},
            "conversation_message_id": under.cmid,
        }
        self.vk.updates.put("message_event", content, under.chat.id)
        await heard(self.vk)

    async def edit(self, line: Line, text: str) -> None:
        await self.user.edits(line.raw, text)
        await heard(self.vk)

    async def share_phone(self, phone: str) -> None:
        raise NotImplementedError

    async def block(self) -> None:
        await self.user.denies()
        await heard(self.vk)

    async def close(self) -> None:
        pass
