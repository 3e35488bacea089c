"""Changing what was said, and answering presses."""

from __future__ import annotations

import time

from .api import (
    attachments,
    chat_of,
    check_group,
    check_messages_on,
    message_by_id,
    message_text,
    method,
    place,
)
from .errors import ApiError, wrong
from .keyboards import check_event_data, check_keyboard
from .messages import Message
from .wire import Json, Params
from .world import World


@method("messages.edit", "messages")
def edit(world: World, params: Params) -> int:
    """What is not given anew is gone: attachments, and the keyboard with them."""
    check_group(world, params)
    check_messages_on(world)
    chat = chat_of(world, params.integer("peer_id"))
    message: Message | None = None
    if cmid := params.integer("cmid") or params.integer("conversation_message_id"):
        message = chat.find(cmid)
    elif number := params.integer("message_id"):
        message = message_by_id(world, number)
    if message is None or message.chat is not chat:
        raise ApiError(100, "message_id is invalid")
    if not message.from_bot:
        raise ApiError(15, "can't edit this message")
    if time.monotonic() - message.sent_at > world.edit_window:
        raise ApiError(909)
    if message.geo is not None or any(each.kind == "sticker" for each in message.attachments):
        raise ApiError(920)
    markup = check_keyboard(params.text("keyboard"))
    if markup is not None and not world.community.bots:
        raise ApiError(912)
    text, files = message_text(params), attachments(world, params)
    if not (text or files or place(params)):
        raise wrong("message is empty or invalid")
    message.edited.append(message.version())
    message.text, message.attachments, message.markup = text, files, markup
    if not params.flag("keep_forward_messages"):
        message.forwards, message.reply_to = [], None
    message.update_time = int(time.time())
    world.touch()
    world.tell(message, "message_edit")
    return 1


@method("messages.delete", "messages")
def delete(world: World, params: Params) -> list[Json]:
    """For us alone, or with ``delete_for_all`` for the person too."""
    check_group(world, params)
    check_messages_on(world)
    found: list[tuple[int, Message | None]]
    if cmids := params.integers("cmids"):
        chat = chat_of(world, params.integer("peer_id"))
        found = [(each, chat.find(each)) for each in cmids]
    else:
        numbers = params.integers("message_ids")
        if not numbers:
            raise wrong("message_ids is undefined")
        found = [(each, message_by_id(world, each)) for each in numbers]
    return [_deleted(world, params, number, message) for number, message in found]


def _deleted(world: World, params: Params, number: int, message: Message | None) -> Json:
    if message is None:
        error = ApiError(100, "message_id is invalid")
        return {"message_id": number, "response": 0, "error": error.short()}
    body: Json = {
        "peer_id": message.chat.id,
        "message_id": message.id,
        "conversation_message_id": message.cmid,
    }
    if params.flag("delete_for_all"):
        old = time.monotonic() - message.sent_at > world.edit_window
        if old or not message.from_bot:
            return body | {"response": 0, "error": ApiError(924).short()}
        message.deleted = True
        world.touch()
    return body | {"response": 1}


@method("messages.sendMessageEventAnswer", "messages")
def send_message_event_answer(world: World, params: Params) -> int:
    """Once, and within a minute of the press; it may carry a snackbar or a link."""
    check_messages_on(world)
    press = world.presses.get(params.text("event_id"))
    if (
        press is None
        or press.answered
        or press.user.id != params.integer("user_id")
        or press.chat.id != params.integer("peer_id")
        or time.monotonic() - press.at > world.press_lifetime
    ):
        raise ApiError(100, "invalid event_id")
    answer = check_event_data(params.text("event_data"))
    press.text = str(answer.get("text", ""))
    press.url = str(answer.get("link", ""))
    press.app = answer if answer.get("type") == "open_app" else None
    press.answered = True
    press.answered_at = time.monotonic()
    world.touch()
    return 1
