"""The table of methods, and what most of them check first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .channels import Channel
from .chats import Chat
from .errors import bad
from .groups import Group
from .keyboards import check_markup
from .markup import Entity, parse_html, tidy, units
from .messages import Message, StoredFile
from .wire import Json, Params, Upload
from .world import World

Method = Callable[[World, Params], Any]
METHODS: dict[str, tuple[str, Method]] = {}
"""By lower-case name, as the API does not mind the case."""


def method(name: str) -> Callable[[Method], Method]:
    def register(function: Method) -> Method:
        METHODS[name.lower()] = (name, function)
        return function

    return register


def chat_of(world: World, params: Params, name: str = "chat_id") -> Chat:
    """The chat that is named, wherever the bot stands in it."""
    value = params.text(name)
    if not value:
        raise bad(f"{name} is empty")
    if value.startswith("@"):
        named = (each for each in world.chats.values() if isinstance(each, Channel))
        found = next((each for each in named if each.username == value[1:]), None)
        if found is None:
            raise bad("chat not found")
        return found
    number = params.integer(name)
    chat = world.chats.get(number or 0)
    if chat is None:
        raise bad("chat not found")
    return chat


def writable_chat(world: World, params: Params) -> Chat:
    chat = chat_of(world, params)
    chat.check_writable()
    return chat


def readable_group(world: World, params: Params) -> Group:
    chat = chat_of(world, params)
    if not isinstance(chat, Group):
        raise bad("method is available only for groups and supergroups")
    chat.check_writable()
    return chat


def formatted(params: Params, text_name: str, entities_name: str) -> tuple[str, list[Entity]]:
    """Plain text and entities of a text or caption, however they were given."""
    source = params.text(text_name)
    return formatted_as(source, params.text("parse_mode"), params.tree(entities_name))


def formatted_as(source: str, mode: str, given: list[Entity] | None) -> tuple[str, list[Entity]]:
    if "\0" in source:
        raise bad("strings must be encoded in UTF-8")
    if not mode:
        entities = list(given or [])
        for entity in entities:
            if entity["offset"] < 0 or entity["offset"] + entity["length"] > units(source):
                raise bad("can't parse entities: entity is out of the text")
        return tidy(source, entities)
    if mode.lower() == "html":
        return parse_html(source)
    if mode.lower() in {"markdown", "markdownv2"}:
        raise bad("the stand-in reads HTML only")
    raise bad("unsupported parse_mode")


def message_text(params: Params) -> tuple[str, list[Entity]]:
    text, entities = formatted(params, "text", "entities")
    if not text:
        raise bad("message text is empty")
    if units(text) > 4096:
        raise bad("message is too long")
    return text, entities


def caption(params: Params) -> tuple[str, list[Entity]]:
    return check_caption(*formatted(params, "caption", "caption_entities"))


def check_caption(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    if units(text) > 1024:
        raise bad("message caption is too long")
    return text, entities


def file_of(world: World, params: Params, kind: str, value: Any, field: str) -> StoredFile:
    """A file by ``attach://``, by upload under the field's own name, or by its id."""
    upload: Upload | None = None
    if isinstance(value, str) and value.startswith("attach://"):
        upload = params.uploads.get(value.removeprefix("attach://"))
        if upload is None:
            raise bad(f"there is no {field} in the request")
    elif not value:
        upload = params.uploads.get(field)
        if upload is None:
            raise bad(f"there is no {field} in the request")
    if upload is not None:
        if not upload.data:
            raise bad("file must be non-empty")
        if kind == "photo" and len(upload.data) > 10 * 1024 * 1024:
            raise bad(
                f"file of size {len(upload.data)} bytes is too big for a photo; "
                "the maximum size is 10485760 bytes"
            )
        mime = "image/jpeg" if kind == "photo" else upload.mime
        return world.files.store(kind, upload.data, name=upload.filename, mime=mime)
    if value.startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")
    stored = world.files.get(value)
    if stored is None:
        raise bad("wrong file identifier/HTTP URL specified")
    if stored.kind != kind:
        had, wanted = (each.replace("_", " ").title() for each in (stored.kind, kind))
        raise bad(f"can't use file of type {had} as {wanted}")
    return stored


def reply_of(world: World, chat: Chat, params: Params) -> tuple[Message | None, str]:
    asked = params.tree("reply_parameters")
    if asked is None:
        return None, ""
    if not isinstance(asked, dict):
        raise bad("object expected as reply parameters")
    where = chat
    if asked.get("chat_id"):
        where = chat_of(world, Params({"chat_id": asked["chat_id"]}))
    found = where.find(asked.get("message_id"))
    if found is None:
        if asked.get("allow_sending_without_reply"):
            return None, ""
        raise bad("message to be replied not found")
    quote = str(asked.get("quote", ""))
    if quote:
        quote = formatted_as(quote, asked.get("quote_parse_mode", ""), None)[0]
        if quote not in found.text:
            raise bad("QUOTE_TEXT_INVALID")
    return found, quote


def post(
    world: World,
    params: Params,
    *,
    text: str = "",
    entities: list[Entity] | None = None,
    media: StoredFile | None = None,
    extra: Json | None = None,
    forward_origin: Json | None = None,
    name: str,
) -> Message:
    """The common end of everything that sends one message."""
    chat, thread, reply, quote = destination(world, params)
    markup = check_markup(params.tree("reply_markup"))
    world.flood.admit(chat.id, "send")
    return chat.post(
        Message(
            chat,
            world.bot,
            text=text,
            entities=entities or [],
            media=media,
            extra=extra or {},
            thread_id=thread,
            reply_to=reply,
            quote=quote,
            reply_markup=markup,
            forward_origin=forward_origin,
            silent=params.flag("disable_notification"),
            method=name,
        )
    )


def destination(world: World, params: Params) -> tuple[Chat, int | None, Message | None, str]:
    chat = writable_chat(world, params)
    thread: int | None = None
    if isinstance(chat, Group):
        thread = chat.check_thread(params.integer("message_thread_id"))
        if not chat.bot.can_write or chat.bot.status == "restricted":
            raise bad("not enough rights to send text messages to the chat")
    elif params.integer("message_thread_id"):
        # This bot has no topics in private chats.
        raise bad("message thread not found")
    reply, quote = reply_of(world, chat, params)
    return chat, thread, reply, quote
