"""The first words: links, consent given, refused, changed and withdrawn."""

from __future__ import annotations

import pytest

from services.tables import ConsentRecord
from services.tables import Resident as ResidentRow
from tests.support.people import Resident
from tests.support.world import World


async def test_a_stranger_is_greeted_and_asked_for_consent_first(resident: Resident) -> None:
    await resident.opens()
    await resident.hears("Здравствуйте! Это «Тихий двор»")
    asked = await resident.hears("Вы согласны?\n\nПодробнее: https://dvor.example/privacy")
    assert asked.buttons == ["Согласен", "Не даю согласия", "У меня есть код"]
    await resident.hears_nothing()


async def test_by_hand_complex_and_house_are_chosen(resident: Resident) -> None:
    await resident.opens()
    await resident.presses("Согласен")
    asked = await resident.hears("В каком вы жилом комплексе?")
    assert asked.buttons == ["Сосновый бор", "Садовый", "Отмена"]
    await resident.presses("Сосновый бор")
    asked = await resident.hears("Какой дом?")
    assert asked.buttons == ["ул. Сосновая, 1", "ул. Сосновая, 3", "Назад", "Отмена"]
    await resident.presses("ул. Сосновая, 3")
    await resident.hears("ул. Сосновая, 3. Какой номер квартиры?")


async def test_the_only_house_of_a_complex_is_not_asked_for(resident: Resident) -> None:
    await resident.opens("sad")
    await resident.presses("Согласен")
    await resident.hears("ул. Садовая, 5. Какой номер квартиры?")


async def test_a_link_of_a_complex_leaves_its_houses_to_choose(resident: Resident) -> None:
    await resident.opens("bor")
    await resident.presses("Согласен")
    asked = await resident.hears("Какой дом?")
    assert "ул. Сосновая, 3" in asked.buttons


async def test_a_link_of_a_house_leaves_only_the_flat(resident: Resident) -> None:
    await resident.opens("sosnovaya-3")
    await resident.presses("Согласен")
    await resident.hears("ул. Сосновая, 3. Какой номер квартиры?")


async def test_a_link_of_an_entrance_is_kept_for_a_flat_not_listed(
    resident: Resident, world: World
) -> None:
    await resident.opens("SOSNOVAYA-1-2")
    await resident.presses("Согласен")
    await resident.hears("ул. Сосновая, 1. Какой номер")
    await resident.says("999")
    await resident.hears("Номера «999» в этом доме у нас нет")
    await resident.presses("Моей квартиры нет в списке")
    await resident.hears("Как к вам обращаться?")


async def test_somebody_elses_house_of_a_link_is_changed_by_hand(resident: Resident) -> None:
    await resident.opens("sosnovaya-3")
    await resident.presses("Согласен", "Это не мой дом")
    await resident.hears("В каком вы жилом комплексе?")
    await resident.presses("Садовый")
    asked = await resident.hears("ул. Садовая, 5. Какой номер")
    assert "Это не мой дом" not in asked.buttons


async def test_an_unknown_link_is_said_and_asked_by_hand(resident: Resident) -> None:
    await resident.opens("net-takogo-doma")
    await resident.presses("Согласен")
    await resident.hears("Этой ссылки мы уже не знаем")
    await resident.hears("В каком вы жилом комплексе?")


async def test_a_link_of_one_more_house_adds_it(resident: Resident) -> None:
    await resident.settles_in("sadovaya-5", "4")
    await resident.opens("sosnovaya-3")
    await resident.hears("Добавим ещё один адрес")
    await resident.says("7")
    await resident.hears("Добавили: ул. Сосновая, 3, кв. 7.")


async def test_a_link_of_ones_own_house_opens_the_menu(resident: Resident) -> None:
    await resident.settles_in("sosnovaya-3", "4")
    await resident.opens("sosnovaya-3-1")
    await resident.hears("Чем помочь?")


async def test_consent_is_written_down_with_its_text(resident: Resident, world: World) -> None:
    await resident.settles_in()
    async with world.app.db.session() as session:
        record = await session.get(ConsentRecord, 1)
    assert record is not None
    assert (record.given, record.version, len(record.text_sha256)) == (True, "1", 64)
    assert [note.details["given"] for note in await world.audit("consent")] == [True]


async def test_nothing_is_kept_of_a_person_before_consent(resident: Resident, world: World) -> None:
    await resident.opens("sadovaya-5")
    await resident.hears("Вы согласны")
    async with world.app.db.session() as session:
        row = await session.get(ResidentRow, 1)
    assert row is not None
    assert (row.name, row.phone, row.registered_at) == (None, None, None)


async def test_refusing_leaves_phones_and_a_request_by_address(resident: Resident) -> None:
    await resident.opens()
    await resident.presses("Не даю согласия")
    told = await resident.hears("личных данных не храним")
    assert "+7 495 000-00-02" in told.text
    assert told.buttons == [
        "Заявка по дому", "Мои заявки", "Вопросы и ответы", "Телефоны", "Согласен",
    ]  # fmt: skip
    await resident.presses("Телефоны")
    phones = await resident.hears("Диспетчер: +7 495 000-00-01")
    assert "112" in phones.text


async def test_who_refused_may_change_their_mind(resident: Resident, world: World) -> None:
    await resident.opens()
    await resident.presses("Не даю согласия", "Согласен", "Садовый")
    await resident.hears("ул. Садовая, 5. Какой номер")
    assert [note.details["given"] for note in await world.audit("consent")] == [False, True]


