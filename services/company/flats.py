"""The flats of a house, from a few lines of the company file: "1-36" on floors "1-9", four a floor.

And the number as a resident types it: `normalize_number` gives «кв. 12 А» and «12-a» one key.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from services.company.declaration import FlatKind, House

MOST_NUMBERS = 100_000
"""In one field of the file; more is a slip of the finger."""


class FlatPlace(NamedTuple):
    number: str
    kind: FlatKind
    entrance: str | None
    floor: int | None
    riser: str | None


class NumbersWrong(ValueError):
    """`what` is wrong with the numbers and the `fix`, in words for the file's author."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(f"{what}. {fix}")
        self.what = what
        self.fix = fix


_LETTERS = "[^\\W\\d_]"
_RANGE = re.compile(
    rf"({_LETTERS}{{0,4}}-?)([0-9]{{1,6}})\s*[-–—]\s*({_LETTERS}{{0,4}}-?)([0-9]{{1,6}})"
)
_ONE = re.compile(
    rf"(?:{_LETTERS}{{1,4}}-?)?[0-9]{{1,6}}(?:[/.][0-9]{{1,4}})?[- ]?{_LETTERS}{{0,3}}"
)
_FLOORS = re.compile(r"(-?[0-9]{1,3})(?:\s*[-–—]\s*(-?[0-9]{1,3}))?")


def expand_numbers(text: str) -> list[str]:
    """ "1-3, 5, 7а" → 1, 2, 3, 5, 7а. A range keeps its letters: "А1-А3" → А1, А2, А3."""
    numbers: list[str] = []
    for piece in re.split(r"[,;\n]", text):
        item = piece.strip()
        if not item:
            continue
        if found := _RANGE.fullmatch(item):
            prefix, first, again, last = found[1], int(found[2]), found[3], int(found[4])
            if again and again.casefold() != prefix.casefold():
                raise NumbersWrong(
                    f"отрезок «{item}» начинается с «{prefix}{first}», а кончается на «{again}»",
                    f'Разделите его запятой: "{prefix}{first}, {again}{last}"',
                )
            if first > last:
                raise NumbersWrong(
                    f"отрезок «{item}» идёт задом наперёд",
                    f'Напишите "{prefix}{last}-{prefix if again else ""}{first}"',
                )
            if len(numbers) + last - first >= MOST_NUMBERS:
                raise NumbersWrong(
                    f"в «{item}» слишком много номеров: {last - first + 1}",
                    "Проверьте, нет ли лишней цифры",
                )
            numbers.extend([f"{prefix}{number}" for number in range(first, last + 1)])
        elif _ONE.fullmatch(item):
            numbers.append(item)
        else:
            raise NumbersWrong(
                f"номера «{item}» не разобрать",
                'Напишите отрезок через дефис или номера через запятую: "1-36" или "1-36, 40, 42а"',
            )
    return numbers


def expand_floors(text: str) -> list[int]:
    """ "2-9" → 2…9, and a lone "9" is nine floors: 1…9. There is no floor 0."""
    floors: list[int] = []
    pieces = [piece.strip() for piece in text.split(",") if piece.strip()]
    for item in pieces:
        found = _FLOORS.fullmatch(item)
        if not found:
            raise NumbersWrong(
                f"этажи «{item}» не разобрать", 'Напишите первый и последний через дефис: "1-9"'
            )
        first = int(found[1])
        if found[2] is not None:
            last = int(found[2])
        elif len(pieces) == 1 and first > 0:
            first, last = 1, first
        else:
            last = first
        if first > last:
            raise NumbersWrong(
                f"этажи «{item}» идут сверху вниз", f'Напишите снизу вверх: "{last}-{first}"'
            )
        if last > 200:
            raise NumbersWrong(f"этажей «{item}» не бывает", "Проверьте, нет ли лишней цифры")
        floors.extend([floor for floor in range(first, last + 1) if floor])
    return floors


