"""VK's events as inbounds. Events are read as they come, not through a library's models: a new kind
of attachment must not hide a message."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from bot.platforms.vk.attachments import NAME, Event, read_attachments, read_forwards
from services.messaging.types import Address, Attachment, Happening, Inbound, Sender

LARGEST = 20 * 1024 * 1024  # bytes of a file that is taken
MOST_FILES = 10  # in one message; forwarded ones above that are told of in words
GROUP_CHATS = 2_000_000_000  # peers above are chats of many
EVENTS = (
    "message_new", "message_edit", "message_event", "message_allow", "message_deny",
    "message_read",
)  # fmt: skip
LEFT_OUT = "[ещё файлов в пересланном: {}, они видны в сообщениях сообщества]"
IN_PART = "[ВК показал это сообщение не целиком, всё видно в сообщениях сообщества]"


def parse(event: Event, name: str = "") -> Inbound | None:
    """None for what concerns nobody: our own messages, kinds we did not ask for. `name` is the
    person's, from their profile: events do not carry it."""
    content = event.get("object") or {}
    match event.get("type"):
        case "message_new":
            return parse_message(content.get("message") or content, name)
        case "message_edit":
            return parse_edit(content, str(event.get("event_id", "")))
        case "message_event":
            return parse_press(content, str(event.get("event_id", "")), name)
        case "message_allow":
            return parse_permission(content, event, Happening.UNBLOCKED)
        case "message_deny":
            return parse_permission(content, event, Happening.BLOCKED)
        case "message_read":
            return parse_reading(content)
    return None


def parse_reading(reading: Event) -> Inbound | None:
    """None for what the community itself has read, and for chats of many."""
    reader = read_number(reading.get("from_id"))
    upto = read_number(reading.get("conversation_message_id"))
    if reader <= 0 or upto <= 0 or read_number(reading.get("peer_id")) != reader:
        return None
    return Inbound(
        key=f"r{reader}:{upto}",
        address=Address(channel=NAME, chat=str(reader)),
        sender=Sender(id=str(reader)),
        happening=Happening.READ,
        external_id=str(upto),
    )


def parse_message(message: Event, name: str = "") -> Inbound | None:
    """The same message found in an event and in a conversation has the same key. An address that
    makes no sense is taken to be the writer's own."""
    sender = read_number(message.get("from_id"))
    peer = read_number(message.get("peer_id")) or sender
    if sender <= 0 or message.get("out") or message.get("action"):
        return None
    words = str(message.get("text") or "")
    own, links = read_attachments(message, words)
    quotes, forwarded = read_forwards(message)
    attachments, remarks = choose_files(own, forwarded)
    too_big = any((file.size or 0) > LARGEST for file in (*own, *forwarded))
    if message.get("is_cropped"):
        remarks.append(IN_PART)
    pressed, start = read_payload(message.get("payload"))
    ref = str(message.get("ref") or "")
    text = "\n".join(part for part in (words, *quotes, *links, *remarks) if part)
    known = text or own or forwarded or start or pressed
    return Inbound(
        key=f"m{peer}:{cmid(message)}",
        address=Address(channel=NAME, chat=str(peer)),
        sender=Sender(id=str(sender), name=name),
        private=peer < GROUP_CHATS,
        external_id=cmid(message),
        text="/start" if start else text,
        pressed=pressed,
        payload=ref,
        attachments=attachments,
        reply_to=read_quoted(message),
        sent_at=read_date(message.get("date")),
        unreadable="too_big" if too_big else "" if known else "other",
    )


def choose_files(
    own: tuple[Attachment, ...], forwarded: list[Attachment]
) -> tuple[tuple[Attachment, ...], list[str]]:
    """Those that are taken, and what is to be said of the others. One's own all are, unless too
    large."""
    taken = [file for file in own if (file.size or 0) <= LARGEST]
    others = [file for file in forwarded if (file.size or 0) <= LARGEST]
    room = max(MOST_FILES - len(taken), 0)
    left = len(others) - room
    remarks = [LEFT_OUT.format(left)] if left > 0 else []
    return (*taken, *others[:room]), remarks


def read_number(value: object) -> int:
    """0 where there is none."""
    try:
        return int(value) if isinstance(value, int | str) else 0
    except ValueError:
        return 0


def read_date(value: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(read_number(value), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def read_quoted(message: Event) -> str | None:
    quoted = message.get("reply_message")
    return cmid(quoted) if quoted and isinstance(quoted, Mapping) else None


def parse_edit(message: Event, event_id: str) -> Inbound | None:
    """VK dates an edit to the second; only the event's own id tells two of them apart."""
    read = parse_message(message)
    if read is None:
        return None
    return read.model_copy(
        update={
            "key": f"e{event_id}",
            "happening": Happening.EDIT,
            "edits": read.external_id,
            "reply_to": None,
            "pressed": "",
        }
    )


def parse_press(press: Event, event_id: str, name: str = "") -> Inbound | None:
    pressed, _ = read_payload(press.get("payload"))
    if not pressed:
        return None
    peer = read_number(press.get("peer_id")) or read_number(press.get("user_id"))
    return Inbound(
        key=f"c{press.get('event_id') or event_id}",
        address=Address(channel=NAME, chat=str(peer)),
        sender=Sender(id=str(press.get("user_id")), name=name),
        private=peer < GROUP_CHATS,
        happening=Happening.PRESS,
        external_id=str(press.get("conversation_message_id") or ""),
        pressed=pressed,
    )


def parse_permission(content: Event, event: Event, happening: Happening) -> Inbound:
    user = str(content.get("user_id"))
    return Inbound(
        key=f"p{user}:{event.get('event_id')}",
        address=Address(channel=NAME, chat=user),
        sender=Sender(id=user),
        happening=happening,
    )


def cmid(message: Event) -> str:
    """A message's number in its conversation: the one id that every event carries."""
    return str(message.get("conversation_message_id") or message.get("cmid") or "")


def read_payload(payload: object) -> tuple[str, bool]:
    """The action of our own button, and whether it was VK's "Начать"."""
    if isinstance(payload, str):
        try:
            payload = json.loads(payload)
        except (ValueError, RecursionError):
            return "", False
    if not isinstance(payload, Mapping):
        return "", False
    return str(payload.get("a") or "")[:64], payload.get("command") == "start"
