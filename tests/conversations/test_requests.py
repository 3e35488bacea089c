"""«Новая заявка»: words first, category first, photos, voice; the forms; the receipt."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from services.tables import Message, Ticket
from tests.support.people import Member, Resident
from tests.support.world import World


async def ticket(world: World) -> Ticket:
    await world.settled()
    async with world.app.db.session() as session:
        found = await session.scalar(select(Ticket).order_by(Ticket.id.desc()).limit(1))
    assert found is not None
    return found


async def first_message(world: World) -> Message:
    await world.settled()
    async with world.app.db.session() as session:
        found = await session.scalar(
            select(Message).where(Message.by == "resident").order_by(Message.id).limit(1)
        )
    assert found is not None
    return found


async def test_words_first(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    asked = await resident.hears("Что случилось? Напишите своими словами")
    assert asked.rows == [
        ["🚨 Авария"],
        ["Сантехника", "Лифт"],
        ["Шум", "Другое"],
        ["Отмена"],
    ]
    await resident.says("Капает кран на кухне")
    await resident.hears("Поняли. К чему это отнести?")
    await resident.presses("Сантехника")
    asked = await resident.hears("Что именно?")
    assert asked.rows == [["Капает кран", "Засор"], ["Унитаз"], ["Назад", "Отмена"]]
    await resident.presses("Капает кран")
    asked = await resident.hears("Когда удобно впустить мастера?")
    assert asked.rows == [
        ["Как можно скорее", "Сегодня днём"],
        ["Сегодня вечером", "Завтра утром"],
        ["Завтра днём", "Завтра вечером"],
        ["Назад", "Отмена"],
    ]
    await resident.presses("Завтра утром")
    await resident.hears("Пришлите фото")
    await resident.presses("Пропустить")
    preview = await resident.hears("Проверьте, всё ли верно")
    assert preview.text.splitlines()[2:] == [
        "Сантехника",
        "ул. Садовая, 5, кв. 4",
        "«Капает кран на кухне»",
        "Что именно: Капает кран",
        "Когда удобно впустить мастера: Завтра утром",
    ]
    await resident.presses("Отправить")
    receipt = await resident.hears("Заявка №1001 принята")
    assert receipt.text.splitlines() == [
        "Заявка №1001 принята",
        "Сантехника, ул. Садовая, 5, кв. 4.",
        "Приняли сегодня в 11:00, сделаем до: 7 марта в 11:00.",
        "Телефон диспетчера: +7 495 000-00-01.",
        "",
        "Пока ждёте. Подставьте таз. Телефон диспетчера +7 495 000-00-01.",
        "",
        "Ответ придёт сюда. Захотите что-то добавить — просто напишите.",
    ]
    assert (await ticket(world)).text == "Капает кран на кухне"


async def test_category_first(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка", "Сантехника")
    await resident.hears("Расскажите в двух словах")
    await resident.says("Засор на кухне")
    await resident.presses("Засор", "Как можно скорее", "Пропустить")
    await resident.hears("«Засор на кухне»")
    await resident.presses("Отправить")
    await resident.hears("Заявка №1001")
    assert (await ticket(world)).text == "Засор на кухне"
    assert (resident.presses_made, resident.sentences_said) == (6, 1)


async def test_photo_first_and_no_photo_is_asked_for_again(
    resident: Resident, world: World
) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.sends_photo("Вот так капает")
    await resident.presses("Сантехника", "Капает кран", "Как можно скорее")
    preview = await resident.hears("Проверьте")
    assert "«Вот так капает»" in preview.text
    assert "Приложено файлов: 1" in preview.text
    assert "Пришлите фото" not in await resident.reads()
    await resident.presses("Отправить")
    await resident.hears("Заявка №1001")
    assert [a["kind"] for a in (await first_message(world)).attachments] == ["photo"]


async def test_an_album_is_one_message(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.sends_album(3, "Потолок, стена и пол")
    asked = await resident.hears("К чему это отнести?")
    assert len([line for line in await resident.unread() if "отнести" in line.text]) == 0
    await resident.presses("Другое", "Отправить")
    await resident.hears("Заявка №1001")
    said = await first_message(world)
    assert said.text == "Потолок, стена и пол"
    assert len(said.attachments) == 3
    assert asked.buttons


@pytest.mark.needs("voices")
async def test_a_voice_without_words_goes_to_staff_as_it_is(
    resident: Resident, member: Member
) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.sends_voice()
    await resident.presses("Лифт", "Не работает", "Отправить")
    await resident.hears("Заявка №1001")
    thread = await member.finds("№1001")
    assert "voice" in await member.reads(thread)


async def test_the_word_for_a_category_is_the_category(resident: Resident) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.says("сантехника")
    await resident.hears("Расскажите в двух словах")


async def test_a_number_is_the_button_of_that_number(resident: Resident) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.says("3")  # Авария, Сантехника, Лифт
    await resident.hears("Расскажите в двух словах")
    await resident.says("Едет и дёргается")
    await resident.says("2")
    await resident.hears("Что с лифтом: Шумит")
    await resident.says("да")
    await resident.hears("Заявка №1001")


async def test_a_complex_has_categories_of_its_own(resident: Resident, world: World) -> None:
    await resident.settles_in("sadovaya-5")
    await resident.presses("Новая заявка")
    assert "Шлагбаум" not in (await resident.hears("Что случилось")).buttons
    neighbour = world.resident("Игорь")
    await neighbour.settles_in("sosnovaya-1")
    await neighbour.presses("Новая заявка")
    assert "Шлагбаум" in (await neighbour.hears("Что случилось")).buttons


async def test_a_form_that_asks_for_words_asks_once(resident: Resident, world: World) -> None:
    await resident.settles_in("sosnovaya-1")
    await resident.presses("Новая заявка", "Шлагбаум")
    await resident.hears("Номер машины?")
    await resident.says("А123ВС")
    preview = await resident.hears("Проверьте")
    assert "Номер машины: А123ВС" in preview.text
    assert "двух словах" not in await resident.reads()


async def test_after_words_a_question_for_words_may_be_skipped(resident: Resident) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.says("Сверлят ночью над нами")
    await resident.presses("Шум", "Ремонт")
    asked = await resident.hears("Откуда слышно?")
    assert "Пропустить" in asked.buttons
    await resident.presses("Пропустить")
    await resident.hears("«Сверлят ночью над нами»")


async def test_a_choice_takes_other_words(resident: Resident) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.says("Сломалось")
    await resident.presses("Сантехника")
    await resident.says("Отвалилась ручка у крана")
    await resident.says("после шести")
    await resident.presses("Пропустить")
    preview = await resident.hears("Проверьте")
    assert "Что именно: Отвалилась ручка у крана" in preview.text
    assert "Когда удобно впустить мастера: после шести" in preview.text


async def test_several_photos_until_further(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.says("Капает")
    await resident.presses("Сантехника", "Капает кран", "Как можно скорее")
    await resident.sends_photo()
    asked = await resident.hears("Получили, всего файлов: 1")
    assert asked.rows == [["Дальше"], ["Назад", "Отмена"]]
    await resident.sends_photo("ближе")
    await resident.hears("всего файлов: 2")
    await resident.presses("Дальше")
    preview = await resident.hears("Проверьте")
    assert "Приложено файлов: 2" in preview.text
    assert "ближе" in preview.text


async def test_people_tell_in_several_messages(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.says("Здравствуйте")
    await resident.says("У нас капает кран")
    await resident.hears("Добавили. К чему это отнести?")
    await resident.sends_photo()
    await resident.presses("Сантехника")
    await resident.sends_photo()
    await resident.hears("Добавили. Что именно?")
    await resident.presses("Капает кран", "Как можно скорее")
    await resident.hears("Проверьте")
    await resident.says("И на кухне тоже")
    preview = await resident.hears("Проверьте")
    assert "«Здравствуйте\nУ нас капает кран\nИ на кухне тоже»" in preview.text
    assert "Приложено файлов: 2" in preview.text
    await resident.presses("Отправить")
    await resident.hears("Заявка №1001")
    assert len((await first_message(world)).attachments) == 2


async def test_the_same_words_twice_stay_once(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.says("Не работает лифт")
    await resident.says("Не работает лифт")
    await resident.presses("Лифт", "Не работает", "Отправить")
    await resident.hears("Заявка №1001")
    assert (await ticket(world)).text == "Не работает лифт"
    assert await world.count(Ticket) == 1


async def test_back_at_every_step(resident: Resident) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.says("Капает")
    await resident.presses("Сантехника", "Засор", "Как можно скорее", "Пропустить")
    await resident.hears("Проверьте")
    for question in ("Пришлите фото", "Когда удобно", "Что именно?", "К чему это отнести?"):
        await resident.presses("Назад")
        await resident.hears(question)
    await resident.presses("Назад")
    first = await resident.hears("Что случилось?")
    assert "Назад" not in first.buttons


@pytest.mark.parametrize("steps", range(6))
async def test_giving_up_at_every_step(resident: Resident, world: World, steps: int) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    way = ["Сантехника", "words", "Засор", "Как можно скорее", "Пропустить"]
    for step in way[:steps]:
        if step == "words":
            await resident.says("Засор на кухне")
        else:
            await resident.presses(step)
    await resident.presses("Отмена")
    menu = await resident.hears("Хорошо, отменили. Ничего не отправлено.")
    assert "Новая заявка" in menu.buttons
    assert await world.count(Ticket) == 0


async def test_cancel_by_command_and_by_word(resident: Resident) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.says("/cancel")
    await resident.hears("Хорошо, отменили")
    await resident.says("/cancel")
    await resident.hears("Отменять нечего")
    await resident.presses("Новая заявка")
    await resident.says("отмена")
    await resident.hears("Хорошо, отменили")


async def test_a_menu_button_leaves_a_request_behind(resident: Resident, world: World) -> None:
    """It is no description of what happened."""
    await resident.settles_in()
    await resident.presses("Новая заявка", "Мои заявки")
    await resident.hears("Заявок пока нет")
    await resident.presses("Новая заявка")
    await resident.says("оператор")
    await resident.hears("Пишите, передадим диспетчеру")


async def test_the_first_question_pressed_for_twice_works_in_both_places(
    resident: Resident, world: World
) -> None:
    await resident.settles_in()
    menu = await resident.last()
    await resident.presses_under(menu, "Новая заявка")
    await resident.presses_under(menu, "Новая заявка")
    first = await resident.hears("Что случилось?")
    await resident.hears("Что случилось?")
    await resident.presses_under(first, "Лифт")
    await resident.hears("Расскажите в двух словах")


async def test_sent_twice_is_filed_once(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.says("Лифт стоит")
    await resident.presses("Лифт", "Не работает")
    preview = await resident.hears("Проверьте")
    await resident.presses_under(preview, "Отправить")
    await resident.presses_under(preview, "Отправить")
    await resident.hears("Заявка №1001")
    await resident.hears_nothing()
    assert await world.count(Ticket) == 1


async def test_a_category_pressed_twice_is_asked_on_once(resident: Resident) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    asked = await resident.hears("Что случилось?")
    await resident.presses_under(asked, "Лифт")
    await resident.presses_under(asked, "Лифт")
    await resident.hears("Расскажите в двух словах")
    await resident.hears_nothing()


async def test_another_category_under_the_older_question(resident: Resident) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.says("Стучит что-то")
    asked = await resident.hears("К чему это отнести?")
    await resident.presses("Лифт")
    await resident.hears("Что с лифтом?")
    await resident.presses_under(asked, "Шум")
    await resident.hears("Что шумит?")
    await resident.presses("Музыка", "Пропустить")
    preview = await resident.hears("Проверьте")
    assert "«Стучит что-то»" in preview.text


@pytest.mark.needs("edits")
async def test_an_edit_of_what_is_not_sent_yet(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.says("Кадаёт кран")
    await resident.presses("Сантехника", "Капает кран", "Как можно скорее", "Пропустить")
    await resident.hears("«Кадаёт кран»")
    await resident.edits("Кадаёт", "Капает кран")
    await resident.hears("«Капает кран»")
    await resident.presses("Отправить")
    await resident.hears("Заявка №1001")
    assert (await ticket(world)).text == "Капает кран"


# ── Emergencies ──────────────────────────────────────────────────────────────


async def test_an_emergency_is_filed_at_once_and_told_the_phone_first(
    resident: Resident, world: World
) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка", "Авария")
    asked = await resident.hears("Если опасно, сразу звоните: +7 495 000-00-02")
    assert asked.rows[:2] == [["🚨 Затопление"], ["🚨 Пахнет газом"]]
    await resident.presses("Затопление")
    receipt = await resident.hears("Заявка №1001 принята")
    lines = receipt.text.splitlines()
    assert lines[1] == "Позвоните прямо сейчас: +7 495 000-00-02."
    assert "Перекройте воду на вводе." in receipt.text
    assert "затопление, ул. Садовая, 5, кв. 4" in receipt.text
    assert (await ticket(world)).emergency
    assert resident.presses_made == 3


async def test_what_follows_an_emergency_is_added_to_it(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка", "Авария", "Затопление")
    await resident.hears("Напишите сюда, что и где происходит")
    await resident.says("Льёт с потолка в ванной")
    await resident.hears("Добавили к заявке")
    thread = await member.finds("№1001")
    await member.sees(thread, "Льёт с потолка в ванной")


async def test_an_emergency_after_words_asks_nothing_more(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.says("Труба в ванной гудит и дрожит")
    await resident.presses("Авария", "Затопление")
    await resident.hears("Позвоните прямо сейчас")
    assert (await ticket(world)).text == "Труба в ванной гудит и дрожит"


async def test_back_from_the_emergencies(resident: Resident) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка", "Авария", "К началу списка")
    asked = await resident.hears("Что случилось? Напишите")
    assert "Сантехника" in asked.buttons


# ── Several homes ────────────────────────────────────────────────────────────


async def settles_in_two_places(resident: Resident) -> None:
    await resident.settles_in("sadovaya-5", "4")
    await resident.presses("Настройки", "Добавить адрес", "Сосновый бор", "ул. Сосновая, 3")
    await resident.says("7")
    await resident.hears("Добавили: ул. Сосновая, 3, кв. 7.")


async def test_another_address_before_sending(resident: Resident, world: World) -> None:
    await settles_in_two_places(resident)
    await resident.presses("Новая заявка")
    await resident.says("Лифт стоит")
    await resident.presses("Лифт", "Не работает")
    preview = await resident.hears("Проверьте")
    assert "ул. Сосновая, 3, кв. 7" in preview.text
    assert preview.rows == [["Отправить"], ["Другой адрес"], ["Назад", "Отмена"]]
    await resident.presses("Другой адрес")
    asked = await resident.hears("По какому адресу?")
    assert asked.rows[:2] == [["ул. Садовая, 5, кв. 4"], ["ул. Сосновая, 3, кв. 7"]]
    await resident.presses("ул. Садовая, 5, кв. 4")
    preview = await resident.hears("Проверьте")
    assert "ул. Садовая, 5, кв. 4" in preview.text
    await resident.presses("Отправить")
    await resident.hears("Заявка №1001")
    assert (await ticket(world)).place == "ул. Садовая, 5, кв. 4"


async def test_the_next_request_is_about_the_home_of_the_last_one(resident: Resident) -> None:
    await settles_in_two_places(resident)
    await resident.presses("Новая заявка")
    await resident.says("Лифт стоит")
    await resident.presses("Лифт", "Не работает", "Другой адрес", "ул. Садовая, 5, кв. 4")
    await resident.presses("Отправить", "Новая заявка")
    await resident.says("Опять")
    await resident.presses("Лифт", "Не работает")
    await resident.hears("Заявка №1001")
    preview = await resident.hears("Проверьте")
    assert "ул. Садовая, 5, кв. 4" in preview.text


async def test_back_from_another_address(resident: Resident) -> None:
    await settles_in_two_places(resident)
    await resident.presses("Новая заявка")
    await resident.says("Лифт стоит")
    await resident.presses("Лифт", "Не работает", "Другой адрес")
    await resident.hears("По какому адресу?")
    await resident.presses("Назад")
    preview = await resident.hears("Проверьте")
    assert "ул. Сосновая, 3, кв. 7" in preview.text


async def test_a_category_the_other_address_lacks_is_chosen_anew(resident: Resident) -> None:
    await settles_in_two_places(resident)
    await resident.presses("Новая заявка", "Шлагбаум")
    await resident.says("А123ВС")
    await resident.hears("Проверьте")
    await resident.presses("Другой адрес", "ул. Садовая, 5, кв. 4")
    asked = await resident.hears("Что случилось? Напишите")
    assert "Шлагбаум" not in asked.buttons


async def test_an_emergency_with_two_homes_asks_only_where(
    resident: Resident, world: World
) -> None:
    await settles_in_two_places(resident)
    await resident.presses("Новая заявка", "Авария", "Затопление")
    await resident.hears("По какому адресу?")
    await resident.says("Садовая")
    await resident.hears("Позвоните прямо сейчас")
    assert (await ticket(world)).place == "ул. Садовая, 5, кв. 4"


# ── By address alone ─────────────────────────────────────────────────────────


async def test_without_consent_by_address_alone(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.opens()
    await resident.presses("Не даю согласия", "Заявка по дому", "Сосновый бор", "ул. Сосновая, 1")
    asked = await resident.hears("Что случилось?")
    assert asked.buttons[:-2] == ["🚨 Авария", "Лифт", "Шлагбаум"]  # the common parts
    await resident.says("Лифт гудит по ночам")
    await resident.presses("Лифт", "Не работает")
    preview = await resident.hears("Проверьте")
    assert "ул. Сосновая, 1\n" in preview.text
    await resident.presses("Отправить")
    await resident.hears("Заявка №1001")
    thread = await member.finds("№1001")
    card = await member.reads(thread)
    assert "Лифт гудит по ночам" in card
    assert "кв." not in card
    assert "Мария" not in card
    await member.says("Выехали", thread)
    await resident.hears("Выехали")
    await resident.says("Спасибо, ждём")
    await member.sees(thread, "Спасибо, ждём")
    await resident.presses("Мои заявки")
    await resident.hears("Ваши заявки")


async def test_an_emergency_without_consent(resident: Resident, world: World) -> None:
    await resident.opens("sadovaya-5")
    await resident.presses("Не даю согласия", "Заявка по дому", "Авария", "Затопление")
    await resident.hears("Позвоните прямо сейчас")
    found = await ticket(world)
    assert (found.place, found.flat_id) == ("ул. Садовая, 5", None)


# ── Where there are many kinds ───────────────────────────────────────────────


async def test_many_houses_are_paged_to_and_fro(resident: Resident, world: World) -> None:
    houses = "".join(
        f"      - {{code: dom-{n}, address: 'ул. Новая, {n}', entrances: "
        f"[{{number: '1', floors: '1', flats: '1-4'}}]}}\n"
        for n in range(1, 21)
    )
    await world.changes_company(
        lambda text: text.replace(
            "\ncategories:", f"\n  - code: new\n    name: Новый\n    houses:\n{houses}\ncategories:"
        )
    )
    await resident.opens("new")
    await resident.presses("Согласен")
    asked = await resident.hears("Какой дом?")
    assert asked.buttons[-2:] == ["Ещё", "Отмена"]
    await resident.presses("Ещё", "Ещё")
    asked = await resident.hears("Какой дом?")
    while "ул. Новая, 20" not in asked.buttons:
        asked = await resident.hears("Какой дом?")
    assert asked.buttons[-2:] == ["К началу списка", "Отмена"]
    await resident.says("Новая 5")  # and typed, from whichever page
    await resident.hears("ул. Новая, 5. Какой номер")