def list_flats(house: House) -> list[FlatPlace]:
    """Every flat, parking place, storeroom and office. Raises `NumbersWrong`.

    The rule goes first and the exceptions over it, so an exception moves nobody else.
    """
    places: list[FlatPlace] = []
    for entrance in house.entrances:
        floors = expand_floors(entrance.floors)
        for index, number in enumerate(expand_numbers(entrance.flats)):
            level, spot = divmod(index, entrance.per_floor)
            if level < len(floors):
                place = FlatPlace(number, "flat", entrance.number, floors[level], str(spot + 1))
            else:
                place = FlatPlace(number, "flat", entrance.number, None, None)
            places.append(place)
    for other in house.places:
        places.extend(
            [
                FlatPlace(number, other.kind, None, other.floor, None)
                for number in expand_other(other.kind, other.numbers, other.prefix)
            ]
        )
    return _with_exceptions(house, places) if house.exceptions else places


def _with_exceptions(house: House, places: list[FlatPlace]) -> list[FlatPlace]:
    by_key = {normalize_number(place.number): place for place in places}
    for exception in house.exceptions:
        key = normalize_number(exception.number)
        if not exception.exists:
            by_key.pop(key, None)
            continue
        place = by_key.get(key) or FlatPlace(exception.number, "flat", None, None, None)
        if exception.entrance is not None:
            place = place._replace(entrance=exception.entrance)
        if exception.floor is not None:
            place = place._replace(floor=exception.floor)
        if exception.riser is not None:
            place = place._replace(riser=exception.riser)
        by_key[key] = place
    return list(by_key.values())


# How a place is called → the beginning of its key. The order matters: longest first.
_WORDS: tuple[tuple[str, str], ...] = (
    (
        r"машино-?\s?мест[а-я]*|парковочн[а-я]+\s+мест[а-я]*|парков[а-я]*|паркинг[а-я]*|мест[оа]|м/м|м-м|мм",
        "мм",
    ),
    (r"гараж[а-я]*|бокс[а-я]*", "мм"),
    (r"кладов[а-я]*|клад|кл", "кл"),
    (r"нежил[а-я]*\s+пом[а-я]*|офис[а-я]*|оф|помещени[а-я]*|пом|магазин[а-я]*", "оф"),
    (r"квартир[а-я]*|апартамент[а-я]*|кварт|апарт|кв-ра|кв|кv|flат|арт", ""),
)
_WORD = re.compile(
    "|".join(
        rf"(?P<w{index}>(?<![а-яa-z])(?:{words})(?![а-яa-z]))"
        for index, (words, _) in enumerate(_WORDS)
    )
)
_LOOK_ALIKE = str.maketrans("abcehkmoptxyё", "авсенкмортхуе")
_PARTS = re.compile(r"[0-9]+|[^\W\d_]+")
_CALLED: dict[FlatKind, str] = {"parking": "м/м", "storeroom": "кладовка", "office": "офис"}


def normalize_number(text: str) -> str:
    """One key for every way to write a place: «кв. 12 А», «№12а», «12-a» → `12а`,
    «м/м 15» → `мм15`, «кладовка 7» → `кл7`, «12-1» and «12/1» → `12/1`. Nothing → empty."""
    if text.isascii() and text.isdigit():
        return text.lstrip("0") or "0"
    plain = unicodedata.normalize("NFKC", text.replace("№", " ").replace("#", " "))
    plain = plain.casefold().translate(_LOOK_ALIKE)
    kind = ""
    words = list(_WORD.finditer(plain))
    for word in words:
        kind = kind or _WORDS[int((word.lastgroup or "w0")[1:])][1]
    if words:
        after = plain[words[-1].end() :]
        has_number = any(letter.isdigit() for letter in after)
        plain = after if has_number else plain[: words[0].start()]
    key = ""
    for part in _PARTS.findall(plain):
        if part[0].isdigit():
            part = part.lstrip("0") or "0"
            if key and key[-1].isdigit():
                key += "/"
        key += part
    return kind + key if key else ""


def expand_other(kind: FlatKind, numbers: str, prefix: str) -> list[str]:
    """Numbers as people call them: with the prefix, and with the kind's own word where the
    prefix does not say it, so that parking place 15 is never flat 15."""
    called = _CALLED.get(kind, "")
    if not prefix:
        prefix = called
    elif called and not normalize_number(prefix + " 1").startswith(normalize_number(called + " 1")):
        prefix = f"{called} {prefix}"
    wide = len(prefix) > 1 and prefix[-1] not in "-/№" and prefix[-2] != " "
    gap = " " if wide else ""
    return [f"{prefix}{gap}{number}" for number in expand_numbers(numbers)]
