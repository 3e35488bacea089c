"""Limits: ten requests a day, two alike, twenty messages a minute; emergencies know none."""

from __future__ import annotations

import asyncio

from sqlalchemy import func, select

from services.tables import Message, Ticket
from tests.support.people import Member, Resident
from tests.support.world import World


async def files_many(world: World, resident: Resident, count: int, *, emergency: bool) -> None:
    """As many requests of different kinds, without the dialogue of each."""
    await world.settled()
    async with world.app.db.work() as work:
        from services.access import AsResident
        from services.tables import Contact
        from services.tickets import Where

        contact = await work.session.scalar(select(Contact))
        assert contact is not None
        viewer = AsResident(contact.resident_id, contact.id)
        (place, *_) = await work.people.places(viewer)
        category = await work.company.category("flood" if emergency else "other")
        for number in range(count):
            kind = category.model_copy(update={"title": f"Дело {number}"})
            room = await work.rooms.of_complex(place.complex_id)
            thread = await work.threads.open(viewer, room, kind.title, home_id=place.home_id)
            await work.tickets.file(thread, kind, Where.of(place, "дом"), "дело", [], "web")


async def count_tickets(world: World) -> int:
    await world.settled()
    return await world.count(Ticket)


async def floods(resident: Resident, words: str) -> None:
    """More than twenty within a minute, and less than the page on the site takes in ten seconds."""
    for number in range(22):
        await resident.says(words.format(number))


async def test_the_third_alike_goes_into_one_of_those(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.files("Лифт стоит")
    await resident.files("Лифт стоит и гудит")
    await resident.presses("Новая заявка")
    await resident.says("Лифт теперь ещё и мигает")
    await resident.presses("Лифт", "Не работает", "Отправить")
    told = await resident.hears("уже есть заявки о том же: №1001 и №1002")
    assert "+7 495 000-00-01" in told.text
    assert told.buttons == ["№1001 Лифт", "№1002 Лифт", "В меню"]
    assert await count_tickets(world) == 2
    await resident.presses("№1001 Лифт")
    await resident.hears("Добавили к заявке")
    await member.sees(await member.finds("№1001"), "Лифт теперь ещё и мигает")


async def test_what_was_only_pressed_is_not_lost_either(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    for _ in range(3):
        await resident.presses("Новая заявка", "Шум", "Ремонт")
        await resident.says("Сверху")
        await resident.presses("Отправить")
    await resident.hears("уже есть заявки о том же")
    await resident.presses("№1002 Шум")
    await member.sees(await member.finds("№1002"), "Откуда слышно: Сверху")


async def test_alike_is_forgotten_a_day_after_it_ended(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.files()
    await resident.files()
    await world.waits(days=3)
    await resident.presses("Новая заявка", "Лифт")
    await resident.says("Стоит")
    await resident.presses("Не работает", "Отправить")
    await resident.hears("уже есть заявки о том же")  # both are open still
    await member.says("/close", await member.finds("№1001"))
    await resident.hears("Сделали")
    await resident.files()
    assert await count_tickets(world) == 3


async def test_the_eleventh_of_a_day(resident: Resident, member: Member, world: World) -> None:
    await resident.settles_in()
    await files_many(world, resident, 10, emergency=False)
    await resident.presses("Новая заявка")
    await resident.says("Лифт стоит")
    await resident.presses("Лифт", "Не работает", "Отправить")
    told = await resident.hears("За сутки принимаем не больше 10 заявок от одного человека")
    assert "+7 495 000-00-01" in told.text
    assert "Аварии принимаем всегда" in told.text
    assert await count_tickets(world) == 10
    await resident.presses("№1010 Дело 9")
    await member.sees(await member.finds("№1010"), "Лифт стоит")
    await world.waits(days=1, minutes=1)
    await resident.files()
    assert await count_tickets(world) == 11


async def test_an_emergency_is_never_limited(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await files_many(world, resident, 10, emergency=False)
    for _ in range(3):
        await resident.presses("Новая заявка", "Авария", "Затопление")
        await resident.hears("Позвоните прямо сейчас")
    assert await count_tickets(world) == 13


async def test_emergencies_do_not_use_up_the_day(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await files_many(world, resident, 20, emergency=True)
    await resident.files()
    assert await count_tickets(world) == 21


# ── Floods ───────────────────────────────────────────────────────────────────

FOLDING = "Вижу, что сообщений много — собираю их в одно, диспетчер увидит все"


async def test_a_flood_is_kept_and_answered_once(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await floods(resident, "слово {}")
    told = await resident.hears(FOLDING)
    assert "+7 495 000-00-02" in told.text
    await resident.hears_nothing()
    async with world.app.db.session() as session:
        kept = await session.scalar(
            select(func.count()).select_from(Message).where(Message.text.like("слово %"))
        )
    assert kept == 22
    thread = await member.finds("Мария")
    await member.sees(thread, "слово 21")
    await world.waits(minutes=15)
    await resident.says("Отбой")
    await resident.hears("Передали диспетчеру")


async def test_in_a_flood_presses_and_danger_are_answered(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await floods(resident, "слово {}")
    await resident.hears(FOLDING)
    if resident.driver.name == "web":
        await asyncio.sleep(10)  # the page's own limit
    await resident.presses("Мои заявки")
    await resident.hears("Заявок пока нет")
    await resident.says("На лестнице пожар!")
    await resident.hears("Огонь или дым")
    await resident.presses("Новая заявка", "Авария", "Затопление")
    await resident.hears("Позвоните прямо сейчас")


async def test_a_flood_outside_of_a_conversation_asks_once(
    resident: Resident,
) -> None:
    await resident.settles_in()
    await floods(resident, "слово {}")
    await resident.hears("Вижу, что сообщений много")
    await resident.hears_nothing()
    await resident.presses("Написать диспетчеру")
    await resident.hears("Передали диспетчеру")


async def test_a_flood_of_commands_is_not_answered_one_by_one(resident: Resident) -> None:
    await resident.settles_in()
    await floods(resident, "/help")
    await resident.hears("Вижу, что сообщений много")
    await resident.hears_nothing()
