"""Long stories: what of them is read, and where the question is likeliest to stand."""

from __future__ import annotations

import re

FIRST, LAST = 300, 900  # letters that are read of a very long text, from its ends
WORDS = 120  # of which so many words are read, the last ones rather
_END = re.compile(r"[.!?…;\n][\s.!?…;]*")


def cap(text: str) -> str:
    """The ends of a text that is too long to be read whole: the question stands there."""
    if len(text) > FIRST + LAST:
        text = f"{text[:FIRST]}\n{text[-LAST:]}"
    words = text.split()
    if len(words) <= WORDS:
        return text
    return " ".join([*words[: WORDS // 4], *words[-(WORDS - WORDS // 4) :]])


def part(text: str) -> tuple[str, str]:
    """What is told first, and the last sentence; a last one of a word or two («Спасибо!») takes
    the one before along. Nothing is told first in a text of one sentence."""
    text = text.strip()
    ends = [found.end() for found in _END.finditer(text)]
    for end in reversed(ends):
        if len(text[end:].split()) > 2:
            return text[:end], text[end:]
    return "", text
