"""An address as an accounting system writes it → one of the company's houses.

«г. Химки, ул. Сосновая, д. 1, к. 2, кв. 15» is «ул. Сосновая, 1, корп. 2» where every word of the
company's address is among those of the file, and the numbers are the same in the same order. What
fits two houses fits none: a debt is never shown by a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.company.flats import normalize_number

_FLAT = re.compile(
    r"[,\s]*(?<![а-я])(кв-ра|квартира|кварт|кв|апартаменты|ап|помещение|пом|офис|оф|"
    r"машино-?\s?место|м/м|парковка|паркинг|гараж|бокс|кладовая|кладовка|нежилое\s+помещение)"
    r"(?![а-я])[.\s]*(?:№\s*)?([0-9а-я/-]{1,12})\s*$"
)
_BLOCK = re.compile(r"\b(?:корпус|корп|кор|к)(?![а-я])\.?\s*№?\s*(\d+|[а-я](?![а-я]))")
_BUILDING = re.compile(r"\b(?:строение|стр|с)(?![а-я])\.?\s*№?\s*(\d+)")
_INDEX = re.compile(r"\b\d{6}\b")
_WORDS = re.compile(r"[кс]#\w+|\d+[а-я](?![а-я])|\d+|[а-я]+")
_GENERAL = frozenset((
    "г", "город", "гор", "обл", "область", "край", "респ", "республика", "р", "н", "район", "рн",
    "пос", "поселок", "п", "пгт", "с", "село", "д", "дер", "деревня", "дом", "владение", "вл", "ул",
    "улица", "пер", "переулок", "пр", "т", "просп", "проспект", "кт", "пл", "площадь", "ш", "шоссе",
    "б", "р", "бул", "бульвар", "наб", "набережная", "проезд", "пр", "д", "туп", "тупик", "мкр",
    "мкрн", "микрорайон", "жк", "кв", "л", "квартал", "тер", "снт", "им", "имени", "россия", "рф",
))  # fmt: skip
# What makes another street of the same name: «Новая Садовая» is not «Садовая», nor «пр-т Мира»
# «ул. Мира».
_OTHER_STREET = frozenset((
    "новая", "новый", "старая", "старый", "большая", "большой", "малая", "малый", "верхняя",
    "верхний", "нижняя", "нижний", "средняя", "средний", "дальняя", "дальний", "ближняя", "ближний",
    "северная", "северный", "южная", "южный", "восточная", "восточный", "западная", "западный",
))  # fmt: skip
_TYPES = {
    "ул": r"ул|улица", "пер": r"пер|переулок", "пр-т": r"пр-т|пр-кт|просп|проспект",
    "пр-д": r"пр-д|проезд", "ш": r"ш|шоссе", "б-р": r"б-р|бул|бульвар", "пл": r"пл|площадь",
    "наб": r"наб|набережная", "туп": r"туп|тупик",
}  # fmt: skip
_TYPE = re.compile(
    r"(?<![а-я-])(?:"
    + "|".join(f"(?P<t{n}>{words})" for n, words in enumerate(_TYPES.values()))
    + r")(?![а-я-])"
)
_ORDINAL = re.compile(r"(?<=\d)-?(?:й|я|е|ая|ый|ой|го|летия|лет)\b")


@dataclass(frozen=True)
class _Address:
    words: frozenset[str]
    numbers: tuple[str, ...]
    types: frozenset[str]

    def fits(self, written: _Address) -> bool:
        more = written.words - self.words
        return (
            self.words <= written.words
            and not more & _OTHER_STREET
            and not (self.types and written.types and not self.types & written.types)
        )


@dataclass(frozen=True)
class Where:
    """`flat_said` is the flat as it stands in the file."""

    house_id: int | None
    flat_key: str = ""
    flat_said: str = ""
    several: bool = False


class Houses:
    """Of the company, to be searched again and again: what was found is kept."""

    def __init__(self, houses: Iterable[tuple[int, str, str]]) -> None:
        """Id, address, code."""
        self._by_numbers: dict[tuple[str, ...], list[tuple[_Address, int]]] = {}
        self._by_code: dict[str, int] = {}
        for house_id, address, code in houses:
            own = _take_apart(address)
            self._by_numbers.setdefault(own.numbers, []).append((own, house_id))
            self._by_code[code.casefold()] = house_id
        self._seen: dict[str, tuple[int | None, bool]] = {}

    def find(self, address: str, flat: str) -> Where:
        """`flat` empty: it stands at the end of the address, if anywhere."""
        low = address.lower().replace("ё", "е")
        said = flat
        if found := _FLAT.search(low):
            low = low[: found.start()]
            said = said or address[found.start() :].strip(" ,")
        if low not in self._seen:
            if len(self._seen) > 50_000:
                self._seen.clear()
            self._seen[low] = self._search(low)
        house_id, several = self._seen[low]
        return Where(house_id, normalize_number(said) if said else "", said, several)

    def _search(self, low: str) -> tuple[int | None, bool]:
        if (coded := self._by_code.get(low.strip())) is not None:
            return coded, False
        written = _take_apart(low)
        fitting = [
            (len(own.words), house_id)
            for own, house_id in self._by_numbers.get(written.numbers, ())
            if own.fits(written)
        ]
        most = max((length for length, _ in fitting), default=0)
        best = [house_id for length, house_id in fitting if length == most]
        return (best[0], False) if len(best) == 1 else (None, bool(best))


def _take_apart(address: str) -> _Address:
    """The words that tell one street from another, and the numbers in their order: `1 к#2`."""
    low = _INDEX.sub(" ", address.lower().replace("ё", "е"))
    low = _ORDINAL.sub("", low)
    types = frozenset(str(found.lastgroup) for found in _TYPE.finditer(low))
    low = re.sub(r"(\d)\s*/\s*(\d)", r"\1 к#\2", low)
    low = re.sub(r"(\d)к(\d)", r"\1 к#\2", low)
    low = _BLOCK.sub(r" к#\1 ", low)
    low = _BUILDING.sub(r" с#\1 ", low)
    low = re.sub(r"(\d)\s*[\"«']?([а-я])[\"»']?(?![а-я#])", r"\1\2", low)
    pieces: Sequence[str] = _WORDS.findall(low)
    numbers = tuple(
        _bare(piece) for piece in pieces if any(c.isdigit() for c in piece) or "#" in piece
    )
    words = frozenset(
        piece for piece in pieces
        if piece.isalpha() and piece not in _GENERAL and len(piece) > 1
    )  # fmt: skip
    return _Address(words, numbers, types)


def _bare(piece: str) -> str:
    mark, is_marked, number = piece.rpartition("#")
    return f"{mark}{is_marked}{number.lstrip('0') or '0'}"
