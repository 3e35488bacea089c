"""Buttons as VK has room for them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.platforms.vk.channel import LIMITS
from bot.platforms.vk.render import render
from services.messaging.types import Button, Keyboard, Outbound
from tests.support.vk.keyboards import check_keyboard

BACK = (Button(label="Назад", action="back"), Button(label="Отмена", action="cancel"))


def choice(count: int, wide: int = 1) -> tuple[tuple[Button, ...], ...]:
    labels = [Button(label=f"Дом {number}", action=f"house/{number}") for number in range(count)]
    return tuple(tuple(labels[at : at + wide]) for at in range(0, count, wide))


def shown(*rows: tuple[Button, ...], standing: bool = False) -> list[dict[str, Any]]:
    """The keyboard of each message."""
    posts = render(Outbound(text="Где?", keyboard=Keyboard(rows=rows, standing=standing)), LIMITS)
    assert all(post.text for post in posts)
    for post in posts:
        check_keyboard(post.keyboard or "")  # VK takes it
    return [json.loads(post.keyboard or "") for post in posts]


def rendered(*rows: tuple[Button, ...], standing: bool = False) -> dict[str, Any]:
    [found] = shown(*rows, standing=standing)
    return found


def labels(keyboard: dict[str, Any]) -> list[list[str]]:
    return [[key["action"]["label"] for key in row] for row in keyboard["buttons"]]


def test_a_short_list_stands_under_the_words() -> None:
    keyboard = rendered(*choice(4), BACK)
    assert keyboard["inline"] is True
    assert labels(keyboard) == [["Дом 0"], ["Дом 1"], ["Дом 2"], ["Дом 3"], ["Назад", "Отмена"]]


@pytest.mark.parametrize("count", [7, 8, 9, 10, 12, 30, 60])
def test_a_long_list_goes_on_under_the_next_message(count: int) -> None:
    """Under the field it would take the place of the menu, and VK would not bring that back."""
    keyboards = shown(*choice(count), BACK)
    assert all(keyboard.get("inline") for keyboard in keyboards)
    assert len(labels(keyboards[-1])) > 1  # the way back is not alone


@pytest.mark.parametrize("count", [7, 11, 20, 30, 38])
@pytest.mark.parametrize("wide", [1, 2])
def test_no_button_is_lost_while_there_is_room(count: int, wide: int) -> None:
    rows = [row for keyboard in shown(*choice(count, wide), BACK) for row in labels(keyboard)]
    assert [label for row in rows for label in row] == [
        *(f"Дом {number}" for number in range(count)), "Назад", "Отмена",
    ]  # fmt: skip
    assert rows[-1] == ["Назад", "Отмена"]


@pytest.mark.parametrize(("count", "wide"), [(50, 5), (60, 1), (100, 4), (200, 8)])
@pytest.mark.parametrize("standing", [False, True])
def test_where_there_is_none_the_way_back_stays(count: int, wide: int, standing: bool) -> None:
    keyboards = shown(*choice(count, wide), BACK, standing=standing)
    rows = [row for keyboard in keyboards for row in labels(keyboard)]
    assert rows[-1] == ["Назад", "Отмена"]
    assert sum(map(len, rows)) > 30
    assert [label for row in rows[:-1] for label in row] == [
        f"Дом {number}" for number in range(sum(map(len, rows)) - 2)
    ]


def test_a_menu_keeps_its_rows() -> None:
    rows = (*choice(4), (Button(label="Настройки", action="settings"),))
    assert [len(row) for row in labels(rendered(*rows, standing=True))] == [1] * 5


def test_a_long_label_is_cut() -> None:
    [[label]] = labels(rendered((Button(label="д" * 60, action="a"),)))
    assert label == "д" * 23 + "…" + "д" * 16


def test_houses_of_a_long_street_are_told_apart() -> None:
    street = "ул. Очень Длинная имени Космонавта Терешковой, д. "
    rows = [(Button(label=f"{street}{number}", action=f"h/{number}"),) for number in range(1, 7)]
    found = [label for row in labels(rendered(*rows)) for label in row]
    assert [label.rpartition(" ")[2] for label in found] == ["1", "2", "3", "4", "5", "6"]
    assert all(label.startswith("ул. Очень Длинная") for label in found)


@pytest.mark.parametrize(("count", "widest"), [(12, 2), (20, 3), (30, 4)])
def test_rows_are_no_wider_than_they_must_be(count: int, widest: int) -> None:
    assert max(map(len, labels(rendered(*choice(count), BACK, standing=True)))) == widest
    assert max(len(row) for one in shown(*choice(count), BACK) for row in labels(one)) == 2
