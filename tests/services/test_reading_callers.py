"""What members type is understood: addresses, callers, days."""

from __future__ import annotations

from datetime import date

import pytest

from services.tables import House
from services.understanding.saying.addresses import find_address
from services.understanding.saying.callers import Caller, read_caller, read_phone
from services.understanding.saying.periods import read_days

ADDRESSES = [
    "ул. Садовая, 5", "ул. Сосновая, 1", "ул. Садовая, 5 корп. 2",
    "г. Пермь, ул. Большая Тихая, д. 15А",
]  # fmt: skip
HOUSES = [House(id=n, address=address) for n, address in enumerate(ADDRESSES, 1)]


@pytest.mark.parametrize(
    ("typed", "house", "flat"),
    [
        ("Садовая 5 кв 12, течёт", 1, "12"),
        ("на Садовой 5-12 течёт кран", 1, "12"),
        ("улица Садовая, дом 5, квартира 12 а, течёт", 1, "12 а"),
        ("садовая 5 12 Ира свет мигает", 1, "12"),
        ("Садовая 5, лифт стоит", 1, ""),
        ("Садовая 5 3 подъезд темно", 1, ""),
        ("Сосновая 1 5 этаж, свет", 2, ""),
        ("Сосновая 1 с 10:00 нет воды", 2, ""),
        ("Садовая 5к2 кв. 3", 3, "3"),
        ("ул. Садовая, д. 5, корп 2, м/м 15, потоп", 3, "м/м 15"),
        ("Тихая 15а, 12", 4, "12"),
        ("Пермь, Большая Тихая 15а, офис 3", 4, "офис 3"),
    ],
)
def test_addresses(typed: str, house: int, flat: str) -> None:
    found = find_address(typed, HOUSES)
    assert [each.id for each in found.houses] == [house]
    assert found.flat == flat


@pytest.mark.parametrize("typed", ["Невская 4", "Садовая 51", "Садовая", "5", "", "течёт кран 5"])
def test_no_address(typed: str) -> None:
    found = find_address(typed, HOUSES)
    assert found.houses == ()
    assert found.rest == typed


def test_several_houses_of_one_name() -> None:
    twin = House(id=9, address="пр. Садовый, 5")
    assert {house.id for house in find_address("Садов 5", [HOUSES[0], twin]).houses} <= {1, 9}
    same = House(id=8, address="пер. Садовая, 5")
    assert len(find_address("Садовая 5", [HOUSES[0], same]).houses) == 2


@pytest.mark.parametrize(
    ("typed", "caller"),
    [
        (
            "Иванова Мария, +7 912 345-67-89, течёт кран",
            Caller("Иванова Мария", "+79123456789", "phone", "", "течёт кран"),
        ),
        (
            "пришла, Петров П. П., темно, и холодно",
            Caller("Петров П. П", "", "visit", "", "темно, и холодно"),
        ),
        (
            "звонила Иванова, 8(912)3456789\nшумит",
            Caller("Иванова", "+79123456789", "phone", "", "шумит"),
        ),
        (
            "https://vk.com/wall1, нет воды",
            Caller("", "", "other", "https://vk.com/wall1", "нет воды"),
        ),
        ("Потоп", Caller("", "", "phone", "", "Потоп")),
        ("", Caller("", "", "phone", "", "")),
    ],
)
def test_callers(typed: str, caller: Caller) -> None:
    assert read_caller(typed) == caller


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("8 912 345-67-89", "+79123456789"),
        ("9123456789", "+79123456789"),
        ("+49 30 1234567890", "+49301234567890"),
        ("12345", ""),
        ("123456789012345", ""),
    ],
)
def test_phones(typed: str, phone: str) -> None:
    assert read_phone(typed) == phone


TODAY = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("март", date(2026, 3, 1), date(2026, 3, 31)),
        ("за ноябрь Садовая 5", date(2025, 11, 1), date(2025, 11, 30)),
        ("февраль 2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("01.03-15.03", date(2026, 3, 1), date(2026, 3, 15)),
        ("с 20.12 по 10.01", date(2025, 12, 20), date(2026, 1, 10)),
        ("20.12-10.01.26", date(2025, 12, 20), date(2026, 1, 10)),
        ("1.2.25 — 3.2", date(2025, 2, 1), date(2025, 2, 3)),
        ("10.02.2026-01.02.2026", date(2026, 2, 1), date(2026, 2, 10)),
        ("вчера", date(2026, 3, 3), date(2026, 3, 3)),
        ("за неделю", date(2026, 2, 26), date(2026, 3, 4)),
        ("год", date(2026, 1, 1), date(2026, 3, 4)),
        ("5.3", date(2025, 3, 5), date(2025, 3, 5)),
    ],
)
def test_days(typed: str, first: date, last: date) -> None:
    days = read_days(typed, TODAY)
    assert days is not None
    assert (days.first, days.last) == (first, last)


@pytest.mark.parametrize("typed", ["31.02", "01.13", "29.02-01.03.2025"])
def test_no_such_day(typed: str) -> None:
    with pytest.raises(ValueError):
        read_days(typed, TODAY)


def test_no_days() -> None:
    assert read_days("Садовая 5", TODAY) is None
