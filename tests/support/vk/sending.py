"""``messages.send`` and its rules."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from .api import (
    MAX_FORWARDS,
    attachments,
    chat_of,
    check_group,
    check_messages_on,
    message_by_id,
    message_text,
    method,
    place,
)
from .chats import FIRST_CONVERSATION, Chat, Conversation
from .errors import ApiError, Malformed, wrong
from .files import StoredFile
from .keyboards import check_keyboard
from .messages import Message
from .wire import Json, Params
from .world import World

INT32 = 2**31
MAX_PEERS = 100
MAX_PAYLOAD = 1000


@dataclass(frozen=True)
class Draft:
    """What is to be sent, whoever gets it."""

    text: str
    files: list[StoredFile]
    geo: tuple[float, float] | None
    markup: Json | None
    payload: str
    random_id: int
    intent: str
    subscribe_id: int


def _draft(world: World, params: Params) -> Draft:
    markup = check_keyboard(params.text("keyboard"))
    if markup is not None and not world.community.bots:
        raise ApiError(912)
    payload = params.text("payload")
    if len(payload) > MAX_PAYLOAD:
        raise wrong("payload is too long")
    files = attachments(world, params)
    if sticker := params.integer("sticker_id"):
        files.append(world.files.store("sticker", owner=-world.group_id, number=sticker))
    return Draft(
        text=message_text(params),
        files=files,
        geo=place(params),
        markup=markup,
        payload=payload,
        random_id=_random_id(params),
        intent=params.text("intent") or "default",
        subscribe_id=params.integer("subscribe_id") or 0,
    )


def _random_id(params: Params) -> int:
    number = params.integer("random_id")
    if number is None:
        raise wrong("random_id is a required parameter")
    if not -INT32 <= number < INT32:
        raise wrong("random_id should be int32")
    return number


def _recipients(params: Params) -> tuple[list[int], bool]:
    """Peers, and whether each is answered for separately."""
    for name in ("peer_ids", "user_ids"):
        if params.text(name):
            peers = params.integers(name)
            if len(peers) > MAX_PEERS:
                raise wrong(f"{name} should contain at most {MAX_PEERS} peers")
            return list(dict.fromkeys(peers)), True
    peer = params.integer("peer_id") or params.integer("user_id")
    if peer is None and (number := params.integer("chat_id")) is not None:
        peer = FIRST_CONVERSATION + number
    if peer is None:
        raise wrong("you should specify peer_id, user_id, domain, chat_id or user_ids param")
    return [peer], False


@method("messages.send", "messages")
def send(world: World, params: Params) -> int | list[Json]:
    """An id; for ``peer_ids`` a list with a result or an error for each."""
    check_group(world, params)
    check_messages_on(world)
    if domain := params.text("domain"):
        named = [each.id for each in world.users.values() if each.screen_name == domain]
        params = Params({**params.raw, "peer_id": named[0] if named else 0})
    peers, many = _recipients(params)
    draft = _draft(world, params)
    if not many:
        return _deliver(world, params, draft, peers[0]).id
    return [_result(world, params, draft, peer) for peer in peers]


def _result(world: World, params: Params, draft: Draft, peer: int) -> Json:
    try:
        message = _deliver(world, params, draft, peer)
    except Malformed:
        raise
    except ApiError as error:
        nothing = {"peer_id": peer, "message_id": 0, "conversation_message_id": 0}
        return nothing | {"error": error.short()}
    return {
        "peer_id": peer,
        "message_id": message.id,
        "conversation_message_id": message.cmid,
    }


def _deliver(world: World, params: Params, draft: Draft, peer: int) -> Message:
    chat = chat_of(world, peer)
    chat.check_writable(draft.intent, draft.subscribe_id)
    if (before := _sent_before(world, chat, draft.random_id)) is not None:
        return before
    reply, forwards = _quoted(world, chat, params)
    if not (draft.text or draft.files or draft.geo or forwards):
        raise wrong("message is empty or invalid")
    message = Message(
        chat,
        -world.group_id,
        draft.text,
        list(draft.files),
        reply_to=reply,
        forwards=forwards,
        geo=draft.geo,
        payload=draft.payload,
        markup=draft.markup,
        random_id=draft.random_id,
        intent=draft.intent,
        method="messages.send",
    )
    chat.post(message)
    if draft.random_id:
        chat.sent_once[draft.random_id] = (message, time.monotonic())
    world.tell(message, "message_reply")
    return message


def _sent_before(world: World, chat: Chat, random_id: int) -> Message | None:
    """Zero is never a repetition. The text is not compared."""
    message, at = chat.sent_once.get(random_id, (None, 0.0))
    window = world.random_id_window
    if message is None or (window is not None and time.monotonic() - at > window):
        return None
    return message


def _quoted(world: World, chat: Chat, params: Params) -> tuple[Message | None, list[Message]]:
    if number := params.integer("reply_to"):
        reply = message_by_id(world, number)
        if reply is None or reply.chat is not chat:
            raise ApiError(100, "reply_to is invalid")
        return reply, []
    if numbers := params.integers("forward_messages"):
        return None, _forwardable([message_by_id(world, each) for each in numbers])
    tree = params.tree("forward")
    if tree is None:
        return None, []
    if not isinstance(tree, dict):
        raise wrong("forward is invalid")
    return _forward(world, chat, tree)


def _forward(world: World, chat: Chat, tree: Json) -> tuple[Message | None, list[Message]]:
    source = world.chats.get(int(tree.get("peer_id") or chat.id))
    numbers: list[Any] = tree.get("conversation_message_ids") or tree.get("cmids") or []
    if source is None or not (numbers or tree.get("message_ids")):
        raise wrong("forward is invalid")
    found = [source.find(int(each)) for each in numbers]
    found += [message_by_id(world, int(each)) for each in tree.get("message_ids") or []]
    messages = _forwardable(found)
    if not tree.get("is_reply"):
        return None, messages
    if len(messages) != 1 or messages[0].chat is not chat:
        raise wrong("forward: is_reply takes one message of the same peer")
    return messages[0], []


def _forwardable(found: list[Message | None]) -> list[Message]:
    if len(found) > MAX_FORWARDS:
        raise Malformed(913)
    messages = [each for each in found if each is not None and each.action is None]
    if len(messages) != len(found):
        raise ApiError(921)
    return messages


@method("messages.setActivity", "messages")
def set_activity(world: World, params: Params) -> int:
    check_group(world, params)
    check_messages_on(world)
    kind = params.text("type") or "typing"
    if kind not in {"typing", "audiomessage", "photo", "video", "file"}:
        raise wrong("type is invalid")
    chat = chat_of(world, params.integer("peer_id") or params.integer("user_id"))
    if isinstance(chat, Conversation):
        chat.check_writable()
    world.actions.append((chat.id, kind))
    return 1
