"""Cutting texts to the lengths that messengers take, counted in UTF-16 units."""

from __future__ import annotations

import unicodedata


def units(text: str) -> int:
    """Telegram's measure of length: UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, most: int) -> str:
    """As much of the beginning as `most` units hold, with an ellipsis where something is left
    out."""
    return text if units(text) <= most else text[: _fitting(text, most - 1)].rstrip() + "…"


def split(text: str, most: int) -> list[str]:
    """Cuts between paragraphs, else lines, else words, else anywhere, never inside a character."""
    chunks = []
    while units(text) > most:
        end = _fitting(text, most)
        for mark in ("\n\n", "\n", " "):
            at = text.rfind(mark, 0, end + 1)
            if at > end // 2:
                end = at
                break
        chunks.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return [chunk for chunk in (*chunks, text) if chunk]


def _fitting(text: str, most: int) -> int:
    """How many letters fit into `most` units without tearing one from its accents or joiners."""
    window = text.encode("utf-16-le", "surrogatepass")[: most * 2].decode("utf-16-le", "ignore")
    end = len(window)
    while end > 1 and end < len(text) and end > len(window) - 20 and _joined(text, end):
        end -= 1
    return end


def _joined(text: str, at: int) -> bool:
    """Whether the letter there belongs to the one before it."""
    joiner = "\u200d"
    extends = unicodedata.combining(text[at]) or text[at] in f"\ufe0f{joiner}"
    return bool(extends) or "\U0001f3fb" <= text[at] <= "\U0001f3ff" or text[at - 1] == joiner
