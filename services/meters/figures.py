"""What stands on a meter, read out of what a person types: thousandths, never a float."""

from __future__ import annotations

import re
from typing import Literal

from services.errors import Refused

WHOLE = 9  # digits before the comma: no meter has more
PLACES = 3  # after it

Why = Literal["empty", "words", "negative", "long", "fine", "count"]

UNITS = re.compile(r"(?<=\d)\s*(?:м3|м³|m3|куб\w*|квт\W{0,2}ч\w*|квт|гкал)\.?(?!\w)", re.IGNORECASE)
MINUS = re.compile(r"^[-−–—]\s*\d")
FIGURE = re.compile(r"(\d+)(?:[.,](\d+))?")
GROUPED = re.compile(r"\d{1,3}(?:\s\d{3})+(?:[.,]\d+)?")  # 1 234,5
SEPARATORS = re.compile(r"[;/\n]|,\s|\s[-–—]\s|\s+и\s+")


class FigureWrong(Refused):
    """What was typed is no reading. `why`: empty; words; negative; long (too many digits), fine
    (too many after the comma); count (not as many figures as there are to be)."""

    def __init__(self, why: Why, found: int = 0) -> None:
        super().__init__(why)
        self.why, self.found = why, found


def read_figures(typed: str, count: int) -> list[int]:
    """So many figures, in thousandths. Of one, `1 234,5` is one thousand two hundred odd; of
    several, a space parts them. Raises `FigureWrong`."""
    words = UNITS.sub("", typed.replace(" ", " ").replace(" ", " ")).strip(" .,!\n\t")
    if not words:
        raise FigureWrong("empty")
    if count == 1 and GROUPED.fullmatch(words):
        return [read_figure(re.sub(r"\s", "", words))]
    parts = split(words)
    figures = [read_figure(part) for part in parts]
    if len(figures) != count:
        raise FigureWrong("count", len(figures))
    return figures


def count_figures(typed: str) -> int:
    """How many there are in a line of nothing but figures; 0 for any other words."""
    try:
        return len([read_figure(part) for part in split(UNITS.sub("", typed).strip(" .,!\n\t"))])
    except FigureWrong:
        return 0


def may_be_one(typed: str) -> bool:
    """`1 234,5` may be one figure with its thousands apart."""
    return GROUPED.fullmatch(UNITS.sub("", typed).strip(" .,!\n\t")) is not None


def split(words: str) -> list[str]:
    return SEPARATORS.sub(" ", words).split()


def read_figure(word: str) -> int:
    """Of one word: `123,4`, `00123.400`, `123`. Raises `FigureWrong`."""
    if MINUS.match(word):
        raise FigureWrong("negative")
    found = FIGURE.fullmatch(word)
    if found is None or not word.isascii():
        raise FigureWrong("words")
    whole, places = found[1].lstrip("0"), (found[2] or "").rstrip("0")
    if len(whole) > WHOLE:
        raise FigureWrong("long")
    if len(places) > PLACES:
        raise FigureWrong("fine")
    return int(whole or "0") * 1000 + int(places.ljust(PLACES, "0"))


def write_figure(figure: int, comma: str = ",") -> str:
    """`123,4`"""
    whole, places = divmod(abs(figure), 1000)
    rest = f"{places:03d}".rstrip("0")
    return ("-" if figure < 0 else "") + (f"{whole}{comma}{rest}" if rest else str(whole))
