"""«Настройки»: name, phone, homes."""

from __future__ import annotations

import pytest

from services.tables import Resident as ResidentRow
from tests.support.people import Resident
from tests.support.world import World


async def test_name_and_phone_are_changed(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.presses("Настройки")
    shown = await resident.hears("Телефон: не указан")
    assert "Убрать" not in "".join(shown.buttons)  # the only home
    await resident.presses("Изменить имя")
    await resident.hears("Как к вам обращаться?")
    await resident.says("Мария Петровна")
    await resident.hears("Имя записали")
    await resident.hears("Имя: Мария Петровна")
    await resident.presses("Изменить телефон")
    await resident.hears("Какой номер записать?")
    await resident.says("позже")
    await resident.hears("Не похоже на номер телефона")
    await resident.says("9123456789")
    menu = await resident.hears("Телефон записали")
    assert menu.standing  # what stood below for the phone is gone
    await resident.hears("Телефон: +7 912 345-67-89")
    async with world.app.db.session() as session:
        row = await session.get(ResidentRow, 1)
    assert row is not None
    assert (row.name, row.phone) == ("Мария Петровна", "+79123456789")


async def test_changing_may_be_given_up(resident: Resident) -> None:
    await resident.settles_in()
    await resident.presses("Настройки", "Изменить телефон", "Отмена")
    menu = await resident.hears("Хорошо, отменили")
    assert menu.standing
    await resident.hears("Имя: Мария")


async def test_a_second_home_comes_and_goes(resident: Resident) -> None:
    await resident.settles_in("sadovaya-5", "4")
    await resident.presses("Настройки", "Добавить адрес", "Сосновый бор", "ул. Сосновая, 3")
    await resident.says("7")
    await resident.hears("Добавили: ул. Сосновая, 3, кв. 7.")
    await resident.presses("Настройки")
    shown = await resident.hears("Имя: Мария")
    assert "Убрать ул. Сосновая, 3, кв. 7" in shown.buttons
    await resident.presses("Убрать ул. Садовая, 5, кв. 4")
    await resident.hears("Адрес убрали")
    shown = await resident.hears("Адрес: ул. Сосновая, 3, кв. 7")
    assert "Садовая" not in shown.text


async def test_the_same_home_twice_stays_one(resident: Resident) -> None:
    await resident.settles_in("sadovaya-5", "4")
    await resident.presses("Настройки", "Добавить адрес", "Садовый")
    await resident.says("4")
    await resident.presses("Настройки")
    shown = await resident.hears("Имя: Мария")
    assert shown.text.count("Адрес:") == 1


@pytest.mark.only("telegram")  # a browser may not press so fast
async def test_more_than_ten_homes_are_too_many(resident: Resident) -> None:
    await resident.settles_in("sosnovaya-3", "1")
    for flat in range(2, 11):
        await resident.presses("Настройки", "Добавить адрес", "Сосновый бор", "ул. Сосновая, 3")
        await resident.says(str(flat))
        await resident.hears(f"кв. {flat}.")
    await resident.presses("Настройки", "Добавить адрес", "Сосновый бор", "ул. Сосновая, 3")
    await resident.says("11")
    await resident.hears("Больше десяти адресов не записать")
