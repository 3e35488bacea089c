"""Methods about the community and its settings, about people and short names."""

from __future__ import annotations

from typing import Any

from .api import check_group, method, profiles
from .callback import CallbackServer
from .community import EVENTS, EventSettings
from .errors import ApiError, wrong
from .wire import Json, Params
from .world import World

NAMES = {"messages": "messages", "bots_capabilities": "bots", "bots_start_button": "start_button"}
NAMES["bots_add_to_chat"] = "add_to_chat"


@method("groups.getById")
def get_by_id(world: World, params: Params) -> Json:
    asked = params.words("group_ids") or params.words("group_id")
    own = {str(world.group_id), world.community.screen_name}
    if asked and not own & set(asked):
        raise ApiError(100, "group_ids is undefined")
    body = world.community.wire(params.words("fields"))
    if "can_post" in params.words("fields"):
        body["can_post"] = int(not world.wall_refuses)
    return {"groups": [body], "profiles": []}


@method("groups.getTokenPermissions")
def get_token_permissions(world: World, _: Params) -> Json:
    return world.community.token()


@method("groups.getSettings", "manage")
def get_settings(world: World, params: Params) -> Json:
    if not world.community.settings_readable:
        raise ApiError(27)
    check_group(world, params, required=True)
    return world.community.settings()


@method("groups.setSettings", "manage")
def set_settings(world: World, params: Params) -> int:
    check_group(world, params, required=True)
    for name, attribute in NAMES.items():
        if params.text(name):
            setattr(world.community, attribute, params.flag(name))
    return 1


@method("groups.isMember")
def is_member(world: World, params: Params) -> int:
    check_group(world, params, required=True)
    return int((params.integer("user_id") or 0) in world.users)


# Long Poll.


@method("groups.getLongPollServer", "manage")
def get_long_poll_server(world: World, params: Params) -> Json:
    check_group(world, params, required=True)
    if not world.community.long_poll.enabled:
        raise ApiError(100, "longpoll for this group is not enabled")
    return world.updates.address()


@method("groups.getLongPollSettings", "manage")
def get_long_poll_settings(world: World, params: Params) -> Json:
    check_group(world, params, required=True)
    settings = world.community.long_poll
    return settings.wire() | {"is_enabled": settings.enabled}


@method("groups.setLongPollSettings", "manage")
def set_long_poll_settings(world: World, params: Params) -> int:
    check_group(world, params, required=True)
    settings = world.community.long_poll
    if params.text("enabled"):
        settings.enabled = params.flag("enabled")
    _choose(settings, params)
    return 1


def _choose(settings: EventSettings, params: Params) -> None:
    """What is not named stays as it was."""
    chosen = {name: params.flag(name) for name in EVENTS if params.text(name)}
    settings.change(params.text("api_version"), chosen)


# Callback servers.


def _server(world: World, params: Params) -> CallbackServer:
    check_group(world, params, required=True)
    found = world.callbacks.servers.get(params.integer("server_id") or 0)
    if found is None:
        raise ApiError(104)
    return found


def _described(params: Params) -> tuple[str, str, str]:
    url, title, secret = (params.text(each) for each in ("url", "title", "secret_key"))
    if not url.startswith(("http://", "https://")):
        raise wrong("url is invalid")
    if not 1 <= len(title) <= 14:
        raise wrong("title should be from 1 to 14 letters length")
    if len(secret) > 50:
        raise wrong("secret_key should be at most 50 letters length")
    return url, title, secret


@method("groups.getCallbackConfirmationCode", "manage")
def get_callback_confirmation_code(world: World, params: Params) -> Json:
    check_group(world, params, required=True)
    return {"code": world.community.confirmation}


@method("groups.getCallbackServers", "manage")
def get_callback_servers(world: World, params: Params) -> Json:
    check_group(world, params, required=True)
    wanted = params.integers("server_ids")
    servers = [each for each in world.callbacks.servers.values() if not wanted or each.id in wanted]
    return {"count": len(servers), "items": [each.wire() for each in servers]}


@method("groups.addCallbackServer", "manage")
def add_callback_server(world: World, params: Params) -> Json:
    check_group(world, params, required=True)
    return {"server_id": world.callbacks.add(*_described(params)).id}


@method("groups.editCallbackServer", "manage")
def edit_callback_server(world: World, params: Params) -> int:
    world.callbacks.edit(_server(world, params), *_described(params))
    return 1


@method("groups.deleteCallbackServer", "manage")
def delete_callback_server(world: World, params: Params) -> int:
    world.callbacks.delete(_server(world, params))
    return 1


@method("groups.getCallbackSettings", "manage")
def get_callback_settings(world: World, params: Params) -> Json:
    return _server(world, params).settings.wire()


@method("groups.setCallbackSettings", "manage")
def set_callback_settings(world: World, params: Params) -> int:
    _choose(_server(world, params).settings, params)
    return 1


# People and names.


@method("users.get")
def users_get(world: World, params: Params) -> list[Json]:
    return profiles(world, params)


@method("utils.resolveScreenName")
def resolve_screen_name(world: World, params: Params) -> Any:
    name = params.text("screen_name")
    if not name:
        raise wrong("screen_name is undefined")
    if name in {world.community.screen_name, f"club{world.group_id}", f"public{world.group_id}"}:
        return {"type": "group", "object_id": world.group_id, "group_id": world.group_id}
    for user in world.users.values():
        if name in {user.screen_name, f"id{user.id}"}:
            return {"type": "user", "object_id": user.id}
    raise ApiError(104)
