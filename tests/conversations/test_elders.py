"""«Старший по дому»: the common requests of a house, and nothing of anybody's flat."""

from __future__ import annotations

import pytest

from tests.support.people import Member, Resident
from tests.support.world import World


async def talks(resident: Resident, member: Member) -> object:
    """A thread of a registered resident, without a request."""
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await resident.says("Хочу помогать дому")
    await resident.hears("Передали диспетчеру")
    return await member.finds("Хочу помогать")


async def becomes_elder(resident: Resident, member: Member) -> object:
    thread = await talks(resident, member)
    await member.says("/elder", thread)
    await resident.hears("Теперь вы — старший по дому ул. Садовая, 5.")
    return thread


async def test_the_role_is_given_and_taken(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await becomes_elder(resident, member)
    assert "Мой дом" in (await resident.last()).buttons
    await member.sees(thread, "Житель теперь старший по дому ул. Садовая, 5 — Анна Соколова.")
    await resident.says("Мой дом")
    await resident.hears("ул. Садовая, 5. Общих заявок сейчас нет.")
    await member.says("/who", thread)
    await member.sees(thread, "Старший по дому: ул. Садовая, 5")
    await member.says("/elder", thread)
    gone = await resident.hears("Вы больше не старший по дому ул. Садовая, 5.")
    assert "Мой дом" not in gone.buttons
    await member.sees(thread, "Житель больше не старший по дому")
    await resident.says("/menu")
    assert "Мой дом" not in (await resident.hears("Чем помочь?")).buttons
    await resident.forges("menu/house")
    await resident.hears("Не нашли этого")
    assert len(await world.audit("elder")) == len(await world.audit("no elder")) == 1


async def test_common_requests_are_shown_and_no_flats(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await becomes_elder(resident, member)
    neighbour = world.resident("Игорь")
    await neighbour.settles_in("sadovaya-5", "5", "Игорь")
    await neighbour.files("Лифт стоит, я Игорь")
    await neighbour.presses("Новая заявка")
    await neighbour.says("Капает кран у меня в ванной")
    await neighbour.presses("Сантехника", "Капает кран", "Завтра утром", "Пропустить", "Отправить")
    assert await neighbour.gets_number() == "1002"
    elsewhere = world.resident("Чужой")
    await elsewhere.settles_in("sosnovaya-3", "5", "Чужой")
    assert await elsewhere.files() == "1003"
    nameless = world.resident("Тайный")
    await nameless.opens("sadovaya-5")
    await nameless.presses("Не даю согласия", "Заявка по дому")
    await nameless.says("Темно")
    await nameless.presses("Лифт", "Шумит", "Отправить")
    await nameless.gets_number()
    await member.says("/close", await member.finds("№1001"))
    await resident.forgets()
    await resident.says("Мой дом")
    shown = await resident.hears("ул. Садовая, 5. Общие заявки: ")
    assert "№1001 Лифт: выполнена" in shown.text
    assert "№1004 Лифт: новая" in shown.text
    assert "№1002" not in shown.text
    assert "№1003" not in shown.text
    for secret in ("Игорь", "кв.", "Сантехника", "Капает", "Сосновая"):
        assert secret not in shown.text
    assert thread is not None


async def test_open_ones_are_counted_with_their_terms(
    resident: Resident, member: Member, world: World
) -> None:
    await becomes_elder(resident, member)
    neighbour = world.resident("Игорь")
    await neighbour.settles_in("sadovaya-5", "5", "Игорь")
    await neighbour.files()
    await resident.says("Мой дом")
    shown = await resident.hears("Общие заявки: 1 открытая.")
    assert shown.text.splitlines()[1] == "№1001 Лифт: новая, срок завтра в 11:00"
    await world.waits(days=2)
    await resident.forgets()
    await resident.says("Мой дом")
    await resident.hears("Общие заявки: 1 открытая, из них с истёкшим сроком 1.")


async def test_the_words_of_others_are_words(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await resident.says("Мой дом")
    await resident.hears("Передали диспетчеру")
    await member.finds("Мой дом")


async def test_whoever_gave_no_consent_is_no_elder(resident: Resident, member: Member) -> None:
    await resident.opens("sadovaya-5")
    await resident.presses("Не даю согласия", "Заявка по дому")
    await resident.says("Темно")
    await resident.presses("Лифт", "Шумит", "Отправить")
    await resident.gets_number()
    thread = await member.finds("№1001")
    await resident.forgets()
    await member.says("/elder", thread)
    await member.sees(thread, "Старшим по дому может быть только житель, который назвал имя")
    await resident.hears_nothing()


@pytest.mark.only("telegram")
@pytest.mark.rooms("forum")
async def test_an_executor_appoints_nobody(
    resident: Resident, member: Member, world: World
) -> None:
    assert world.group is not None
    thread = await talks(resident, member)
    master = world.sits_in(world.group, "Пётр", 503)
    await master.says("/elder", thread)
    await member.sees(thread, "Назначать старшего по дому могут диспетчер, управляющий")
    assert [note.about for note in await world.audit("refused")] == ["/elder"]
