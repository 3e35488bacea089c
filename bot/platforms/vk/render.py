"""Outbounds as `messages.send` takes them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from bot.platforms.cutting import split
from services.messaging.types import Attachment, Button, Keyboard, Limits, Outbound

INLINE_BUTTONS, INLINE_ROWS, ROW = 10, 6, 5
STANDARD_BUTTONS, STANDARD_ROWS = 40, 10
LABEL = 40


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
    buttons = [b for b in keyboard.flat() if not b.asks]
    rows = fit([[b for b in row if not b.asks] for row in keyboard.rows])
    if not rows and not keyboard.standing:
        return None
    inline = not keyboard.standing and len(buttons) <= INLINE_BUTTONS and len(rows) <= INLINE_ROWS
    if not inline:
        rows = rows[:STANDARD_ROWS]
    return json.dumps(
        {
            **({"inline": True} if inline else {"one_time": not keyboard.standing}),
            "buttons": [[render_button(b, inline=inline) for b in row] for row in rows],
        },
        ensure_ascii=False,
    )


def fit(rows: list[list[Button]]) -> list[list[Button]]:
    """Rows of at most five; where there are too many rows, short neighbours share one."""
    cut = [row[i : i + ROW] for row in rows for i in range(0, len(row), ROW) if row]
    if len(cut) <= INLINE_ROWS:
        return cut
    packed: list[list[Button]] = []
    for row in cut:
        if packed and len(packed[-1]) + len(row) <= 2:
            packed[-1] = [*packed[-1], *row]
        else:
            packed.append(row)
    return packed


def render_button(button: Button, *, inline: bool) -> dict[str, Any]:
    label = button.label if len(button.label) <= LABEL else button.label[: LABEL - 1] + "…"
    if button.url:
        return {"action": {"type": "open_link", "link": button.url, "label": label}}
    payload = json.dumps({"a": button.action}, ensure_ascii=False)
    kind = "callback" if inline else "text"
    return {"action": {"type": kind, "label": label, "payload": payload}, "color": "secondary"}
