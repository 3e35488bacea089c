"""Getting to know a resident: house, flat, name, phone."""

from __future__ import annotations

import pytest

from services.tables import Home
from services.tables import Resident as ResidentRow
from tests.support.people import Member, Resident
from tests.support.world import World


async def home(world: World) -> Home:
    await world.settled()
    async with world.app.db.session() as session:
        found = await session.get(Home, 1)
    assert found is not None
    return found


async def person(world: World) -> ResidentRow:
    await world.settled()
    async with world.app.db.session() as session:
        found = await session.get(ResidentRow, 1)
    assert found is not None
    return found


async def test_the_whole_way(resident: Resident, world: World) -> None:
    await resident.opens("sosnovaya-1")
    await resident.presses("Согласен")
    await resident.says("14")
    await resident.hears("Как к вам обращаться?")
    await resident.says("Мария  Ивановна")
    asked = await resident.hears("По какому телефону вам звонить")
    assert "Пропустить" in asked.buttons
    await resident.says("8 (912) 345-67-89")
    done = await resident.hears("Мария Ивановна, рады знакомству!")
    assert "Записали ваш адрес: ул. Сосновая, 1, кв. 14." in done.text
    assert done.buttons == [
        "Новая заявка", "Мои заявки", "Вопросы и ответы", "Написать диспетчеру",
        "Отключения", "Настройки", "Лицевой счёт", "Показания", "Новости",
    ]  # fmt: skip
    row = await person(world)
    assert (row.name, row.phone) == ("Мария Ивановна", "+79123456789")
    assert (await home(world)).flat_id is not None


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("12А", "кв. 12а"),
        ("кв. 12 а", "кв. 12а"),
        ("квартира №7", "кв. 7"),
        ("м/м 3", "м/м 3"),
        ("007", "кв. 7"),
    ],
)
async def test_the_flat_may_be_written_in_many_ways(
    resident: Resident, typed: str, read: str
) -> None:
    await resident.opens("sosnovaya-1")
    await resident.presses("Согласен")
    await resident.says(typed)
    await resident.says("Мария")
    await resident.presses("Пропустить")
    await resident.hears(f"ул. Сосновая, 1, {read}.")


async def test_one_number_of_a_flat_and_a_storeroom_is_asked_about(
    resident: Resident,
) -> None:
    await resident.opens("sosnovaya-1")
    await resident.presses("Согласен")
    await resident.says("3")
    await resident.hears("Как к вам обращаться")  # parking place 3 is called "м/м 3"


async def test_a_flat_not_listed_is_taken_and_staff_are_asked(
    resident: Resident, member: Member
) -> None:
    await resident.opens("sadovaya-5")
    await resident.presses("Согласен")
    await resident.says("77")
    await resident.hears("Номера «77» в этом доме у нас нет. Проверьте, пожалуйста.")
    await resident.presses("Моей квартиры нет в списке")
    await resident.hears("Как к вам обращаться?")  # the number is not asked for again
    await resident.says("Пётр")
    await resident.presses("Пропустить")
    done = await resident.hears("Записали ваш адрес: ул. Садовая, 5, кв. 77.")
    assert "Диспетчер сверит номер" in done.text
    thread = await member.finds("кв. 77")
    await member.sees(thread, "нет в списке")
    await member.says("Пришлите, пожалуйста, фото договора", thread)
    await resident.hears("Пришлите, пожалуйста, фото договора")


async def test_a_flat_not_listed_may_simply_be_said_again(resident: Resident) -> None:
    await resident.opens("sadovaya-5")
    await resident.presses("Согласен")
    await resident.says("77")
    await resident.hears("у нас нет")
    await resident.says("77")
    await resident.hears("Как к вам обращаться?")


async def test_not_listed_is_pressed_before_any_number_was_said(resident: Resident) -> None:
    await resident.opens("sosnovaya-1")
    await resident.presses("Согласен", "Моей квартиры нет в списке")
    await resident.hears("Какой номер у вас на двери?")
    await resident.says("15б")
    asked = await resident.hears("Какой подъезд?")
    assert asked.rows[0] == ["1", "2"]
    await resident.says("2")
    await resident.hears("Как к вам обращаться?")


async def test_words_instead_of_a_flat_are_asked_for_figures(resident: Resident) -> None:
    await resident.opens("sadovaya-5")
    await resident.presses("Согласен")
    await resident.says("на третьем этаже")
    await resident.hears("номер квартиры цифрами")
    await resident.says("👍")
    await resident.hears("номер квартиры цифрами")
    await resident.says("4")
    await resident.hears("Как к вам обращаться?")


async def test_a_flat_is_never_the_number_of_a_button(resident: Resident, world: World) -> None:
    """«1» under two buttons is flat 1, not the first of them."""
    await resident.opens("sadovaya-5")
    await resident.presses("Согласен")
    await resident.hears("Какой номер квартиры")
    await resident.says("1")
    await resident.hears("Как к вам обращаться?")


