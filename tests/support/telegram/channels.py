"""Channels: posts for anybody to read, in the channel's own name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .chats import Chat
from .errors import bad, forbidden
from .roles import BotRole, BotStatus
from .wire import Json

if TYPE_CHECKING:
    from .world import World

RIGHTS = (
    *("can_manage_chat", "can_change_info", "can_post_messages", "can_edit_messages"),
    *("can_delete_messages", "can_invite_users", "can_restrict_members", "can_promote_members"),
    *("can_manage_video_chats", "can_post_stories", "can_edit_stories", "can_delete_stories"),
)


class Channel(Chat):
    kind = "channel"

    def __init__(
        self, world: World, number: int, title: str, username: str, bot: BotStatus
    ) -> None:
        super().__init__(world, number, title)
        self.username = username
        self.bot = BotRole(bot, {"can_manage_chat", "can_post_messages", "can_edit_messages"})

    def wire(self) -> Json:
        body: Json = {"id": self.id, "type": "channel", "title": self.title}
        return body | ({"username": self.username} if self.username else {})

    def check_writable(self) -> None:
        if self.bot.status == "kicked":
            raise forbidden("bot was kicked from the channel chat")
        if self.bot.status == "left":
            raise forbidden("bot is not a member of the channel chat")
        if not self.bot.may("can_post_messages"):
            raise bad("need administrator rights in the channel chat")

    def bot_member(self) -> Json:
        body: Json = {"user": self.world.bot.wire(), "status": self.bot.status}
        if self.bot.status == "administrator":
            body |= {"can_be_edited": False, "is_anonymous": True}
            body |= {right: right in self.bot.rights for right in RIGHTS}
        elif self.bot.status == "kicked":
            body["until_date"] = 0
        return body
