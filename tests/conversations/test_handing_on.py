"""A conversation goes to another complex's room, with all that was said; threads dealt out."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from tests.support.people import Member, Resident
from tests.support.telegram import Group
from tests.support.world import World

pytestmark = [pytest.mark.only("web"), pytest.mark.rooms("forum")]
TITLE = "Сосновая диспетчерская"


@pytest_asyncio.fixture
async def other(world: World) -> Group:
    """The room of «Сосновый бор»; «Садовый» stays with «Диспетчерская»."""
    assert world.tg is not None
    group = world.tg.forum(TITLE)
    room = f"  - {{code: pines, title: {TITLE}, telegram: {group.id}}}"

    def change(text: str) -> str:
        text = text.replace("title: Диспетчерская}", f"title: Диспетчерская}}\n{room}")
        return text.replace("  - code: bor\n", "  - code: bor\n    room: pines\n")

    await world.changes_company(change)
    return group


@pytest.fixture
def vera(world: World, other: Group) -> Member:
    """She works in the other room alone."""
    return world.sits_in(other, "Вера", 700)


async def filed(resident: Resident, member: Member) -> Any:
    await resident.settles_in()
    await resident.files()
    return await member.finds("№1001")


async def texts(member: Member, thread: Any) -> list[str]:
    await member.reads(thread)
    return [line.text for line in await member.driver.look(thread)]


@pytest.mark.parametrize("words", ["pines", "сосновая", "«Сосновая диспетчерская»"])
async def test_another_room_gets_it_with_all_that_was_said(
    resident: Resident, member: Member, vera: Member, world: World, words: str
) -> None:
    topic = await filed(resident, member)
    await resident.says("Кабина на третьем")
    await member.says("Уже смотрим", topic)
    await member.says("// ключ у консьержа", topic)
    await member.sees(topic, "Кабина на третьем")
    await member.says(f"/assign комната {words}", topic)
    await member.sees(topic, f"Передано в «{TITLE}» — Анна Соколова. Отвечают теперь там.")
    theirs = await vera.finds("№1001")
    assert theirs.name == "№1001 Лифт · ул. Садовая, 5, кв. 4"
    shown = "\n".join(await texts(vera, theirs))
    for said in ("Передано из «Диспетчерская»", "Заявка №1001", "Лифт стоит", "Кабина на третьем",
                 "Уже смотрим", "ключ у консьержа"):  # fmt: skip
        assert said in shown, shown
    assert topic.name == "№1001 Лифт · ул. Садовая, 5, кв. 4"
    before = await texts(member, topic)
    await resident.hears("Уже смотрим")
    await resident.says("И свет моргает")
    await vera.sees(theirs, "И свет моргает")
    await vera.says("Выезжаем", theirs)
    answer = await resident.hears("Выезжаем")
    assert answer.text.startswith("Вера, диспетчер")
    assert await texts(member, topic) == before
    desk = await world.member("anna", at_desk=True)
    assert "Выезжаем" in await desk.reads(await desk.finds("№1001"))


async def test_the_old_rooms_own_members_are_told_that_it_moved(
    resident: Resident, member: Member, vera: Member, world: World
) -> None:
    assert world.group is not None
    boris = world.sits_in(world.group, "Борис", 600)
    topic = await filed(resident, member)
    await boris.says("Уже смотрим", topic)
    await resident.hears("Уже смотрим")
    await boris.says("/assign комната pines", topic)
    await boris.sees(topic, f"Передано в «{TITLE}» — Борис.")
    await resident.forgets()
    await boris.says("И ещё кое-что", topic)
    await boris.sees(topic, "Это обращение передано в другую комнату: здесь ничего не сделано")
    await resident.hears_nothing()
    theirs = await vera.finds("№1001")
    await vera.says("/assign комната main", theirs)
    await boris.sees(topic, f"Передано из «{TITLE}» — Вера.")
    await boris.says("Снова мы", topic)
    await resident.hears("Снова мы")


async def test_rooms_that_do_not_fit(resident: Resident, member: Member, other: Group) -> None:
    topic = await filed(resident, member)
    await member.says("/assign комната", topic)
    await member.sees(topic, f"В какую? Есть: {TITLE} (pines).")
    await member.says("/assign комната Берёзовая", topic)
    await member.sees(topic, f"Комнаты «Берёзовая» нет. Есть: {TITLE} (pines).")
    await member.says("/assign комната main", topic)
    await member.sees(topic, "Комнаты «main» нет.")


async def test_an_executor_keeps_it_in_its_room(
    resident: Resident, member: Member, other: Group, world: World
) -> None:
    topic = await filed(resident, member)
    assert world.group is not None
    petr = world.sits_in(world.group, "Пётр", 503)
    await petr.says("/assign комната pines", topic)
    await petr.sees(topic, "В другую комнату обращение передаёт диспетчер.")


async def test_new_ones_are_dealt_out_and_stand_under_the_name(
    resident: Resident, member: Member, world: World
) -> None:
    await world.changes_company(
        lambda text: text.replace(
            "{code: main, title: Диспетчерская}",
            "{code: main, title: Диспетчерская, dealing: turn}",
        )
    )
    first = await filed(resident, member)
    assert first.names == ["№1001 Лифт · ул. Садовая, 5, кв. 4"]  # nobody is there yet
    await member.says("Доброе утро, смотрим", first)
    await resident.hears("смотрим")
    neighbour = world.resident("Пётр")
    await neighbour.settles_in(flat="5", name="Пётр")
    await neighbour.files("Тоже лифт")
    second = await member.finds("№1002")
    assert second.names == ["🙋 Анна · №1002 Лифт · ул. Садовая, 5, кв. 5"]
    await member.sees(second, "Занимается: Анна Соколова")