@pytest.mark.needs("names")
async def test_the_name_of_the_profile_is_one_press(resident: Resident, world: World) -> None:
    await resident.opens("sadovaya-5")
    await resident.presses("Согласен")
    await resident.says("4")
    await resident.presses("Мария", "Пропустить")
    await resident.hears("Мария, рады знакомству!")


@pytest.mark.parametrize("name", ["12345", "😀😀", "А" * 61, "…"])
async def test_what_is_no_name_is_asked_again(resident: Resident, name: str) -> None:
    await resident.opens("sadovaya-5")
    await resident.presses("Согласен")
    await resident.says("4")
    await resident.says(name)
    await resident.hears("буквами и не длиннее 60 знаков")
    await resident.says("Анна-Мария")
    await resident.hears("По какому телефону")


@pytest.mark.needs("contacts")
async def test_the_phone_is_shared_by_a_button(resident: Resident, world: World) -> None:
    await resident.opens("sadovaya-5")
    await resident.presses("Согласен")
    await resident.says("4")
    await resident.says("Мария")
    asked = await resident.hears("По какому телефону")
    assert "Отправить мой номер" in asked.buttons
    await resident.shares_phone("79001234567")
    menu = await resident.hears("рады знакомству")
    assert menu.standing  # the key that shares the phone is gone
    assert (await person(world)).phone == "+79001234567"


@pytest.mark.parametrize("phone", ["нет", "123", "12345678901234567"])
async def test_a_wrong_phone_is_asked_again_and_may_be_skipped(
    resident: Resident, world: World, phone: str
) -> None:
    await resident.opens("sadovaya-5")
    await resident.presses("Согласен")
    await resident.says("4")
    await resident.says("Мария")
    await resident.says(phone)
    await resident.hears("Не похоже на номер телефона")
    await resident.presses("Пропустить")
    await resident.hears("рады знакомству")
    assert (await person(world)).phone is None


async def test_back_at_every_step(resident: Resident) -> None:
    await resident.opens()
    await resident.presses("Согласен", "Сосновый бор", "ул. Сосновая, 1")
    await resident.says("14")
    await resident.says("Мария")
    await resident.hears("По какому телефону")
    await resident.presses("Назад")
    await resident.hears("Как к вам обращаться?")
    await resident.presses("Назад")
    await resident.hears("ул. Сосновая, 1. Какой номер")
    await resident.presses("Назад")
    await resident.hears("Какой дом?")
    await resident.presses("Назад")
    first = await resident.hears("В каком вы жилом комплексе?")
    assert "Назад" not in first.buttons


async def test_an_older_question_may_be_answered_anew(resident: Resident) -> None:
    await resident.opens()
    await resident.presses("Согласен")
    first = await resident.hears("В каком вы жилом комплексе?")
    await resident.presses("Сосновый бор", "ул. Сосновая, 1")
    await resident.hears("ул. Сосновая, 1. Какой номер")
    await resident.presses_under(first, "Садовый")
    await resident.hears("ул. Садовая, 5. Какой номер")
    await resident.presses("Назад")
    await resident.hears("В каком вы жилом комплексе?")


async def test_giving_up_and_coming_back_by_a_request(resident: Resident) -> None:
    await resident.opens()
    await resident.presses("Согласен", "Отмена")
    told = await resident.hears("Хорошо, отменили")
    assert "Новая заявка" in told.buttons
    await resident.presses("Новая заявка")
    await resident.hears("Сначала запишем адрес")
    await resident.presses("Садовый")
    await resident.says("4")
    await resident.says("Мария")
    await resident.presses("Пропустить")
    await resident.hears("рады знакомству")
    await resident.hears("Что случилось?")


@pytest.mark.parametrize(
    ("complex_", "house"),
    [("сосновый бор", "ул сосновая 3"), ("бор", "3"), ("1", "2"), ("№1", "2.")],
)
async def test_labels_parts_and_numbers_are_presses(
    resident: Resident, complex_: str, house: str
) -> None:
    await resident.opens()
    await resident.presses("Согласен")
    await resident.says(complex_)
    await resident.hears("Какой дом?")
    await resident.says(house)
    await resident.hears("ул. Сосновая, 3. Какой номер")


async def test_words_that_fit_no_button_are_said_so(resident: Resident) -> None:
    await resident.opens()
    await resident.presses("Согласен")
    await resident.says("на Марсе")
    again = await resident.hears("Не понял, что выбрать")
    assert again.buttons == ["Сосновый бор", "Садовый", "Отмена"]


async def test_start_in_the_middle_begins_anew(resident: Resident) -> None:
    await resident.opens("sosnovaya-1")
    await resident.presses("Согласен")
    await resident.says("14")
    await resident.hears("Как к вам обращаться?")
    await resident.says("/start")
    await resident.hears("В каком вы жилом комплексе?")
