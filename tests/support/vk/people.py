"""People, and everything they can do to a community."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal

from tests.support.patience import PATIENCE

from .chats import Conversation
from .files import StoredFile
from .messages import Message, label_of
from .wire import Json
from .writing import START, Writer

if TYPE_CHECKING:
    from .world import Press


class User(Writer):
    """A person. What the community tells them is heard by ``hears``, ``next_message``."""

    async def starts(self, ref: str = "") -> Message:
        """The «Начать» button; ``ref`` is of the link that brought them."""
        return await self.says("Начать", payload=START, ref=ref)

    async def edits(
        self, message: Message, text: str, attachments: list[StoredFile] | None = None
    ) -> None:
        message.edited.append(message.version())
        message.text = text
        if attachments is not None:
            message.attachments = attachments
        message.update_time = int(time.time())
        self.world.touch()
        self.world.tell(message, "message_edit")

    async def deletes(self, message: Message) -> None:
        """The bot is never told."""
        message.deleted = True

    # Presses.

    async def presses(
        self, message: Message, label_or_payload: str, timeout: float = PATIENCE
    ) -> Press:
        """Presses a button under a message. A callback button is waited for until it is
        answered; a text button has said its label (``press.said``) at once."""
        press = self.world.press(self, message, label_or_payload)
        return await self._answered(press, timeout)

    async def presses_standing(self, label: str) -> Message:
        """A key of the keyboard below the input field: it is said as text."""
        key = self.world.standing_key(self.chat, label)
        said = self.world.press_key(self, self.chat, key, None).said
        if said is None:
            raise AssertionError(f"the key {label!r} says nothing: {key}")
        return said

    async def presses_standing_callback(self, label: str, timeout: float = PATIENCE) -> Press:
        key = self.world.standing_key(self.chat, label)
        return await self._answered(self.world.press_key(self, self.chat, key, None), timeout)

    async def _answered(self, press: Press, timeout: float) -> Press:
        await self.world.wait(
            lambda: press.answered, timeout, lambda: f"the press of {press.payload} spins for ever"
        )
        return press

    def standing(self) -> list[list[Json]]:
        """The keyboard that is below the input field now."""
        shown = self.chat.current
        return shown.keyboard if shown else []

    def standing_labels(self) -> list[str]:
        return [label_of(key) for row in self.standing() for key in row]

    # Leave to write.

    async def allows(self, key: str = "") -> None:
        self.chat.opens()
        self._told("message_allow", key=key)

    async def denies(self) -> None:
        """901 from now on, until they write or allow."""
        self.chat.allowed = False
        self._told("message_deny")

    async def blocks(self, code: Literal[900, 901, 902] = 902) -> None:
        """902: their privacy, and the bot learns of it by being refused. 901 is ``denies``.
        900: the community has put them on its blacklist, of which it is told."""
        if code == 901:
            await self.denies()
            return
        self.chat.refusal = code
        if code == 900:
            self._told("user_block", admin_id=1, unblock_date=0, reason=0, comment="")

    async def unblocks(self) -> None:
        old, self.chat.refusal = self.chat.refusal, 0
        if old == 900:
            self._told("user_unblock", admin_id=1, by_end_date=0)

    async def deactivates(self) -> None:
        """The account is deleted; the bot learns of it by being refused with 18."""
        self.chat.deactivated = True

    def subscribes(self, intent: str, subscribe_id: int = 0) -> None:
        """To messages of an intent that needs it."""
        self.chat.subscriptions.add((intent, subscribe_id))

    def was_silent(self, hours: float) -> None:
        """Their last word was so long ago."""
        self.chat.active_at = time.monotonic() - hours * 3600

    # The rest of what a community hears of.

    async def reads(self) -> None:
        last = self.chat.messages[-1]
        self._told(
            "message_read",
            from_id=self.id,
            peer_id=self.id,
            read_message_id=last.id,
            conversation_message_id=last.cmid,
        )

    async def types(self) -> None:
        to = -self.world.group_id
        self._told("message_typing_state", state="typing", from_id=self.id, to_id=to)

    async def joins(self, chat: Conversation | None = None) -> None:
        """The community, or a conversation."""
        if chat is None:
            self._told("group_join", join_type="join")
            return
        chat.members[self.id] = self
        self._service(chat, "chat_invite_user")

    async def leaves(self, chat: Conversation | None = None) -> None:
        if chat is None:
            self._told("group_leave", self=1)
            return
        self._service(chat, "chat_kick_user")
        chat.members.pop(self.id)

    def _service(self, chat: Conversation, what: str) -> None:
        action = {"type": what, "member_id": self.id}
        self.world.tell(chat.post(Message(chat, self.id, action=action)))

    def _told(self, event: str, /, **content: object) -> None:
        quiet = {"message_read", "message_typing_state"}
        body: Json = dict(content) if event in quiet else {"user_id": self.id, **content}
        self.world.updates.put(event, body, self.id)

    def wire(self, fields: list[str] | None = None) -> Json:
        body: Json = {
            "id": self.id,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "can_access_closed": True,
            "is_closed": False,
        }
        if self.chat.deactivated:
            body |= {"first_name": "DELETED", "last_name": "", "deactivated": "deleted"}
        more: Json = {
            "screen_name": self.screen_name,
            "domain": self.screen_name,
            "sex": 1,
            "photo_50": "https://vk.com/images/camera_50.png",
            "photo_100": "https://vk.com/images/camera_100.png",
            "online": 1,
        }
        return body | {name: more[name] for name in fields or [] if name in more}
