"""From the menu to a number: six presses and one sentence at the most, for every kind of request
in every complex of the sample company."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.company.declaration import Category
from services.company.reading import read_declaration
from tests.support.drivers import Line
from tests.support.people import Resident
from tests.support.running import SAMPLE
from tests.support.world import open_world

COMPANY = read_declaration(SAMPLE)
HOUSES = {complex_.code: complex_.houses[0].code for complex_ in COMPANY.complexes}


async def question(resident: Resident) -> Line:
    """The last thing said that is no news of the requests before."""
    await resident.last()
    heard = [line for line in await resident.driver.look() if not line.mine]
    return next(line for line in reversed(heard) if line.buttons or "принята" in line.text)


async def go_through(resident: Resident, category: Category) -> None:
    """Category first; the frequent ones stand on the first screen."""
    await resident.presses("Новая заявка")
    screen = (await question(resident)).buttons
    if category.emergency:
        await resident.presses("Авария")
    elif category.title not in screen:
        await resident.presses("Другие темы")
    await resident.presses(category.title)
    for _ in range(6):
        line = await question(resident)
        if "принята" in line.text:
            break
        if "Отправить" in line.buttons:
            await resident.presses("Отправить")
        elif "Пропустить" in line.buttons:
            await resident.presses("Пропустить")
        elif line.buttons == ["Назад", "Отмена"]:
            await resident.says("Вот что случилось")
        else:
            await resident.presses(line.buttons[0])
    await resident.hears("принята")


@pytest.mark.parametrize("code", HOUSES)
async def test_every_kind_of_request(database_url: str, tmp_path: Path, code: str) -> None:
    async with open_world(database_url, tmp_path, "telegram", "desk", SAMPLE) as world:
        resident = world.resident()
        await resident.settles_in(HOUSES[code], "3")
        too_long = []
        for category in COMPANY.categories_in(code):
            world.clock.move(hours=25)  # ten a day are the most
            resident.presses_made = resident.sentences_said = 0
            await go_through(resident, category)
            if resident.presses_made > 6 or resident.sentences_said > 1:
                counted = (resident.presses_made, resident.sentences_said)
                too_long.append((category.title, *counted))
        assert too_long == []


async def test_the_first_screen_is_short(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url, tmp_path, "telegram", "desk", SAMPLE) as world:
        resident = world.resident()
        await resident.settles_in("sosnovaya-1", "3")
        await resident.presses("Новая заявка")
        asked = await resident.hears("Что случилось?")
        assert asked.rows[0] == ["🚨 Авария"]
        assert len(asked.rows) <= 7
        await resident.presses("Другие темы")
        rest = await resident.hears("Вот остальные темы")
        assert rest.rows[-2:] == [["К началу списка"], ["Отмена"]]
        await resident.presses("К началу списка")
        again = await resident.hears("Что случилось?")
        assert again.rows == asked.rows
