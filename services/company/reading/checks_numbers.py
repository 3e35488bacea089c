"""The numbers of flats and other places: each is one place of its house, and it has room there."""

from __future__ import annotations

from services.company.declaration import Declaration, Entrance, FlatKind, House
from services.company.flats import NumbersWrong, expand_floors, expand_other, normalize_number
from services.company.reading.source import Loc, Source

MOST_PLACES = 500_000


def check_numbers(it: Declaration, source: Source) -> None:
    numbers = _Numbers(source)
    for i, complex_ in enumerate(it.complexes):
        for j, house in enumerate(complex_.houses):
            numbers.check(house, ("complexes", i, "houses", j))


class _Numbers:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._say = source.say
        self._places_left = MOST_PLACES
        self._owners: dict[str, str] = {}
        """Of the house in hand: key of a place → «подъезд 1, строка 50»."""

    def check(self, house: House, loc: Loc) -> None:
        self._owners = {}
        for i, entrance in enumerate(house.entrances):
            here = (*loc, "entrances", i, "flats")
            numbers = self._expand(here, "flat", entrance.flats)
            self._claim(here, numbers, f"подъезд {entrance.number}")
            self._check_floors(entrance, (*loc, "entrances", i), len(numbers))
        for i, other in enumerate(house.places):
            here = (*loc, "places", i, "numbers")
            if not str(other.kind):
                continue
            self._claim(here, self._expand(here, other.kind, other.numbers, other.prefix), "места")
        self._check_exceptions(house, loc)

    def _expand(self, loc: Loc, kind: FlatKind, said: str, prefix: str = "") -> list[str]:
        if self._places_left <= 0:
            return []
        try:
            numbers = expand_other(kind, said, prefix)
        except NumbersWrong as wrong:
            self._say(loc, wrong.what, wrong.fix)
            return []
        self._places_left -= len(numbers)
        if self._places_left <= 0:
            self._say(
                loc,
                f"в файле больше {MOST_PLACES} квартир и мест",
                "Проверьте, нет ли лишней цифры в номерах",
            )
        return numbers

    def _claim(self, loc: Loc, numbers: list[str], whose: str) -> None:
        owner = f"{whose}, строка {self._source.line(loc)}"
        mine: set[str] = set()
        twice: dict[str, list[str]] = {}
        for number in numbers:
            key = normalize_number(number)
            if key in mine:
                twice.setdefault("здесь же", []).append(number)
                continue
            mine.add(key)
            seen = self._owners.setdefault(key, owner)
            if seen != owner:
                twice.setdefault(seen, []).append(number)
        for seen, again in twice.items():
            span = again[0] if len(again) == 1 else f"{again[0]}…{again[-1]}"
            self._say(
                loc,
                f"номера повторяются: {span} уже есть ({seen})",
                "Исправьте одно из двух: у дома каждый номер один",
            )

    def _check_floors(self, entrance: Entrance, loc: Loc, flats: int) -> None:
        if not entrance.floors:
            return
        try:
            floors = expand_floors(entrance.floors)
        except NumbersWrong as wrong:
            self._say((*loc, "floors"), wrong.what, wrong.fix)
            return
        room = len(floors) * entrance.per_floor
        if flats and not floors:
            self._say(
                (*loc, "floors"),
                f"этажа «{entrance.floors}» не бывает",
                'Напишите первый и последний через дефис: "1-9"',
            )
        elif flats > room:
            self._say(
                (*loc, "flats"),
                f"в подъезде {entrance.number} квартир {flats}, а помещается {room}: "
                f"этажей {len(floors)}, по {entrance.per_floor} на каждом",
                f"Исправьте flats или floors, или напишите per_floor: {-(-flats // len(floors))}",
            )

    def _check_exceptions(self, house: House, loc: Loc) -> None:
        entrances = [entrance.number for entrance in house.entrances]
        numbers: list[tuple[Loc, str]] = []
        for i, exception in enumerate(house.exceptions):
            here = (*loc, "exceptions", i)
            key = normalize_number(exception.number)
            numbers.append(((*here, "number"), key))
            if exception.entrance is not None and exception.entrance not in entrances:
                known = (
                    f"Есть подъезды: {', '.join(entrances)}" if entrances else "Уберите entrance"
                )
                self._say((*here, "entrance"), f"подъезда «{exception.entrance}» у дома нет", known)
            elif exception.number and key not in self._owners:
                if not exception.exists:
                    self._say(
                        here,
                        f"квартиры «{exception.number}» у дома и так нет",
                        "Уберите это исключение или исправьте номер",
                    )
                elif exception.entrance is None:
                    self._say(
                        here,
                        f"квартиры «{exception.number}» у дома нет",
                        'Исправьте номер, а если квартира особая, добавьте подъезд: entrance: "1"',
                    )
        self._source.say_repeated(
            numbers,
            "исключение для «{value}» уже есть в строке {line}",
            "Сложите два исключения в одно",
        )
