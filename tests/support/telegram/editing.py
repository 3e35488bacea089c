"""Methods that change, remove or mark what is there."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from .api import (
    caption,
    check_caption,
    file_of,
    formatted_as,
    message_text,
    method,
    writable_chat,
)
from .chats import Chat
from .errors import bad
from .groups import Group
from .keyboards import check_markup
from .messages import Message
from .wire import Json, Params
from .world import World

REACTIONS = frozenset(
    """
    ❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌
    🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘
    🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡
    """.split()  # noqa: SIM905
)
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)


def _editable(world: World, params: Params) -> Message:
    if params.integer("message_id") is None:
        raise bad("message identifier is not specified")
    message = writable_chat(world, params).find(params.integer("message_id"))
    if message is None:
        raise bad("message to edit not found")
    standing = {"keyboard", "force_reply"} & set(message.reply_markup or {})
    if not message.from_bot or message.service or message.forward_origin or standing:
        raise bad("message can't be edited")
    return message


def _edit(world: World, message: Message, params: Params, change: Callable[[], None]) -> Json:
    """Carries an edit out, unless it changes nothing or comes too soon."""
    markup = check_markup(params.tree("reply_markup"), inline_only=True)
    before = message.version()
    change()
    message.reply_markup = markup
    after = message.version()
    message.text, message.entities = before.text, before.entities
    message.reply_markup, message.media = before.reply_markup, before.media
    if before == after:
        raise bad(NOT_MODIFIED)
    world.flood.admit(message.chat.id, "edit")
    message.edited.append(before)
    message.text, message.entities = after.text, after.entities
    message.reply_markup, message.media = after.reply_markup, after.media
    message.edit_date = int(time.time())
    world.touch()
    return message.wire()


@method("editMessageText")
def edit_message_text(world: World, params: Params) -> Json:
    text, entities = message_text(params)
    message = _editable(world, params)
    if message.media is not None or message.extra:
        raise bad("there is no text in the message to edit")

    def change() -> None:
        message.text, message.entities = text, entities

    return _edit(world, message, params, change)


@method("editMessageCaption")
def edit_message_caption(world: World, params: Params) -> Json:
    text, entities = caption(params)
    message = _editable(world, params)
    if message.media is None:
        raise bad("there is no caption in the message to edit")

    def change() -> None:
        message.text, message.entities = text, entities

    return _edit(world, message, params, change)


@method("editMessageReplyMarkup")
def edit_message_reply_markup(world: World, params: Params) -> Json:
    return _edit(world, _editable(world, params), params, lambda: None)


@method("editMessageMedia")
def edit_message_media(world: World, params: Params) -> Json:
    item = params.tree("media")
    if not isinstance(item, dict):
        raise bad("can't parse input media JSON object")
    message = _editable(world, params)
    text, entities = check_caption(
        *formatted_as(
            str(item.get("caption", "")),
            str(item.get("parse_mode", "")),
            item.get("caption_entities"),
        )
    )
    stored = file_of(world, params, str(item.get("type")), item.get("media"), "media")

    def change() -> None:
        message.text, message.entities, message.media = text, entities, stored

    return _edit(world, message, params, change)


def _delete(chat: Chat, message: Message) -> None:
    if isinstance(chat, Group):
        allowed = message.from_bot or chat.bot.may("can_delete_messages")
        made_topic = any(topic.created is message for topic in chat.topics.values())
        if not allowed or made_topic:
            raise bad("message can't be deleted")
    message.deleted = True
    chat.world.touch()


@method("deleteMessage")
def delete_message(world: World, params: Params) -> bool:
    chat = writable_chat(world, params)
    message = chat.find(params.integer("message_id"))
    if message is None:
        raise bad("message to delete not found")
    _delete(chat, message)
    return True


@method("deleteMessages")
def delete_messages(world: World, params: Params) -> bool:
    chat = writable_chat(world, params)
    for number in params.tree("message_ids") or []:
        if (message := chat.find(number)) is not None:
            _delete(chat, message)
    return True


@method("pinChatMessage")
def pin_chat_message(world: World, params: Params) -> bool:
    chat = writable_chat(world, params)
    if isinstance(chat, Group) and not chat.bot.may("can_pin_messages"):
        raise bad("not enough rights to manage pinned messages in the chat")
    message = chat.find(params.integer("message_id"))
    if message is None:
        raise bad("message to pin not found")
    message.pinned = True
    what: Json = {"pinned_message": message.wire(shallow=True)}
    said = Message(chat, world.bot, extra=what, service=True, thread_id=message.thread_id)
    chat.post(said)
    world.tell(said)
    return True


@method("unpinChatMessage")
def unpin_chat_message(world: World, params: Params) -> bool:
    chat = writable_chat(world, params)
    number = params.integer("message_id")
    pinned = [each for each in chat.messages if each.pinned and number in {None, each.id}]
    if not pinned:
        raise bad("message to unpin not found")
    pinned[-1].pinned = False
    return True


@method("setMessageReaction")
def set_message_reaction(world: World, params: Params) -> bool:
    message = writable_chat(world, params).find(params.integer("message_id"))
    if message is None:
        raise bad("message to react not found")
    asked: list[Any] = params.tree("reaction") or []
    emoji = [str(each.get("emoji", "")) for each in asked]
    if len(emoji) > 1:
        raise bad("REACTIONS_TOO_MANY")
    if not all(each.rstrip("\ufe0f") in REACTIONS for each in emoji):
        raise bad("REACTION_INVALID")
    message.reactions = emoji
    world.touch()
    return True


@method("answerCallbackQuery")
def answer_callback_query(world: World, params: Params) -> bool:
    press = world.presses.get(params.text("callback_query_id"))
    now = time.monotonic()
    if press is None or press.answered or now - press.at > world.press_lifetime:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    if len(params.text("text")) > 200:
        raise bad("MESSAGE_TOO_LONG")
    press.answered, press.answered_at = True, now
    press.text = params.text("text")
    press.alert = params.flag("show_alert")
    press.url = params.text("url")
    world.touch()
    return True
