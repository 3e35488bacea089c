"""The community itself, as its administrator sets it up."""

from __future__ import annotations

from dataclasses import dataclass, field

from .wire import Json

VERSION = "5.199"
PERMISSIONS = {
    "photos": 4,
    "stories": 64,
    "wall": 8192,
    "docs": 131072,
    "manage": 262144,
    "messages": 4096,
}
EVENTS = (
    *("message_new", "message_reply", "message_allow", "message_edit", "message_deny"),
    *("message_typing_state", "message_read", "message_event", "message_reaction_event"),
    *("photo_new", "audio_new", "video_new"),
    *("wall_reply_new", "wall_reply_edit", "wall_reply_delete", "wall_reply_restore"),
    *("wall_post_new", "wall_repost", "wall_schedule_post_new", "wall_schedule_post_delete"),
    *("board_post_new", "board_post_edit", "board_post_restore", "board_post_delete"),
    *("photo_comment_new", "photo_comment_edit", "photo_comment_delete", "photo_comment_restore"),
    *("video_comment_new", "video_comment_edit", "video_comment_delete", "video_comment_restore"),
    *("market_comment_new", "market_comment_edit", "market_comment_delete"),
    *("market_comment_restore", "market_order_new", "market_order_edit", "lead_forms_new"),
    *("poll_vote_new", "group_join", "group_leave", "group_change_settings"),
    *("group_change_photo", "group_officers_edit", "user_block", "user_unblock"),
    *("like_add", "like_remove", "donut_subscription_create", "donut_subscription_prolonged"),
    *("donut_subscription_cancelled", "donut_subscription_expired"),
    *("donut_subscription_price_changed", "donut_money_withdraw", "donut_money_withdraw_error"),
)
CHOSEN = frozenset(
    {
        *("message_new", "message_reply", "message_edit", "message_event"),
        *("message_allow", "message_deny", "group_join", "group_leave"),
        *("user_block", "user_unblock"),
    }
)
"""What the stand-in's community has switched on from the start."""


@dataclass
class EventSettings:
    """Which events are told, and in which version of the API."""

    enabled: bool = True
    api_version: str = VERSION
    events: set[str] = field(default_factory=lambda: set(CHOSEN))

    def wants(self, kind: str) -> bool:
        return self.enabled and kind in self.events

    def wire(self) -> Json:
        return {
            "api_version": self.api_version,
            "events": {name: int(name in self.events) for name in EVENTS},
        }

    def change(self, version: str, chosen: dict[str, bool]) -> None:
        self.api_version = version or self.api_version
        for name, on in chosen.items():
            (self.events.add if on else self.events.discard)(name)


@dataclass
class Community:
    """Set these to play a community that is not ready; ``make_fresh`` is one just created."""

    id: int
    name: str = "УК «Домовой»"
    screen_name: str = "domovoy_test"
    confirmation: str = "d0m0v0y7"
    """What a Callback server must answer to be confirmed."""
    messages: bool = True
    bots: bool = True
    """«Возможности ботов»: without it a keyboard is refused with 912."""
    start_button: bool = True
    add_to_chat: bool = False
    long_poll: EventSettings = field(default_factory=EventSettings)
    permissions: set[str] = field(default_factory=lambda: {"messages", "photos", "docs", "manage"})
    """Of the token."""
    settings_readable: bool = False
    """The published description lets only a user's token read ``groups.getSettings``; True
    plays a VK that lets ours."""

    def make_fresh(self) -> None:
        """As VK creates one: messages, bots and Long Poll off, nothing chosen."""
        self.messages = self.bots = self.start_button = False
        self.long_poll = EventSettings(enabled=False, events=set())

    def wire(self, fields: list[str]) -> Json:
        body: Json = {
            "id": self.id,
            "name": self.name,
            "screen_name": self.screen_name,
            "is_closed": 0,
            "type": "page",
            "photo_50": "https://vk.com/images/community_50.png",
            "photo_100": "https://vk.com/images/community_100.png",
            "photo_200": "https://vk.com/images/community_200.png",
        }
        more: Json = {
            "description": "Управляющая компания",
            "members_count": 12,
            "can_message": int(self.messages),
            "status": "",
        }
        return body | {name: more[name] for name in fields if name in more}

    def settings(self) -> Json:
        """``groups.getSettings``, as far as a bot cares."""
        return {
            "title": self.name,
            "description": "Управляющая компания",
            "address": self.screen_name,
            "messages": int(self.messages),
            "bots_capabilities": int(self.bots),
            "bots_start_button": int(self.start_button),
            "bots_add_to_chat": int(self.add_to_chat),
            **dict.fromkeys(("audio", "docs", "photos", "topics", "video", "wall", "wiki"), 0),
            **dict.fromkeys(("articles", "city_id", "obscene_filter", "obscene_stopwords"), 0),
            **dict.fromkeys(("toxic_filter", "disable_replies_from_groups"), 0),
            "city_name": "",
            "obscene_words": [],
        }

    def token(self) -> Json:
        held = [(name, PERMISSIONS[name]) for name in PERMISSIONS if name in self.permissions]
        return {
            "mask": sum(bit for _, bit in held),
            "permissions": [{"name": name, "setting": bit} for name, bit in held],
        }