@pytest.mark.parametrize("word", ["/new", "Новая заявка", "оператор", "Настройки"])
async def test_what_needs_consent_says_so_and_gives_the_phone(
    resident: Resident, word: str
) -> None:
    await resident.opens()
    await resident.presses("Не даю согласия")
    await resident.says(word)
    told = await resident.hears("нужно ваше согласие")
    assert "+7 495 000-00-01" in told.text
    asked = await resident.hears("Вы согласны")
    assert "Здравствуйте" not in "".join(line.text for line in await resident.unread())
    assert asked.buttons == ["Согласен", "Не даю согласия", "У меня есть код"]


@pytest.mark.parametrize("word", ["да", "Согласна!", "СОГЛАСЕН"])
async def test_consent_may_be_typed(resident: Resident, word: str) -> None:
    await resident.opens("sadovaya-5")
    await resident.says(word)
    await resident.hears("Какой номер квартиры?")


async def test_refusal_may_be_typed(resident: Resident) -> None:
    await resident.opens()
    await resident.says("не согласна")
    await resident.hears("личных данных не храним")


async def test_a_new_version_of_the_text_is_asked_again_and_nothing_else(
    resident: Resident, world: World
) -> None:
    await resident.settles_in()
    await world.changes_company(
        lambda text: text.replace('version: "1"', 'version: "2"').replace("Вы согласны", "Согласны")
    )
    await resident.says("/menu")
    await resident.hears("Мы обновили текст согласия")
    await resident.hears("Согласны?")
    assert "Здравствуйте" not in (await resident.reads()).split("обновили")[1]
    await resident.presses("Согласен")
    await resident.hears("Чем помочь?")


async def test_a_button_of_the_old_version_does_not_agree_to_the_new(
    resident: Resident, world: World
) -> None:
    await resident.opens()
    old = await resident.hears("Вы согласны")
    await world.changes_company(lambda text: text.replace('version: "1"', 'version: "2"'))
    await resident.presses_under(old, "Согласен")
    await resident.hears("Вы согласны")
    assert await world.count(ConsentRecord) == 0


async def test_consent_is_withdrawn_with_name_phone_and_address(
    resident: Resident, world: World
) -> None:
    await resident.settles_in()
    await resident.presses("Настройки", "Отозвать согласие")
    await resident.hears("Точно?")
    await resident.presses("Да, отозвать")
    told = await resident.hears("Согласие отозвано")
    assert told.buttons == [
        "Заявка по дому", "Мои заявки", "Вопросы и ответы", "Телефоны", "Согласен",
    ]  # fmt: skip
    async with world.app.db.session() as session:
        row = await session.get(ResidentRow, 1)
    assert row is not None
    assert (row.name, row.phone) == (None, None)
    await resident.presses("Согласен")
    await resident.hears("В каком вы жилом комплексе?")


async def test_withdrawing_may_be_thought_better_of(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.presses("Настройки", "Отозвать согласие", "Оставить как есть")
    await resident.hears("Чем помочь?")
    assert len(await world.audit("consent")) == 1


async def test_words_said_before_the_consent_are_not_lost(resident: Resident) -> None:
    await resident.opens("sadovaya-5")
    await resident.hears("Вы согласны")
    await resident.says("Капает кран на кухне")
    told = await resident.hears("Ваше сообщение запомнили")
    assert "+7 495 000-00-02" in told.text
    await resident.presses("Согласен")
    await resident.says("4")
    await resident.says("Мария")
    await resident.presses("Пропустить")
    await resident.hears("Мария, рады знакомству!")
    asked = await resident.hears("«Капает кран на кухне»")
    assert asked.buttons == ["Да, заявка: Сантехника", "Другая тема", "Написать диспетчеру"]
    await resident.presses("Другая тема")
    await resident.hears("К чему это отнести?")
    await resident.presses("Сантехника", "Капает кран", "Как можно скорее", "Пропустить")
    await resident.hears("«Капает кран на кухне»")


async def test_words_said_before_a_refusal_serve_the_request_by_address(
    resident: Resident,
) -> None:
    await resident.opens("sadovaya-5")
    await resident.says("Лифт встал на третьем")
    await resident.presses("Не даю согласия", "Заявка по дому")
    await resident.hears("К чему это отнести?")
    await resident.presses("Лифт", "Не работает")
    preview = await resident.hears("Проверьте")
    assert "Лифт встал на третьем" in preview.text
    assert "ул. Садовая, 5" in preview.text


async def test_the_menu_of_a_stranger_is_the_question_of_consent(resident: Resident) -> None:
    await resident.opens()
    await resident.says("/menu")
    await resident.hears("нажмите, пожалуйста, одну из кнопок")
    assert "не храним" not in await resident.reads()


async def test_consent_pressed_twice_goes_on_once(resident: Resident) -> None:
    await resident.opens("sadovaya-5")
    asked = await resident.hears("Вы согласны")
    await resident.presses_under(asked, "Согласен")
    await resident.presses_under(asked, "Согласен")
    await resident.hears("Какой номер квартиры?")
    await resident.hears_nothing()


@pytest.mark.only("vk")
async def test_a_link_counts_on_an_ordinary_first_message_too(resident: Resident) -> None:
    """Whoever has no «Начать» button writes a word, and the link's `ref` comes with it."""
    await resident.driver.user.says("Добрый день", ref="sosnovaya-1")  # type: ignore[attr-defined]
    await resident.presses("Согласен")
    await resident.hears("ул. Сосновая, 1")
