"""The table of methods, and what most of them check first."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .chats import FIRST_CONVERSATION, Chat
from .errors import ApiError, Malformed, wrong
from .files import StoredFile
from .messages import Message
from .wire import Json, Params
from .world import World

Run = Callable[[World, Params], Any]
MAX_TEXT = 4096
MAX_ATTACHMENTS = 10
MAX_FORWARDS = 100
_ATTACHMENT = re.compile(r"([a-z_]+)(-?\d+)_(\d+)(?:_(\w+))?")
UNSEEN = frozenset({"wall", "video", "market", "poll", "audio", "story"})
"""Kinds that live elsewhere in VK; their names are believed."""


@dataclass(frozen=True)
class Method:
    name: str
    run: Run
    scope: str
    """The permission the token needs."""


METHODS: dict[str, Method] = {}


def method(name: str, scope: str = "") -> Callable[[Run], Run]:
    def register(function: Run) -> Run:
        METHODS[name] = Method(name, function, scope)
        return function

    return register


def check_group(world: World, params: Params, *, required: bool = False) -> None:
    given = params.integer("group_id")
    if given is None and required:
        raise wrong("group_id is undefined")
    if given is not None and abs(given) != world.group_id:
        raise ApiError(125)


def check_messages_on(world: World) -> None:
    if not world.community.messages:
        raise ApiError(15, "group messages are disabled")


def chat_of(world: World, peer: int | None) -> Chat:
    """Whom a call speaks to. Somebody unknown has given no permission."""
    if peer is None or peer == 0:
        raise wrong("peer_id is undefined")
    chat = world.chats.get(peer)
    if chat is not None:
        return chat
    if peer < 0:
        raise ApiError(932)
    if peer > FIRST_CONVERSATION:
        raise ApiError(917)
    raise ApiError(901)


def known_chat(world: World, params: Params) -> Chat:
    """A dialogue to be read; nobody's leave is needed."""
    chat = world.chats.get(params.integer("peer_id") or params.integer("user_id") or 0)
    if chat is None:
        raise ApiError(100, "peer_id is invalid")
    return chat


def message_by_id(world: World, number: int) -> Message | None:
    found = world.by_id.get(number)
    return None if found is None or found.deleted else found


def message_text(params: Params) -> str:
    text = params.text("message")
    if "\0" in text:
        raise wrong("message is invalid")
    if len(text) > MAX_TEXT:
        raise Malformed(914)
    return text.strip()


def attachments(world: World, params: Params) -> list[StoredFile]:
    """Each must exist, be ours or carry its access key. VK itself may drop a wrong one and
    send the rest, which nobody would see; here it is refused."""
    names = params.words("attachment")
    if len(names) > MAX_ATTACHMENTS:
        raise wrong(f"attachment: at most {MAX_ATTACHMENTS} are allowed")
    return [_attachment(world, name) for name in names]


def _attachment(world: World, name: str) -> StoredFile:
    found = _ATTACHMENT.fullmatch(name)
    if found is None:
        raise wrong(f"attachment {name} is invalid")
    kind, owner, number, key = found.groups()
    stored = world.files.get(int(owner), int(number))
    if stored is None:
        if kind in UNSEEN:
            return world.files.store(kind, owner=int(owner), number=int(number), name=name)
        raise wrong(f"attachment {name} is not found")
    same = stored.kind == kind or (kind == "doc" and stored.kind == "audio_message")
    if not same or (stored.owner_id != -world.group_id and key != stored.access_key):
        raise wrong(f"attachment {name} is not accessible")
    return stored


def place(params: Params) -> tuple[float, float] | None:
    latitude, longitude = params.number("lat"), params.number("long")
    if latitude is None or longitude is None:
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise wrong("lat or long is invalid")
    return latitude, longitude


def listed(world: World, params: Params, messages: list[Message], count: int) -> Json:
    """A page of messages, with people and the community beside when ``extended``."""
    body: Json = {"count": count, "items": [each.wire() for each in messages]}
    return body | beside(world, params, {each.from_id for each in messages})


def beside(world: World, params: Params, ids: set[int]) -> Json:
    if not params.flag("extended"):
        return {}
    fields = params.words("fields")
    people = [world.users[each] for each in sorted(ids) if each in world.users]
    return {
        "profiles": [each.wire(fields) for each in people],
        "groups": [world.community.wire(fields)],
    }


def profiles(world: World, params: Params) -> list[Json]:
    """``users.get``: those VK knows; 113 where it knows none."""
    fields = params.words("fields")
    asked = params.words("user_ids")
    by_name = {each.screen_name: each for each in world.users.values()}
    found = [by_name.get(each) or world.users.get(int_or_zero(each)) for each in asked]
    if asked and not any(found):
        raise ApiError(113)
    return [each.wire(fields) for each in found if each is not None]


def int_or_zero(text: str) -> int:
    return int(text) if text.isdigit() else 0
