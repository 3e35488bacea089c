"""Outbounds as `messages.send` takes them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.platforms.cutting import split
from services.messaging.types import Attachment, Button, Keyboard, Limits, Outbound

INLINE_BUTTONS, INLINE_ROWS, ROW = 10, 6, 5
STANDARD_BUTTONS, STANDARD_ROWS = 40, 10
LABEL = 40
REPEATED = "↻ "
Rows = list[list[Button]]


@dataclass(frozen=True)
class Post:
    """One message. Files still have to become VK's own names."""

    text: str
    files: tuple[Attachment, ...] = ()
    place: Attachment | None = None
    keyboard: str | None = None


def render(message: Outbound, limits: Limits) -> list[Post]:
    """The posts in order: words first, split where they are too long, ten files a post, a place
    by itself. Buttons stand under the last words."""
    cards = [
        " ".join(filter(None, [a.title, a.phone]))
        for a in message.attachments
        if a.kind == "contact"
    ]
    whole = "\n".join(part for part in (message.header, message.text, *cards) if part)
    places = [a for a in message.attachments if a.kind == "location"]
    files = [a for a in message.attachments if a.kind not in ("location", "contact", "sticker")]
    if message.repeated and not message.replaces and (whole or files):
        whole = REPEATED + whole
    chunks = split(whole, limits.text) if whole else []
    posts = [Post(chunk) for chunk in chunks[:-1]]
    posts.append(Post(chunks[-1] if chunks else "", tuple(files[: limits.album])))
    rest = files[limits.album :]
    albums = range(0, len(rest), limits.album)
    posts += [Post("", tuple(rest[start : start + limits.album])) for start in albums]
    posts += [Post("", place=place) for place in places]
    posts = [post for post in posts if post.text or post.files or post.place]
    keyboard = render_keyboard(message.keyboard)
    if keyboard and posts:
        at = max(len(chunks) - 1, 0)
        posts[at] = Post(posts[at].text, posts[at].files, posts[at].place, keyboard)
    return posts


def render_keyboard(keyboard: Keyboard | None) -> str | None:
    """Inline while VK has room for it; a longer list stands under the input field until it is
    used; the menu stays there."""
    if keyboard is None or not (keyboard.rows or keyboard.standing):
        return None
    given = cut([b for b in row if not b.asks] for row in keyboard.rows)
    if not given and not keyboard.standing:
        return None
    rows = given if len(given) <= INLINE_ROWS else pack(given, 2)
    inline = not keyboard.standing and holds(rows, INLINE_ROWS, INLINE_BUTTONS)
    if not inline:
        rows = fit(given)
    return json.dumps(
        {
            **({"inline": True} if inline else {"one_time": not keyboard.standing}),
            "buttons": [[render_button(b, inline=inline) for b in row] for row in rows],
        },
        ensure_ascii=False,
    )


def cut(rows: Iterable[list[Button]]) -> Rows:
    """Rows of at most five."""
    return [row[at : at + ROW] for row in rows for at in range(0, len(row), ROW)]


def fit(rows: Rows) -> Rows:
    """What stands under the input field: in rows as narrow as there is room for. Where there is
    none, the end of the list is left out, never the last row, which leads on: a label that is not
    shown may be typed."""
    for width in range(1 if len(rows) <= INLINE_ROWS else 2, ROW + 1):
        packed = pack(rows, width)
        if holds(packed, STANDARD_ROWS, STANDARD_BUTTONS):
            return packed
    *rest, last = rows
    shown = [button for row in rest for button in row][: STANDARD_BUTTONS - len(last)]
    return [*cut([shown]), last]


def pack(rows: Rows, width: int) -> Rows:
    """Short neighbours share a row of so many; the last row stays by itself."""
    packed: Rows = []
    for row in rows[:-1]:
        if packed and len(packed[-1]) + len(row) <= width:
            packed[-1] = [*packed[-1], *row]
        else:
            packed.append(row)
    return [*packed, *rows[-1:]]


def holds(rows: Rows, most_rows: int, most_buttons: int) -> bool:
    return len(rows) <= most_rows and sum(map(len, rows)) <= most_buttons


def render_button(button: Button, *, inline: bool) -> dict[str, Any]:
    label = button.label if len(button.label) <= LABEL else button.label[: LABEL - 1] + "…"
    if button.url:
        return {"action": {"type": "open_link", "link": button.url, "label": label}}
    payload = json.dumps({"a": button.action}, ensure_ascii=False)
    kind = "callback" if inline else "text"
    return {"action": {"type": kind, "label": label, "payload": payload}, "color": "secondary"}
