"""Organisations that do some of the work instead of us: passed on, told, asked back."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from services.tables import Ticket, TicketEvent
from tests.conversations.test_access import forge
from tests.support.drivers.telegram import InGroup
from tests.support.people import Member, Resident
from tests.support.world import World

pytestmark = [pytest.mark.only("telegram"), pytest.mark.rooms("forum")]

GENERAL: Any = None
FILE = """
organisations:
  - {code: lift, title: ООО «Лифт-Сервис», phone: "+7 495 111-22-33", remind_hours: 4}
  - {code: gas, title: Горгаз, phone: "104"}
"""


@pytest_asyncio.fixture(autouse=True)
async def organisations(world: World) -> None:
    await world.changes_company(
        lambda text: text.replace(
            "    title: Лифт\n", "    title: Лифт\n    organisation: lift\n"
        ).replace("\nmembers:", f"{FILE}\nmembers:")
    )


async def ticket_of(world: World) -> Ticket:
    await world.settled()
    async with world.app.db.session() as session:
        found = await session.scalar(select(Ticket).where(Ticket.number == 1001))
        assert found is not None
        return found


async def filed(resident: Resident, member: Member) -> Any:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.says("Лифт стоит")
    await resident.presses("Лифт", "Не работает", "Отправить")
    return await member.finds("№1001")


async def test_a_kind_of_theirs_is_passed_on_with_the_filing(
    resident: Resident, member: Member, world: World
) -> None:
    topic = await filed(resident, member)
    await resident.hears(
        "Этим занимается ООО «Лифт-Сервис», телефон +7 495 111-22-33. Передаём им вашу заявку"
    )
    card = await member.sees(
        topic, "Передать и проследить: ООО «Лифт-Сервис», +7 495 111-22-33; спросим сегодня в"
    )
    assert "Лифт" in card.text
    ticket = await ticket_of(world)
    assert ticket.organisation == "lift"
    async with world.app.db.session() as session:
        events = await session.scalars(select(TicketEvent).order_by(TicketEvent.id))
        assert [(event.what, event.after) for event in events] == [
            ("filed", "new"), ("passed", "lift"),
        ]  # fmt: skip


async def test_a_caller_is_told_their_phone_by_the_member(member: Member) -> None:
    await member.says("/new Садовая 5, +79123456789, лифт стоит", GENERAL)
    await member.sees(GENERAL, "Проверьте")
    await member.presses("Лифт", GENERAL)
    await member.sees(
        GENERAL,
        "Этим занимается ООО «Лифт-Сервис», +7 495 111-22-33: передайте им заявку и назовите их "
        "телефон жителю.",
    )


async def test_the_room_is_asked_and_asked_again(
    resident: Resident, member: Member, world: World
) -> None:
    topic = await filed(resident, member)
    await world.waits(hours=3, minutes=50)
    assert "Сделали ли?" not in await member.reads(topic)
    await world.waits(minutes=20)
    line = await member.sees(topic, "Сделали ли? Заявка №1001 (Лифт, ул. Садовая, 5, кв. 4)")
    assert "Их телефон: +7 495 111-22-33." in line.text
    assert line.buttons == ["Сделано", "Напомнить завтра"]
    await world.waits(hours=1)
    assert (await member.reads(topic)).count("Сделали ли?") == 1
    await world.waits(hours=4)
    assert (await member.reads(topic)).count("Сделали ли?") == 2


async def test_done(resident: Resident, member: Member, world: World) -> None:
    topic = await filed(resident, member)
    await world.waits(hours=4, minutes=10)
    await member.presses("Сделано", topic)
    await member.sees(topic, "Заявка №1001: выполнена — Анна Соколова.")
    await resident.hears("Сделали.")
    await world.waits(days=2)
    assert (await member.reads(topic)).count("Сделали ли?") == 1
    assert isinstance(member.driver, InGroup)
    await forge(world, member.driver.user, f"staff/later/{(await ticket_of(world)).id}")
    await member.sees(topic, "Заявка №1001 закрыта. Сначала верните её: /reopen.")


async def test_tomorrow(resident: Resident, member: Member, world: World) -> None:
    topic = await filed(resident, member)
    await world.waits(hours=4, minutes=10)
    await member.presses("Напомнить завтра", topic)
    await member.sees(topic, "Заявка №1001: спросим завтра в 10:00.")
    await world.waits(hours=8)
    assert (await member.reads(topic)).count("Сделали ли?") == 1
    await world.waits(hours=16)
    assert (await member.reads(topic)).count("Сделали ли?") == 2
    assert len(await world.audit("reminds later")) == 1


async def test_passed_on_and_back_by_hand(resident: Resident, member: Member, world: World) -> None:
    topic = await filed(resident, member)
    await resident.forgets()
    await member.says("/pass", topic)
    shown = await member.sees(topic, "Кому передать?")
    assert "/pass lift — ООО «Лифт-Сервис»\n/pass gas — Горгаз\n/pass нам" in shown.text
    await member.says("/pass нам", topic)
    await member.sees(topic, "Заявка №1001 снова наша — Анна Соколова.")
    await resident.hears("Вашей заявкой занимаемся мы сами.")
    await member.says("/pass нам", topic)
    await member.sees(topic, "Заявка №1001 и так наша.")
    await member.says("/pass горгаз", topic)
    await member.sees(topic, "Заявка №1001 передана: Горгаз, 104 — Анна Соколова.")
    await resident.hears("Вашей заявкой занимается Горгаз, телефон 104.")
    await member.says("/pass gas", topic)
    await member.sees(topic, "Заявка №1001 уже передана: Горгаз.")
    await member.says("/pass кому-нибудь", topic)
    assert (await member.reads(topic)).count("Кому передать?") == 2
    await member.says("/close", topic)
    await member.says("/pass lift", topic)
    await member.sees(topic, "Заявка №1001 закрыта. Сначала верните её")
    await member.says("/pass", GENERAL)
    await member.sees(GENERAL, "Здесь непонятно, о какой заявке речь")
    assert len(await world.audit("passed on")) == 3
