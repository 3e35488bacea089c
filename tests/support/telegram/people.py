"""People, and everything they can do to a bot."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.support.patience import PATIENCE

from .groups import Group
from .messages import Message, bare
from .wire import Json
from .writing import Writer, commands_in

if TYPE_CHECKING:
    from .world import Press


class User(Writer):
    """A person. What the bot tells them in private is heard by ``hears``, ``next_message``."""

    async def starts(self, payload: str = "") -> Message:
        return await self.says(f"/start {payload}".strip())

    async def edits(self, message: Message, text: str) -> None:
        message.edited.append(message.version())
        message.text, message.entities = text, commands_in(text)
        message.edit_date = int(time.time())
        self.world.touch()
        self.world.tell(message, "edited_message")

    async def deletes(self, message: Message) -> None:
        """The bot is never told."""
        message.deleted = True

    async def presses_standing(self, label: str) -> Message:
        """A key of the keyboard below the input field: it is said as text."""
        for row in self.standing():
            for key in row:
                if bare(key["text"]) == bare(label):
                    if key.get("request_contact"):
                        return await self.shares_contact()
                    return await self.says(key["text"])
        raise AssertionError(f"no key {label!r} below the input field: {self.standing_labels()}")

    def standing(self) -> list[list[Json]]:
        """The keyboard that is below the input field now."""
        for message in reversed(self.chat.heard()):
            if message.deleted:
                continue
            if message.keyboard:
                return message.keyboard
            if (message.reply_markup or {}).get("remove_keyboard"):
                return []
        return []

    def standing_labels(self) -> list[str]:
        return [key["text"] for row in self.standing() for key in row]

    # Presses.

    async def presses(
        self, message: Message, label_or_data: str, timeout: float = PATIENCE
    ) -> Press:
        """Presses an inline button and waits until the spinner stops."""
        press = self.world.press(self, message, label_or_data)
        await self.world.wait(
            lambda: press.answered, timeout, lambda: f"the press of {press.data!r} spins for ever"
        )
        return press

    async def reacts(self, message: Message, emoji: str) -> None:
        """Only a bot that asked for ``message_reaction`` (an admin, in a group) is told."""
        chat = message.chat
        if isinstance(chat, Group) and chat.bot.status != "administrator":
            return
        self.world.updates.put(
            "message_reaction",
            {
                "chat": chat.wire(),
                "message_id": message.id,
                "user": self.wire(),
                "date": int(time.time()),
                "old_reaction": [],
                "new_reaction": [{"type": "emoji", "emoji": emoji}] if emoji else [],
            },
            chat.id,
        )

    # Coming and going.

    async def blocks(self) -> None:
        self.chat.blocked = True
        self._own_status("member", "kicked")

    async def unblocks(self) -> None:
        self.chat.blocked = False
        self._own_status("kicked", "member")

    async def deactivates(self) -> None:
        """The account is deleted; the bot learns of it by being refused."""
        self.chat.deactivated = True

    async def joins(self, group: Group) -> None:
        old = group.member(self)
        group.add(self)
        group.serve({"new_chat_members": [self.wire()]}, self, None)
        self._membership(group, old)

    async def leaves(self, group: Group) -> None:
        old = group.member(self)
        group.remove(self)
        group.serve({"left_chat_member": self.wire()}, self, None)
        self._membership(group, old)

    def _membership(self, group: Group, old: Json) -> None:
        if group.bot.status == "administrator":
            self.world.updates.put(
                "chat_member",
                {
                    "chat": group.wire(),
                    "from": self.wire(),
                    "date": int(time.time()),
                    "old_chat_member": old,
                    "new_chat_member": group.member(self),
                },
                group.id,
            )

    def _own_status(self, old: str, new: str) -> None:
        def member(status: str) -> Json:
            body: Json = {"user": self.world.bot.wire(), "status": status}
            return body | ({"until_date": 0} if status == "kicked" else {})

        self.world.updates.put(
            "my_chat_member",
            {
                "chat": self.chat.wire(),
                "from": self.wire(),
                "date": int(time.time()),
                "old_chat_member": member(old),
                "new_chat_member": member(new),
            },
            self.chat.id,
        )
