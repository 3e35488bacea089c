"""Which parts of a house a dispatcher names: «2 подъезд, стояк 3», «этажи 5–9», «кв. 12, 14-20».
Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_RANGE = 500

_LIST = r"\d{1,4}[а-я]?(?:\s*(?:,|и|-|–|—|по)\s*\d{1,4}[а-я]?(?![а-я]))*"
_AFTER = r"\d{1,4}[а-я]?(?:\s*(?:,|и|-|–|—|по)\s*\d{1,4}[а-я]?(?![а-я])(?!\s*(?:под|эт|стояк)))*"
_NOUNS = {
    "entrances": r"под(?:ъ|ь)?езд\w*|под\.|п\.",
    "risers": r"стояк\w*|ст\.",
    "floors": r"этаж\w*|эт\.",
    "flats": r"кв(?:артир\w*|\.)?",
}
_ITEM = re.compile(r"(\d{1,4}[а-я]?)(?:\s*(?:-|–|—|по)\s*(\d{1,4}))?")


@dataclass(frozen=True)
class Parts:
    """As they are called; empty does not narrow. `floors` are first and last. `rest`: words that
    named nothing."""

    entrances: tuple[str, ...] = ()
    risers: tuple[str, ...] = ()
    floors: tuple[tuple[int, int], ...] = ()
    flats: tuple[str, ...] = ()
    rest: str = ""

    def __bool__(self) -> bool:
        return bool(self.entrances or self.risers or self.floors or self.flats)


def read_parts(words: str) -> Parts:
    plain = words.lower().replace("ё", "е").replace("№", " ")
    begins_with_number = re.match(r"\W*(?:с\s+)?\d", plain) is not None
    found: dict[str, list[tuple[str, str]]] = {}
    for name, noun in _NOUNS.items():
        after = re.compile(rf"\b(?:{noun})\s*(?:с\s+)?({_AFTER})(?![\w-])")
        before = re.compile(rf"(?<![\w-])(?:с\s+)?({_LIST})(?:-?(?:й|го|м|ого))?\s*(?:{noun})")
        shapes = (before, after) if begins_with_number else (after, before)
        for shape in shapes:
            if match := shape.search(plain):
                found[name] = _ITEM.findall(match[1])
                plain = plain[: match.start()] + " " + plain[match.end() :]
                break
    rest = re.sub(r"[^\w]+|\bи\b|\bв\b|\bпо\b", " ", plain).strip()
    return Parts(
        tuple(spread(found.get("entrances", []))),
        tuple(spread(found.get("risers", []))),
        tuple(floor_of(item) for item in found.get("floors", []) if item[0].isdigit()),
        tuple(spread(found.get("flats", []))),
        rest,
    )


def spread(items: list[tuple[str, str]]) -> list[str]:
    """«14-20» is seven of them."""
    single: list[str] = []
    for first, last in items:
        if last and first.isdigit() and int(first) <= int(last) <= int(first) + LONGEST_RANGE:
            single += [str(number) for number in range(int(first), int(last) + 1)]
        else:
            single += [first, last] if last else [first]
    return list(dict.fromkeys(single))


def floor_of(item: tuple[str, str]) -> tuple[int, int]:
    first, last = int(item[0]), int(item[1] or item[0])
    return min(first, last), max(first, last)
