"""Reading dialogues and messages back."""

from __future__ import annotations

from typing import Any

from .api import (
    beside,
    check_group,
    check_messages_on,
    known_chat,
    listed,
    message_by_id,
    method,
)
from .chats import Chat, Conversation
from .errors import ApiError, wrong
from .messages import Message
from .wire import Json, Params
from .world import World

MAX_PAGE = 200


def _page(params: Params, default: int) -> tuple[int, int]:
    offset, count = params.integer("offset") or 0, params.integer("count")
    count = default if count is None else count
    if not 0 <= count <= MAX_PAGE:
        raise wrong(f"count should be less or equal to {MAX_PAGE}")
    return offset, count


def _open(world: World, params: Params) -> None:
    check_group(world, params)
    check_messages_on(world)


@method("messages.getById", "messages")
def get_by_id(world: World, params: Params) -> Json:
    _open(world, params)
    found: list[Message | None]
    if cmids := params.integers("cmids"):
        chat = known_chat(world, params)
        found = [chat.find(each) for each in cmids]
    else:
        numbers = params.integers("message_ids")
        if not numbers:
            raise wrong("message_ids is undefined")
        found = [message_by_id(world, each) for each in numbers]
    messages = [each for each in found if each is not None]
    return listed(world, params, messages, len(messages))


@method("messages.getByConversationMessageId", "messages")
def get_by_conversation_message_id(world: World, params: Params) -> Json:
    _open(world, params)
    chat = known_chat(world, params)
    numbers = params.integers("conversation_message_ids")
    if not numbers or len(numbers) > 100:
        raise wrong("conversation_message_ids is invalid")
    messages = [each for number in numbers if (each := chat.find(number)) is not None]
    return listed(world, params, messages, len(messages))


@method("messages.getConversations", "messages")
def get_conversations(world: World, params: Params) -> Json:
    """The newest first. ``unread``: those with something the community has not read."""
    _open(world, params)
    wanted = params.text("filter") or "all"
    chats = [chat for chat in world.chats.values() if chat.messages and _passes(chat, wanted)]
    chats.sort(key=lambda chat: chat.messages[-1].sent_at, reverse=True)
    offset, count = _page(params, 20)
    shown = chats[offset : offset + count]
    items = [{"conversation": chat.wire(), "last_message": _last(chat)} for chat in shown]
    unread = sum(1 for chat in world.chats.values() if chat.unread_by_community())
    body: Json = {"count": len(chats), "items": items, "unread_count": unread}
    return body | beside(world, params, {chat.id for chat in shown})


def _passes(chat: Chat, wanted: str) -> bool:
    if wanted == "all":
        return True
    if wanted == "unread":
        return bool(chat.unread_by_community())
    if wanted == "unanswered":
        return not chat.messages[-1].from_bot
    if wanted in {"important", "archive", "sorted_chats"}:
        return False
    raise wrong("filter is invalid")


def _last(chat: Chat) -> Json:
    kept = [each for each in chat.messages if not each.deleted]
    return (kept or chat.messages)[-1].wire()


@method("messages.getConversationsById", "messages")
def get_conversations_by_id(world: World, params: Params) -> Json:
    _open(world, params)
    found = [world.chats[each] for each in params.integers("peer_ids") if each in world.chats]
    body: Json = {"count": len(found), "items": [chat.wire() for chat in found]}
    return body | beside(world, params, {chat.id for chat in found})


@method("messages.getHistory", "messages")
def get_history(world: World, params: Params) -> Json:
    """The newest first, unless ``rev``. A negative offset with ``start_message_id`` looks to
    what came after it."""
    _open(world, params)
    chat = known_chat(world, params)
    kept = [each for each in chat.messages if not each.deleted]
    if not params.flag("rev"):
        kept.reverse()
    offset, count = _page(params, 20)
    start = params.integer("start_message_id")
    first = 0
    if start:
        places = [index for index, each in enumerate(kept) if each.id == start]
        if not places:
            raise ApiError(100, "start_message_id is invalid")
        first = places[0]
    begin = max(0, first + offset)
    end = max(0, first + offset + count)
    body = listed(world, params, kept[begin:end], len(kept))
    return body | ({"conversations": [chat.wire()]} if params.flag("extended") else {})


@method("messages.markAsRead", "messages")
def mark_as_read(world: World, params: Params) -> int:
    """All of a dialogue, or up to the message that is named."""
    _open(world, params)
    chat = known_chat(world, params)
    upto = len(chat.messages)
    if cmid := params.integer("up_to_cmid"):
        upto = min(upto, cmid)
    elif start := params.integer("start_message_id"):
        older = [each.cmid for each in chat.messages if each.id <= start]
        upto = max(older, default=0)
    elif numbers := params.integers("message_ids"):
        named = [each.cmid for each in chat.messages if each.id in numbers]
        upto = max(named, default=0)
    chat.in_read = max(chat.in_read, upto)
    return 1


@method("messages.getConversationMembers", "messages")
def get_conversation_members(world: World, params: Params) -> Json:
    """Of a conversation only for its administrator."""
    _open(world, params)
    chat = known_chat(world, params)
    if isinstance(chat, Conversation):
        if not (chat.present and chat.admin):
            raise ApiError(917)
        ids = list(chat.members)
    else:
        ids = [chat.id]
    items: list[Any] = [{"member_id": each, "join_date": 1_700_000_000} for each in ids]
    items.append({"member_id": -world.group_id, "join_date": 1_700_000_000, "is_admin": True})
    return {"items": items, "count": len(items)} | beside(world, params, set(ids))


@method("messages.isMessagesFromGroupAllowed", "messages")
def is_messages_from_group_allowed(world: World, params: Params) -> Json:
    check_group(world, params, required=True)
    user = world.users.get(params.integer("user_id") or 0)
    if user is None:
        raise ApiError(113)
    return {"is_allowed": int(user.chat.allowed and not user.chat.refusal)}
