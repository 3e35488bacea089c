"""Flats told in words, ours and those of residents."""

from __future__ import annotations

import pytest

from handlers.discretion import Discretion

VEILED = Discretion(names=False, flats=False, known=("Мария",))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("ул. Садовая, 5, кв. 4 (подъезд 1, этаж 2)", "ул. Садовая, 5 (подъезд 1)"),
        ("Я из 4 квартиры, течёт", "Я, течёт"),
        ("в 12-й кв. шумят", " шумят"),
        ("над квартирой 12 шумят", "над шумят"),
        ("кв-ра 12", ""),
        ("Мария: это Мария", "Житель: это Житель"),
        ("3 квартиры без воды с 12:00", "3 квартиры без воды с 12:00"),
        ("комната в 12 кв. м, 45 кв.м", "комната в 12 кв. м, 45 кв.м"),
        ("квитанция за 4 месяца", "квитанция за 4 месяца"),
    ],
)
def test_flats_and_names_in_words(said: str, shown: str) -> None:
    assert VEILED.veil(said) == shown
