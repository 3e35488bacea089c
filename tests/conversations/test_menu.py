"""The menu, help, and words outside of any dialogue."""

from __future__ import annotations

import pytest

from tests.support.people import Resident
from tests.support.world import World


async def test_menu_help_and_phones(resident: Resident) -> None:
    await resident.settles_in()
    await resident.says("/menu")
    menu = await resident.hears("Чем помочь?")
    assert menu.standing
    assert menu.rows == [
        ["Новая заявка", "Мои заявки"],
        ["Вопросы и ответы", "Написать диспетчеру"],
        ["Отключения", "Настройки"],
        ["Лицевой счёт", "Показания"],
        ["Новости"],
    ]
    await resident.says("/help")
    told = await resident.hears("Просто напишите, что случилось")
    for words in ("/new", "/my", "/menu", "/cancel", "+7 495 000-00-01", "+7 495 000-00-02", "112"):
        assert words in told.text
    await resident.says("телефоны")
    await resident.hears("Диспетчер: +7 495 000-00-01")


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("/new", "Что случилось?"),
        ("/NEW@domovoy_test_bot", "Что случилось?"),
        ("/my", "Заявок пока нет"),
        ("/start", "Чем помочь?"),
        ("Меню", "Чем помочь?"),
        ("новая   ЗАЯВКА", "Что случилось?"),
        ("📝 Новая заявка", "Что случилось?"),
        ("начать", "Чем помочь?"),
    ],
)
async def test_commands_and_typed_labels(resident: Resident, command: str, answer: str) -> None:
    await resident.settles_in()
    await resident.says(command)
    await resident.hears(answer)


@pytest.mark.parametrize("command", ["/nosuch", "/", "/desk", "/status", "/help_me now"])
async def test_an_unknown_command_is_answered_with_the_list(
    resident: Resident, command: str
) -> None:
    await resident.settles_in()
    await resident.says(command)
    told = await resident.hears("Такой команды нет. Вот какие есть")
    assert "/new — новая заявка" in told.text
    assert "desk" not in told.text


async def test_an_unknown_command_in_a_form_repeats_the_question(resident: Resident) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка", "Лифт")
    await resident.says("/oops")
    await resident.hears("Такой команды нет")
    await resident.hears("Расскажите в двух словах")


async def test_words_outside_are_a_request_or_a_question(resident: Resident) -> None:
    await resident.settles_in()
    await resident.says("Во дворе яма")
    asked = await resident.hears("«Во дворе яма»")
    assert "Оформить это как заявку или спросить диспетчера?" in asked.text
    assert asked.rows == [["Это новая заявка"], ["Написать диспетчеру"]]
    await resident.says("и фонарь не горит")
    await resident.hears("«Во дворе яма\nи фонарь не горит»")
    await resident.says("1")
    await resident.hears("К чему это отнести?")
    await resident.presses("Другое")
    preview = await resident.hears("Проверьте")
    assert "Во дворе яма\nи фонарь не горит" in preview.text


async def test_words_outside_may_be_a_question(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.says("Когда дадут горячую воду?")
    await resident.presses("Написать диспетчеру")
    await resident.hears("Передали диспетчеру. Ответ придёт сюда.")


async def test_a_word_from_the_menu_is_no_request(resident: Resident) -> None:
    await resident.settles_in()
    await resident.says("Настройки")
    told = await resident.hears("Имя: Мария")
    assert "Адрес: ул. Садовая, 5, кв. 4" in told.text
