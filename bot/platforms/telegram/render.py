"""Outbounds as Telegram's messages: what fits into how many calls, in which order."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiogram.types import (
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot.platforms.cutting import cut, split, units
from bot.platforms.telegram.files import fit
from services.messaging.types import Attachment, Button, Keyboard, Limits, Outbound

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove
GROUPED = {"photo": "visual", "video": "visual", "document": "document", "audio": "audio"}
NO_CAPTION = ("sticker", "video_note", "location", "contact")
REPEATED = "↻ "
HEADER_LIMIT = 256
POINTER = "👆"  # the words of a message that has only buttons, for files that can carry none


@dataclass(frozen=True)
class Post:
    """One call. `html` is the text, or the caption where there are attachments; `text` is the
    same without markup, for when Telegram cannot read it. Two attachments or more: an album."""

    html: str = ""
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    markup: Markup | None = None

    def repeated(self) -> Post:
        """With the mark of what may stand there already. `render` has kept room for it."""
        if self.attachments and self.attachments[0].kind in NO_CAPTION:
            return self
        return replace(self, html=(REPEATED + self.html), text=(REPEATED + self.text))


def render(message: Outbound, limits: Limits) -> list[Post]:
    """The posts in order. Words ride as a caption where they fit and no button needs a message
    of its own; otherwise they go first."""
    header = cut(message.header, HEADER_LIMIT)
    words = message.text if message.text.strip() else ""
    markup = render_keyboard(message.keyboard)
    groups = group([fit(file) for file in message.attachments], limits.album)
    lone = len(groups) == 1 and len(groups[0]) == 1
    whole = f"{header}\n{words}" if header and words else header or words
    as_caption = bool(
        groups
        and whole
        and units(REPEATED + whole) <= limits.caption
        and groups[0][0].kind not in NO_CAPTION
        and (markup is None or lone)
    )
    posts: list[Post] = []
    if whole and not as_caption:
        posts = render_words(header, words, limits, markup)
    for index, files in enumerate(groups):
        marked, bare = dress(header, words) if index == 0 and as_caption else ("", "")
        carries = markup if lone and (as_caption or not whole) else None
        posts.append(Post(marked, bare, files, carries))
    if markup and posts and not whole and not lone:
        posts.append(Post(POINTER, POINTER, (), markup))
    return posts


def render_words(
    header: str, words: str, limits: Limits, markup: Markup | None = None
) -> list[Post]:
    """As many posts as the text needs. The buttons stand under the last one."""
    room = limits.text - units(REPEATED + header) - 1
    chunks = split(words, room) if words else [""]
    return [
        Post(
            *dress(header if index == 0 else "", chunk),
            markup=markup if index == len(chunks) - 1 else None,
        )
        for index, chunk in enumerate(chunks)
    ]


def dress(header: str, text: str) -> tuple[str, str]:
    """As HTML with everything said by people escaped, and bare."""
    marked = f"<b>{html.escape(header, quote=False)}</b>" if header else ""
    parts = [part for part in (marked, html.escape(text, quote=False)) if part]
    return "\n".join(parts), "\n".join(part for part in (header, text) if part)


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
    if keyboard is None:
        return None
    rows = [row for row in keyboard.rows if row]
    if not rows:
        return ReplyKeyboardRemove(remove_keyboard=True) if keyboard.standing else None
    if keyboard.standing or any(button.asks for button in keyboard.flat()):
        return ReplyKeyboardMarkup(
            keyboard=[[_standing(button) for button in row] for row in rows],
            resize_keyboard=True,
            is_persistent=keyboard.standing or None,
            one_time_keyboard=None if keyboard.standing else True,
        )
    return InlineKeyboardMarkup(inline_keyboard=[[_inline(button) for button in r] for r in rows])


def _standing(button: Button) -> KeyboardButton:
    return KeyboardButton(
        text=button.label,
        request_contact=button.asks == "contact" or None,
        request_location=button.asks == "location" or None,
    )


def _inline(button: Button) -> InlineKeyboardButton:
    if button.copies:
        return InlineKeyboardButton(text=button.label, copy_text=CopyTextButton(text=button.copies))
    if button.url:
        return InlineKeyboardButton(text=button.label, url=button.url)
    return InlineKeyboardButton(text=button.label, callback_data=button.action)
