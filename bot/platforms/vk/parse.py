"""VK's events as inbounds. Events are read as they come, not through a library's models: a new kind
of attachment must not hide a message."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from services.messaging.types import Address, Attachment, Happening, Inbound, Sender

NAME = "vk"
Event = Mapping[str, Any]
LARGEST = 20 * 1024 * 1024  # bytes of a file that is taken
GROUP_CHATS = 2_000_000_000  # peers above are chats of many
EVENTS = ("message_new", "message_edit", "message_event", "message_allow", "message_deny")


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
    return None


def parse_message(message: Event, name: str = "") -> Inbound | None:
    """The same message found in an event and in a conversation has the same key."""
    sender, peer = int(message.get("from_id") or 0), int(message.get("peer_id") or 0)
    if sender <= 0 or message.get("out") or message.get("action"):
        return None
    found, links = read_attachments(message)
    attachments = tuple(file for file in found if (file.size or 0) <= LARGEST)
    too_big = len(attachments) < len(found)
    pressed, start = read_payload(message.get("payload"))
    ref = str(message.get("ref") or "")
    words = str(message.get("text") or "")
    text = "\n".join(part for part in (words, *quote_forwards(message), *links) if part)
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
        reply_to=cmid(message["reply_message"]) if message.get("reply_message") else None,
        sent_at=datetime.fromtimestamp(int(message.get("date") or 0), UTC),
        unreadable="too_big" if too_big else "" if text or found or start or pressed else "other",
    )


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
    peer = int(press.get("peer_id") or 0)
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
        except ValueError:
            return "", False
    if not isinstance(payload, Mapping):
        return "", False
    return str(payload.get("a") or "")[:64], payload.get("command") == "start"


def read_attachments(message: Event) -> tuple[tuple[Attachment, ...], list[str]]:
    """Files and places, and as links what has no file to pass on: videos, posts, goods."""
    files: list[Attachment] = []
    links: list[str] = []
    for each in message.get("attachments") or ():
        kind = str(each.get("type"))
        thing = each.get(kind) or {}
        match kind:
            case "photo":
                sizes = thing.get("sizes") or [{}]
                best = max(sizes, key=lambda s: (s.get("width") or 0) * (s.get("height") or 0))
                url = (thing.get("orig_photo") or best).get("url", "")
                files.append(_file("photo", kind, thing, url, mime="image/jpeg"))
            case "doc":
                files.append(_document(thing))
            case "audio_message":
                url = thing.get("link_ogg") or thing.get("link_mp3") or ""
                files.append(_file("voice", kind, thing, url, mime="audio/ogg"))
            case "sticker":
                files.append(Attachment(kind="sticker"))
            case "link":
                links.append(str(thing.get("url") or ""))
            case "wall" | "video" | "market" | "poll" | "story" | "wall_reply":
                owner = thing.get("owner_id") or thing.get("from_id") or thing.get("to_id")
                links.append(f"https://vk.com/{kind}{owner}_{thing.get('id')}")
    place = (message.get("geo") or {}).get("coordinates")
    if place:
        files.append(
            Attachment(
                kind="location", latitude=place.get("latitude"), longitude=place.get("longitude")
            )
        )
    return tuple(files), links


def quote_forwards(message: Event, depth: int = 0) -> list[str]:
    """Forwarded messages as quoted lines; what is inside of them too, a few levels deep."""
    lines: list[str] = []
    for forwarded in message.get("fwd_messages") or ():
        words = str(forwarded.get("text") or "")
        _, links = read_attachments(forwarded)
        lines += [f"> {line}" for line in [*words.splitlines(), *links]]
        if depth < 3:
            lines += quote_forwards(forwarded, depth + 1)
    return lines


def _document(thing: Event) -> Attachment:
    """VK takes sounds and films as documents, too."""
    title = str(thing.get("title") or "")
    mime = mimetypes.guess_type(title)[0] or ""
    kind = mime.partition("/")[0]
    kind = kind if kind in ("video", "audio") else "document"
    return _file(kind, "doc", thing, str(thing.get("url") or ""), title=title, mime=mime)


def _file(
    kind: str, vk_kind: str, thing: Event, url: str, *, title: str = "", mime: str = ""
) -> Attachment:
    """The handle is how VK takes the file back, and where its bytes are."""
    key = f"_{thing['access_key']}" if thing.get("access_key") else ""
    name = f"{vk_kind}{thing.get('owner_id')}_{thing.get('id')}{key}"
    return Attachment(
        kind=kind,  # type: ignore[arg-type]
        channel=NAME,
        handle=f"{name} {url}",
        title=title,
        mime=mime,
        size=thing.get("size"),
        duration=thing.get("duration"),
    )
