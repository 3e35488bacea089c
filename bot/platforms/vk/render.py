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
TAIL = 16  # of a label that is too long
MORE = "Ещё:"
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
    keyboards = render_keyboard(message.keyboard)
    if keyboards and posts:
        at = max(len(chunks) - 1, 0)
        posts[at] = Post(posts[at].text, posts[at].files, posts[at].place, keyboards[0])
        posts[at + 1 : at + 1] = [Post(MORE, keyboard=each) for each in keyboards[1:]]
    return posts


def render_keyboard(keyboard: Keyboard | None) -> list[str]:
    """The menu stands under the input field. A list never takes its place there, VK would not
    bring it back: what does not fit under one message stands under the next."""
    if keyboard is None or not (keyboard.rows or keyboard.standing):
        return []
    given = cut([b for b in row if not (b.asks or b.copies)] for row in keyboard.rows)
    if keyboard.standing:
        return [write_keyboard(fit(given), inline=False)]
    rows = given if len(given) <= INLINE_ROWS else pack(leave_out(given), 2)
    return [write_keyboard(each, inline=True) for each in share(rows)]


def write_keyboard(rows: Rows, *, inline: bool) -> str:
    return json.dumps(
        {
            **({"inline": True} if inline else {"one_time": False}),
            "buttons": [[render_button(b, inline=inline) for b in row] for row in rows],
        },
        ensure_ascii=False,
    )


def share(rows: Rows) -> list[Rows]:
    """As many under each message as VK takes; the last row, which leads on, is not alone there."""
    shared: list[Rows] = []
    for row in rows:
        if shared and holds([*shared[-1], row], INLINE_ROWS, INLINE_BUTTONS):
            shared[-1].append(row)
        else:
            shared.append([row])
    if (
        len(shared) > 1
        and len(shared[-1]) == 1
        and holds([shared[-2][-1], shared[-1][0]], INLINE_ROWS, INLINE_BUTTONS)
    ):
        shared[-1].insert(0, shared[-2].pop())
    return [each for each in shared if each]


def cut(rows: Iterable[list[Button]]) -> Rows:
    """Rows of at most five."""
    return [row[at : at + ROW] for row in rows for at in range(0, len(row), ROW)]


def fit(rows: Rows) -> Rows:
    """What stands under the input field: in rows as narrow as there is room for."""
    for width in range(1 if len(rows) <= INLINE_ROWS else 2, ROW + 1):
        packed = pack(rows, width)
        if holds(packed, STANDARD_ROWS, STANDARD_BUTTONS):
            return packed
    *rest, last = leave_out(rows)
    return [*cut([[button for row in rest for button in row]]), last]


def leave_out(rows: Rows) -> Rows:
    """The end of a list that is too long, never the last row, which leads on: a label that is not
    shown may be typed."""
    if sum(map(len, rows)) <= STANDARD_BUTTONS:
        return rows
    *rest, last = rows
    room, shown = STANDARD_BUTTONS - len(last), []
    for row in rest:
        shown.append(row[: max(room, 0)])
        room -= len(row)
    return [*filter(None, shown), last]


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


def shorten(label: str) -> str:
    """What tells houses of one street apart stands at the end."""
    if len(label) <= LABEL:
        return label
    return f"{label[: LABEL - 1 - TAIL].rstrip()}…{label[-TAIL:].lstrip()}"


def render_button(button: Button, *, inline: bool) -> dict[str, Any]:
    label = shorten(button.label)
    if button.url:
        return {"action": {"type": "open_link", "link": button.url, "label": label}}
    payload = json.dumps({"a": button.action}, ensure_ascii=False)
    kind = "callback" if inline else "text"
    return {"action": {"type": kind, "label": label, "payload": payload}, "color": "secondary"}
