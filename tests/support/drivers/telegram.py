"""Telegram: a resident in a private chat, and members in a forum or a plain group."""

from __future__ import annotations

from typing import Any, ClassVar

from tests.support.drivers import Line, bare
from tests.support.patience import PATIENCE
from tests.support.telegram import Group, Message, Press, TelegramStandIn, Topic, User


def read(message: Message, me: User) -> Line:
    return Line(
        id=message.id,
        mine=message.sender is me,
        author="" if message.from_bot else message.sender.first_name,
        text=message.text,
        rows=message.rows,
        standing=bool(message.keyboard),
        files=[message.media.kind] if message.media else list(message.extra),
        quotes=message.reply_to.id if message.reply_to else None,
        state=" ".join(message.reactions),
        raw=message,
    )


async def heard(tg: TelegramStandIn) -> None:
    """Until the program has taken everything: an update is confirmed after its commit."""
    await tg.wait(lambda: not tg.updates.pending, PATIENCE, lambda: "the updates are not taken")


class InTelegram:
    name: ClassVar[str] = "telegram"
    can: ClassVar[frozenset[str]] = frozenset(
        {"edits", "stickers", "contacts", "voices", "blocking", "big_files", "names"}
    )

    def __init__(self, tg: TelegramStandIn, name: str) -> None:
        self.tg = tg
        self.user = tg.user(name)

    async def open(self, code: str) -> None:
        await self.user.starts(code)
        await heard(self.tg)

    def now(self) -> list[Line]:
        return [
            read(message, self.user)
            for message in self.user.chat.messages
            if not message.deleted and not message.service
        ]

    async def look(self) -> list[Line]:
        return self.now()

    async def say(self, text: str, quotes: Line | None = None) -> None:
        await self.user.says(text, reply_to=quotes.raw if quotes else None)
        await heard(self.tg)

    async def send(self, kind: str, count: int, caption: str, size: int | None = None) -> None:
        user = self.user
        match kind:
            case "photo" if count > 1:
                await user.sends_album([b"\xff\xd8one%d" % n for n in range(count)], caption)
            case "photo":
                await user.sends_photo(caption=caption)
            case "voice":
                await user.sends_voice()
            case "sticker":
                await user.sends_sticker()
            case "document":
                await user.sends_document(caption=caption, size=size)
        await heard(self.tg)

    async def press(self, line: Line, label: str) -> None:
        if line.standing:
            await self.user.presses_standing(label)
        else:
            await self.user.presses(line.raw, label)
        await heard(self.tg)

    async def forge(self, action: str) -> None:
        """With a client of one's own: any data under any message of the bot."""
        under = self.user.chat.last()
        press = Press(self.tg.number(), self.user, under, action)
        self.tg.presses[press.id] = press
        self.tg.updates.put(
            "callback_query",
            {
                "id": press.id,
                "from": self.user.wire(),
                "message": under.wire(),
                "chat_instance": "7",
                "data": action,
            },
            under.chat.id,
        )
        await heard(self.tg)

    async def edit(self, line: Line, text: str) -> None:
        await self.user.edits(line.raw, text)
        await heard(self.tg)

    async def share_phone(self, phone: str) -> None:
        await self.user.shares_contact(phone)
        await heard(self.tg)

    async def block(self) -> None:
        await self.user.blocks()
        await heard(self.tg)

    async def close(self) -> None:
        pass


class InGroup:
    """A forum: a thread is a topic. A plain group: a thread is the card it began with, and
    whatever is said goes as an answer to it."""

    name: ClassVar[str] = "forum"

    def __init__(self, tg: TelegramStandIn, group: Group, user: User, *, admin: bool) -> None:
        self.tg = tg
        self.group = group
        self.user = group.add(user, admin=admin)

    async def threads(self) -> dict[Any, str]:
        if self.group.is_forum:
            return {
                topic: "\n".join([topic.name, *(m.text for m in topic.messages)])
                for topic in self.group.topics.values()
                if not topic.deleted
            }
        return {message: message.text for message in self.group.heard() if not message.reply_to}

    async def look(self, thread: Any) -> list[Line]:
        messages = thread.messages if isinstance(thread, Topic) else self.group.messages
        return [read(m, self.user) for m in messages if not m.service and not m.deleted]

    async def say(self, text: str, thread: Any, quotes: Line | None = None) -> None:
        reply_to = quotes.raw if quotes else None
        if isinstance(thread, Topic):
            await self.user.says(text, topic=thread, reply_to=reply_to)
        else:
            await self.user.says(text, chat=self.group, reply_to=reply_to or thread)
        await heard(self.tg)

    async def send(self, kind: str, thread: Any, caption: str) -> None:
        if kind == "sticker":
            await self.user.sends_sticker(chat=self.group, topic=thread)
        else:
            await self.user.sends_photo(caption=caption, chat=self.group, topic=thread)
        await heard(self.tg)

    async def press(self, line: Line, label: str) -> None:
        await self.user.presses(line.raw, bare(label))
        await heard(self.tg)

    async def edit(self, line: Line, text: str) -> None:
        await self.user.edits(line.raw, text)
        await heard(self.tg)

    async def close(self) -> None:
        pass
