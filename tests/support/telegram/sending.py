"""Methods that send something."""

from __future__ import annotations

from typing import Any

from .api import (
    caption,
    chat_of,
    check_caption,
    destination,
    file_of,
    formatted_as,
    message_text,
    method,
    post,
)
from .errors import bad
from .groups import Group
from .keyboards import check_markup
from .messages import MEDIA_KINDS, Message
from .wire import Json, Params
from .world import World

CAPTIONED = frozenset({"photo", "document", "voice", "audio", "video", "animation"})
ACTIONS = frozenset(
    """
    typing upload_photo record_video upload_video record_voice upload_voice upload_document
    choose_sticker find_location record_video_note upload_video_note
    """.split()  # noqa: SIM905
)


@method("sendMessage")
def send_message(world: World, params: Params) -> Json:
    text, entities = message_text(params)
    return post(world, params, text=text, entities=entities, name="sendMessage").wire()


def _send_media(name: str, kind: str) -> None:
    @method(name)
    def send(world: World, params: Params) -> Json:
        text, entities = caption(params) if kind in CAPTIONED else ("", [])
        # Refused before the file is kept: a file that was never sent has no id.
        destination(world, params)
        check_markup(params.tree("reply_markup"))
        media = file_of(world, params, kind, params.raw.get(kind), kind)
        sent = post(world, params, text=text, entities=entities, media=media, name=name)
        return sent.wire()


for _kind in MEDIA_KINDS:
    _send_media("send" + _kind.replace("_", " ").title().replace(" ", ""), _kind)


@method("sendLocation")
def send_location(world: World, params: Params) -> Json:
    latitude, longitude = params.number("latitude"), params.number("longitude")
    if latitude is None or not -90 <= latitude <= 90:
        raise bad("latitude is empty")
    if longitude is None or not -180 <= longitude <= 180:
        raise bad("longitude is empty")
    place = {"location": {"latitude": latitude, "longitude": longitude}}
    return post(world, params, extra=place, name="sendLocation").wire()


@method("sendContact")
def send_contact(world: World, params: Params) -> Json:
    if not params.text("phone_number") or not params.text("first_name"):
        raise bad("phone number and first name are required")
    card = {
        name: params.text(name)
        for name in ("phone_number", "first_name", "last_name", "vcard")
        if params.text(name)
    }
    return post(world, params, extra={"contact": card}, name="sendContact").wire()


@method("sendMediaGroup")
def send_media_group(world: World, params: Params) -> list[Json]:
    items = params.tree("media")
    if not isinstance(items, list):
        raise bad("expected an Array of InputMedia")
    if len(items) > 10:
        raise bad("too many messages to send as an album")
    if len(items) < 2:
        raise bad("too few messages to send as an album")
    kinds = {str(item.get("type")) for item in items}
    if not (kinds <= {"photo", "video"} or kinds == {"document"} or kinds == {"audio"}):
        raise bad("can't use the media of the specified type in the album")
    captions = [_caption_of(item) for item in items]
    chat, thread, reply, quote = destination(world, params)
    world.flood.admit(chat.id, "send", len(items))
    files = [file_of(world, params, item["type"], item.get("media"), "media") for item in items]
    album = world.number()
    sent = [
        chat.post(
            Message(
                chat,
                world.bot,
                text=text,
                entities=entities,
                media=stored,
                thread_id=thread,
                reply_to=reply,
                quote=quote,
                media_group_id=album,
                silent=params.flag("disable_notification"),
                method="sendMediaGroup",
            )
        )
        for stored, (text, entities) in zip(files, captions, strict=True)
    ]
    return [message.wire() for message in sent]


def _caption_of(item: Json) -> tuple[str, list[Json]]:
    return check_caption(
        *formatted_as(
            str(item.get("caption", "")),
            str(item.get("parse_mode", "")),
            item.get("caption_entities"),
        )
    )


def _source(world: World, params: Params, what: str) -> Message:
    chat = chat_of(world, params, "from_chat_id")
    found = chat.find(params.integer("message_id"))
    if found is None or (isinstance(chat, Group) and not chat.bot.present):
        raise bad(f"message to {what} not found")
    if found.service:
        raise bad(f"message can't be {'copied' if what == 'copy' else 'forwarded'}")
    return found


@method("copyMessage")
def copy_message(world: World, params: Params) -> Json:
    source = _source(world, params, "copy")
    text, entities = source.text, source.entities
    if "caption" in params.raw and source.media is not None:
        text, entities = caption(params)
    sent = post(
        world,
        params,
        text=text,
        entities=entities,
        media=source.media,
        extra=source.extra,
        name="copyMessage",
    )
    return {"message_id": sent.id}


@method("forwardMessage")
def forward_message(world: World, params: Params) -> Json:
    source = _source(world, params, "forward")
    origin: Json = {"date": source.date}
    if source.sender_chat is not None:
        origin |= {"type": "chat", "sender_chat": source.sender_chat.wire()}
    else:
        origin |= {"type": "user", "sender_user": source.sender.wire()}
    sent = post(
        world,
        params,
        text=source.text,
        entities=source.entities,
        media=source.media,
        extra=source.extra,
        forward_origin=origin,
        name="forwardMessage",
    )
    return sent.wire()


@method("sendChatAction")
def send_chat_action(world: World, params: Params) -> Any:
    chat, thread, _, _ = destination(world, params)
    action = params.text("action")
    if action not in ACTIONS:
        raise bad("wrong parameter action in request")
    world.actions.append((chat.id, thread, action))
    return True
