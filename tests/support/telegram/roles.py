"""Who is what in a group."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .messages import Account

BotStatus = Literal["administrator", "member", "restricted", "left", "kicked"]
RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_manage_topics",
    "can_send_welcome_messages",
)
BOT_RIGHTS = frozenset(
    {
        "can_manage_chat",
        "can_delete_messages",
        "can_restrict_members",
        "can_invite_users",
        "can_pin_messages",
        "can_manage_topics",
    }
)


@dataclass(eq=False)
class Member:
    user: Account
    admin: bool = False
    owner: bool = False
    anonymous: bool = False


@dataclass(eq=False)
class BotRole:
    """What the bot is in a group."""

    status: BotStatus = "administrator"
    rights: set[str] = field(default_factory=lambda: set(BOT_RIGHTS))
    can_write: bool = True

    @property
    def present(self) -> bool:
        return self.status in {"administrator", "member", "restricted"}

    def may(self, right: str) -> bool:
        return self.status == "administrator" and right in self.rights
