"""Help with words: what was probably meant, and how to show it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from services.company.declaration import DAYS
from services.company.reading.vocabulary import VALUES_IN_RUSSIAN

LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z",
    "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh",
    "щ": "sch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip


def latin(text: str) -> str:
    """A code out of a name: «Сосновый бор» → sosnovyy-bor."""
    plain = "".join(LATIN.get(letter, letter) for letter in text.casefold())
    return re.sub(r"[^a-z0-9_]+", "-", plain).strip("-_")[:32] or "dom-1"


def shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:57]}…"


def guess(word: str, known: Iterable[str], translated: dict[str, str]) -> str:
    names = list(known)
    said = word.strip().casefold().replace("-", "_").replace(" ", "_")
    meant = translated.get(word.strip().casefold(), "")
    if meant in names:
        return meant
    for russian, name in translated.items():
        if name in names and latin(russian) == said:
            return name
    by_lower = {name.casefold(): name for name in names}
    close = get_close_matches(said, by_lower, n=1, cutoff=0.7)
    return by_lower[close[0]] if close else ""


def choose(names: Iterable[str]) -> str:
    return f"Выберите из этих: {', '.join(names)}"


def spell_days(said: list[str]) -> list[str]:
    """`mon-fri`, as people write it, day by day."""
    week: list[str] = [*DAYS]
    days: list[str] = []
    for part in said:
        ends = [
            VALUES_IN_RUSSIAN.get(end.casefold(), end) for end in re.split(r"\s*[-–—]\s*", part)
        ]
        if len(ends) == 2 and all(end in week for end in ends):
            days += week[week.index(ends[0]) : week.index(ends[1]) + 1]
        else:
            days += ends
    return days
