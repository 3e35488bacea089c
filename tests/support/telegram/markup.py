"""Telegram's HTML: which tags it knows and how it complains about the rest."""

from __future__ import annotations

import re
from typing import Any

from .errors import bad

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
SPACE = " \t\r\n\v\0"

_REFERENCE = re.compile(r"&(#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,8}|lt|gt|amp|quot);?")
_ATTRIBUTE = re.compile(r"""\s*([^\s=>]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+))?""")

Entity = dict[str, Any]


def units(text: str) -> int:
    """The length as Telegram counts it, in UTF-16 units."""
    return len(text) + sum(1 for letter in text if ord(letter) > 0xFFFF)


def cut(text: str, offset: int, length: int) -> str:
    """The part an entity covers."""
    return text.encode("utf-16-le")[2 * offset : 2 * (offset + length)].decode("utf-16-le")


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Plain text and entities, or ``can't parse entities``."""
    out: list[str] = []
    length = 0
    entities: list[Entity] = []
    open_tags: list[tuple[str, int, Entity]] = []
    at = 0

    def offset(position: int) -> int:
        return len(source[:position].encode())

    while at < len(source):
        if source[at] == "&" and (found := _REFERENCE.match(source, at)):
            letter = _decode(found[1])
            out.append(letter)
            length += units(letter)
            at = found.end()
            continue
        if source[at] != "<":
            out.append(source[at])
            length += units(source[at])
            at += 1
            continue
        begin, closing = at, source.startswith("</", at)
        at += 2 if closing else 1
        name_begin = at
        while at < len(source) and source[at] not in SPACE and source[at] != ">":
            at += 1
        name = source[name_begin:at].lower()
        if closing:
            while at < len(source) and source[at] in SPACE:
                at += 1
            if at >= len(source) or source[at] != ">":
                raise _error(f"Unclosed end tag at byte offset {offset(begin)}")
            at += 1
            if not open_tags:
                raise _error(f"Unexpected end tag at byte offset {offset(begin)}")
            tag, start, entity = open_tags.pop()
            if name and name != tag:
                raise _error(
                    f"Unmatched end tag at byte offset {offset(begin)}, "
                    f'expected "</{tag}>", found "</{name}>"'
                )
            if length > start and entity:
                entities.append({**entity, "offset": start, "length": length - start})
            continue
        if at >= len(source):
            raise _error(f"Unclosed start tag at byte offset {offset(begin)}")
        if name not in TAGS:
            raise _error(f'Unsupported start tag "{name}" at byte offset {offset(begin)}')
        attributes, at = _attributes(source, at)
        if at >= len(source):
            raise _error(f"Unclosed start tag at byte offset {offset(begin)}")
        at += 1
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise _error(f'Tag "span" must have class "tg-spoiler" at byte offset {offset(begin)}')
        open_tags.append((name, length, _entity(name, attributes)))
    if open_tags:
        raise _error(f'Can\'t find end tag corresponding to start tag "{open_tags[-1][0]}"')
    return tidy("".join(out), entities)


def tidy(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """White space around a text is dropped, and the entities move along."""
    clean = text.strip(SPACE)
    shift = units(text) - units(text.lstrip(SPACE))
    total = units(clean)
    kept: list[Entity] = []
    for entity in entities:
        begin = max(0, entity["offset"] - shift)
        end = min(total, entity["offset"] - shift + entity["length"])
        if end > begin:
            kept.append({**entity, "offset": begin, "length": end - begin})
    kept.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return clean, _join_code(kept)


def _join_code(entities: list[Entity]) -> list[Entity]:
    """``<pre><code class="language-x">`` is one entity."""
    result: list[Entity] = []
    for entity in entities:
        last = result[-1] if result else None
        same = last is not None and (last["offset"], last["length"]) == (
            entity["offset"],
            entity["length"],
        )
        if same and last is not None and {last["type"], entity["type"]} == {"pre", "code"}:
            language = last.get("language") or entity.get("language")
            result[-1] = {**last, "type": "pre"} | ({"language": language} if language else {})
            continue
        result.append(entity)
    return [
        {
            key: value
            for key, value in entity.items()
            if key != "language" or entity["type"] == "pre"
        }
        for entity in result
    ]


def _attributes(source: str, at: int) -> tuple[dict[str, str], int]:
    found: dict[str, str] = {}
    while True:
        while at < len(source) and source[at] in SPACE:
            at += 1
        if at >= len(source) or source[at] == ">":
            return found, at
        match = _ATTRIBUTE.match(source, at)
        if match is None:
            raise _error("Empty attribute name in the tag")
        found[match[1].lower()] = _REFERENCE.sub(
            lambda each: _decode(each[1]), (match[2] or "").strip("\"'")
        )
        at = match.end()


def _entity(name: str, attributes: dict[str, str]) -> Entity:
    kind = TAGS[name]
    if name == "a":
        url = attributes.get("href", "")
        if not url:
            return {}
        if user := re.fullmatch(r"tg://user\?id=(\d+)", url):
            return {"type": "text_mention", "user": {"id": int(user[1])}}
        return {"type": kind, "url": url}
    if name == "code":
        language = attributes.get("class", "")
        return {"type": kind} | (
            {"language": language.removeprefix("language-")}
            if language.startswith("language-")
            else {}
        )
    if name == "blockquote" and "expandable" in attributes:
        return {"type": "expandable_blockquote"}
    if name == "tg-emoji":
        return {"type": kind, "custom_emoji_id": attributes.get("emoji-id", "")}
    return {"type": kind}


def _decode(reference: str) -> str:
    if not reference.startswith("#"):
        return NAMED[reference]
    digits = reference[1:]
    code = int(digits[1:], 16) if digits[:1] in "xX" else int(digits)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else f"&{reference};"


def _error(what: str) -> Exception:
    return bad(f"can't parse entities: {what}")
