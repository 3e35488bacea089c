"""Outbounds as Telegram's messages: what fits into how many calls, in which order."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
)

from services.messaging.types import Attachment, Keyboard, Limits, Outbound

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup
GROUPED = {"photo": "visual", "video": "visual", "document": "document", "audio": "audio"}
NO_CAPTION = ("sticker", "video_note", "location", "contact")
REPEATED = "↻ "


@dataclass(frozen=True)
class Post:
    """One call. `html` is the text, or the caption where there are attachments; `text` is the
    same without markup, for when Telegram cannot read it. Two attachments or more: an album."""

    html: str = ""
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    markup: Markup | None = None


def render(message: Outbound, limits: Limits) -> list[Post]:
    """The posts in order. Words ride as a caption where they fit and no button needs a message
    of its own; otherwise they go first."""
    words = message.text
    header = (REPEATED if message.repeated else "") + message.header
    if message.repeated and not message.header:
        header, words = "", REPEATED + words
    markup = render_keyboard(message.keyboard)
    groups = group(message.attachments, limits.album)
    whole = f"{header}\n{words}" if header and words else header or words
    as_caption = (
        groups
        and units(whole) <= limits.caption
        and groups[0][0].kind not in NO_CAPTION
        and (markup is None or (len(groups) == 1 and len(groups[0]) == 1))
    )
    posts: list[Post] = []
    if whole and not as_caption:
        chunks = split(words, limits.text - units(header) - 1) if words else [""]
        for index, chunk in enumerate(chunks):
            top = header if index == 0 else ""
            last = index == len(chunks) - 1
            posts.append(Post(*dress(top, chunk), markup=markup if last else None))
    for index, files in enumerate(groups):
        first = index == 0 and as_caption
        marked, bare = dress(header, words) if first else ("", "")
        alone = len(groups) == 1 and (first or not whole)
        posts.append(Post(marked, bare, files, markup if alone else None))
    return posts


def dress(header: str, text: str) -> tuple[str, str]:
    """As HTML with everything said by people escaped, and bare."""
    marked = f"<b>{html.escape(header, quote=False)}</b>" if header else ""
    parts = [part for part in (marked, html.escape(text, quote=False)) if part]
    return "\n".join(parts), "\n".join(part for part in (header, text) if part)


def units(text: str) -> int:
    """Telegram's measure of length: UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def split(text: str, most: int) -> list[str]:
    """Cuts between paragraphs, else lines, else words, else anywhere, never inside a character."""
    chunks = []
    while units(text) > most:
        window = text.encode("utf-16-le")[: most * 2].decode("utf-16-le", "ignore")
        cut = len(window)
        for mark in ("\n\n", "\n", " "):
            at = window.rfind(mark)
            if at > cut // 2:
                cut = at
                break
        chunks.append(text[:cut].rstrip() or text[:cut])
        text = text[cut:].lstrip()
    return [*chunks, text] if text or not chunks else chunks


def group(attachments: Sequence[Attachment], most: int) -> list[tuple[Attachment, ...]]:
    """Neighbours that Telegram shows as one album stay together."""
    groups: list[list[Attachment]] = []
    for attachment in attachments:
        kind = GROUPED.get(attachment.kind)
        last = groups[-1] if groups else None
        if last and kind and GROUPED.get(last[0].kind) == kind and len(last) < most:
            last.append(attachment)
        else:
            groups.append([attachment])
    return [tuple(files) for files in groups]


def render_keyboard(keyboard: Keyboard | None) -> Markup | None:
    """Standing buttons, and those that ask for a phone, live under the input field."""
    if keyboard is None or not keyboard.rows:
        return None
    if keyboard.standing or any(button.asks for button in keyboard.flat()):
        return ReplyKeyboardMarkup(
            keyboard=[
                [
                    KeyboardButton(
                        text=button.label,
                        request_contact=button.asks == "contact" or None,
                        request_location=button.asks == "location" or None,
                    )
                    for button in row
                ]
                for row in keyboard.rows
            ],
            resize_keyboard=True,
            is_persistent=keyboard.standing or None,
            one_time_keyboard=None if keyboard.standing else True,
        )
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [
                InlineKeyboardButton(text=button.label, url=button.url)
                if button.url
                else InlineKeyboardButton(text=button.label, callback_data=button.action)
                for button in row
            ]
            for row in keyboard.rows
        ]
    )
