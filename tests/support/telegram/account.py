"""Methods about the bot itself, about chats and members, and files."""

from __future__ import annotations

import json
import re
from typing import Any

from .api import chat_of, method, readable_group, writable_chat
from .channels import Channel
from .chats import Chat, PrivateChat
from .errors import bad
from .groups import Group
from .messages import Account
from .updates import Webhook
from .wire import Json, Params
from .world import World

MAX_DOWNLOAD = 20 * 1024 * 1024
PROFILE = {"Name": ("name", 64), "Description": ("description", 512)}
PROFILE["ShortDescription"] = ("short_description", 120)
WHOLE_CHAT: Json = {
    "accent_color_id": 1,
    "max_reaction_count": 11,
    "accepted_gift_types": {
        "unlimited_gifts": True,
        "limited_gifts": True,
        "unique_gifts": True,
        "premium_subscription": True,
        "gifts_from_channels": True,
    },
}


@method("getMe")
def get_me(world: World, _: Params) -> Json:
    return world.bot.wire() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


@method("setWebhook")
def set_webhook(world: World, params: Params) -> bool:
    url = params.text("url")
    if url and not url.startswith(("http://", "https://")):
        raise bad("bad webhook: invalid HTTP URL specified")
    secret = params.text("secret_token")
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
        raise bad("secret token contains unallowed characters")
    connections = params.integer("max_connections") or 40
    if not 1 <= connections <= 100:
        raise bad("max_connections must be from 1 to 100")
    if params.flag("drop_pending_updates"):
        world.updates.forget()
    set_allowed(world, params)
    world.updates.set_webhook(Webhook(url, secret, connections, "127.0.0.1") if url else Webhook())
    return True


@method("deleteWebhook")
def delete_webhook(world: World, params: Params) -> bool:
    if params.flag("drop_pending_updates"):
        world.updates.forget()
    world.updates.set_webhook(Webhook())
    return True


@method("getWebhookInfo")
def get_webhook_info(world: World, _: Params) -> Json:
    hook = world.updates.webhook
    body: Json = {
        "url": hook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates.pending),
    }
    if hook.url:
        body |= {"max_connections": hook.max_connections, "ip_address": hook.ip_address}
    if hook.last_error_date is not None:
        body |= {
            "last_error_date": hook.last_error_date,
            "last_error_message": hook.last_error_message,
        }
    if world.updates.allowed:
        body["allowed_updates"] = world.updates.allowed
    return body


def set_allowed(world: World, params: Params) -> None:
    """Remembered until it is said anew."""
    if "allowed_updates" in params.raw:
        world.updates.allowed = [str(each) for each in params.tree("allowed_updates") or []]


@method("logOut")
def log_out(_: World, __: Params) -> bool:
    return True


def _profile(word: str, key: str, most: int) -> None:
    @method(f"setMy{word}")
    def put(world: World, params: Params) -> bool:
        value = params.text(key)
        if len(value) > most:
            raise bad(f"bot {key} is too long")
        world.profile[f"{key}/{params.text('language_code')}"] = value
        return True

    @method(f"getMy{word}")
    def get(world: World, params: Params) -> Json:
        default = world.bot.first_name if key == "name" else ""
        fallback = world.profile.get(f"{key}/", default)
        return {key: world.profile.get(f"{key}/{params.text('language_code')}", fallback)}


for _word, (_key, _most) in PROFILE.items():
    _profile(_word, _key, _most)


def _scope(world: World, params: Params) -> str:
    scope = params.tree("scope") or {"type": "default"}
    if "chat_id" in scope:
        chat_of(world, Params({"chat_id": scope["chat_id"]}))
    return json.dumps(scope, sort_keys=True) + params.text("language_code")


@method("setMyCommands")
def set_my_commands(world: World, params: Params) -> bool:
    commands = params.tree("commands")
    if not isinstance(commands, list):
        raise bad("expected an Array of BotCommand")
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for each in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", each["command"]):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(each["description"]) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[_scope(world, params)] = commands
    return True


@method("getMyCommands")
def get_my_commands(world: World, params: Params) -> list[Json]:
    return world.commands.get(_scope(world, params), [])


@method("deleteMyCommands")
def delete_my_commands(world: World, params: Params) -> bool:
    world.commands.pop(_scope(world, params), None)
    return True


@method("setChatMenuButton")
def set_chat_menu_button(world: World, params: Params) -> bool:
    world.menu_buttons[params.integer("chat_id") or 0] = params.tree("menu_button") or {}
    return True


@method("getFile")
def get_file(world: World, params: Params) -> Json:
    stored = world.files.get(params.text("file_id"))
    if stored is None:
        raise bad("invalid file_id")
    if stored.size > MAX_DOWNLOAD:
        raise bad("file is too big")
    return {
        "file_id": stored.id,
        "file_unique_id": stored.unique_id,
        "file_size": stored.size,
        "file_path": stored.path,
    }


@method("getUserProfilePhotos")
def get_user_profile_photos(world: World, params: Params) -> Json:
    if (params.integer("user_id") or 0) not in world.users:
        raise bad("user not found")
    return {"total_count": 0, "photos": []}


@method("getChat")
def get_chat(world: World, params: Params) -> Json:
    chat = _seen(world, params)
    body = chat.wire() | WHOLE_CHAT
    if isinstance(chat, Group):
        body["permissions"] = {"can_send_messages": True, "can_manage_topics": False}
    return body


def _seen(world: World, params: Params) -> Chat:
    """A chat one may ask about: a person who blocked the bot may be asked about too."""
    chat = chat_of(world, params)
    if isinstance(chat, Group):
        chat.check_writable()
    elif isinstance(chat, PrivateChat) and not chat.opened:
        raise bad("chat not found")
    return chat


def _account(world: World, params: Params) -> Account:
    number = params.integer("user_id") or 0
    found: Account | None = world.bot if number == world.bot.id else world.users.get(number)
    if found is None:
        raise bad("invalid user_id specified")
    return found


@method("getChatMember")
def get_chat_member(world: World, params: Params) -> Json:
    chat = _seen(world, params)
    account = _account(world, params)
    if isinstance(chat, Channel) and account is world.bot:
        return chat.bot_member()
    if not isinstance(chat, Group):
        return {"user": account.wire(), "status": "member"}
    return chat.bot_member() if account is world.bot else chat.member(account)


@method("getChatAdministrators")
def get_chat_administrators(world: World, params: Params) -> list[Json]:
    if not isinstance(chat_of(world, params), Group):
        raise bad("there are no administrators in the private chat")
    group = readable_group(world, params)
    found = [group.member(each.user) for each in group.members.values() if each.admin]
    return [*found, group.bot_member()] if group.bot.status == "administrator" else found


@method("getChatMemberCount")
def get_chat_member_count(world: World, params: Params) -> int:
    chat = _seen(world, params)
    return len(chat.members) + 1 if isinstance(chat, Group) else 2


@method("leaveChat")
def leave_chat(world: World, params: Params) -> Any:
    chat = writable_chat(world, params)
    if not isinstance(chat, Group):
        raise bad("chat member status can't be changed in private chats")
    chat.bot.status = "left"
    return True
