"""What comes with a message in VK: files, places, links, and messages that were forwarded."""

from __future__ import annotations

import logging
import mimetypes
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from services.messaging.types import Attachment

log = logging.getLogger(__name__)

NAME = "vk"
Event = Mapping[str, Any]
DEEPEST = 20  # forwards inside of forwards
NONSENSE = (ValueError, TypeError, KeyError, AttributeError, OverflowError)
NO_FILE = ("wall", "video", "market", "poll", "story", "wall_reply")


def read_attachments(message: Event, words: str = "") -> tuple[tuple[Attachment, ...], list[str]]:
    """Files and places, and as links what has no file to pass on: videos, posts, goods. A link
    that stands in `words` already is not told again. What makes no sense is left out, alone."""
    files: list[Attachment] = []
    links: list[str] = []
    given = message.get("attachments")
    for each in given if isinstance(given, list) else ():
        try:
            kind = str(each.get("type"))
            thing = each.get(kind) or {}
            if file := read_file(kind, thing):
                files.append(file)
            elif (link := read_link(kind, thing)) and bare(link) not in words:
                links.append(link)
        except NONSENSE:
            log.warning("an attachment of VK makes no sense and is left out")
    with suppress(*NONSENSE):
        files += read_place(message)
    return tuple(files), links


def read_file(kind: str, thing: Event) -> Attachment | None:
    match kind:
        case "photo":
            sizes = thing.get("sizes") or [{}]
            best = max(sizes, key=lambda s: (s.get("width") or 0) * (s.get("height") or 0))
            url = (thing.get("orig_photo") or best).get("url", "")
            return make_file("photo", kind, thing, url, mime="image/jpeg")
        case "graffiti":  # VK keeps it among the documents
            return make_file("photo", "doc", thing, str(thing.get("url") or ""), mime="image/png")
        case "doc":
            return read_document(thing)
        case "audio_message":
            url = thing.get("link_ogg") or thing.get("link_mp3") or ""
            return make_file("voice", kind, thing, url, mime="audio/ogg")
        case "sticker":
            return Attachment(kind="sticker")
    return None


def read_document(thing: Event) -> Attachment:
    """VK takes sounds and films as documents, too."""
    title = str(thing.get("title") or "")
    mime = mimetypes.guess_type(title)[0] or ""
    kind = mime.partition("/")[0]
    kind = kind if kind in ("video", "audio") else "document"
    return make_file(kind, "doc", thing, str(thing.get("url") or ""), title=title, mime=mime)


def make_file(
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


def read_link(kind: str, thing: Event) -> str:
    """Empty where VK does not say where the thing is."""
    if kind == "link":
        return str(thing.get("url") or "")
    owner = thing.get("owner_id") or thing.get("from_id") or thing.get("to_id")
    number = thing.get("id")
    if kind not in NO_FILE or not owner or not number:
        return ""
    if kind == "wall_reply":
        post = thing.get("post_id")
        return f"https://vk.com/wall{owner}_{post}?reply={number}" if post else ""
    return f"https://vk.com/{kind}{owner}_{number}"


def bare(link: str) -> str:
    """As people write it."""
    return link.partition("://")[2].rstrip("/") or link


def read_place(message: Event) -> list[Attachment]:
    place = (message.get("geo") or {}).get("coordinates")
    if not place:
        return []
    latitude, longitude = place.get("latitude"), place.get("longitude")
    return [Attachment(kind="location", latitude=latitude, longitude=longitude)]


def read_forwards(message: Event) -> tuple[list[str], list[Attachment]]:
    """Forwarded words as quoted lines, and the files of what was forwarded; what is inside of
    it, too."""
    lines: list[str] = []
    files: list[Attachment] = []
    for forwarded in forwards(message):
        words = str(forwarded.get("text") or "")
        found, links = read_attachments(forwarded, words)
        lines += [f"> {line}" for line in [*words.splitlines(), *links]]
        files += found
    return lines, files


def forwards(message: Event, depth: int = 0) -> Iterator[Event]:
    given = message.get("fwd_messages")
    for each in given if isinstance(given, list) else ():
        if isinstance(each, dict):
            yield each
            if depth < DEEPEST:
                yield from forwards(each, depth + 1)
