"""Shifts: who is on duty, what one hands over to the next. It is eleven o'clock on a Wednesday."""

from __future__ import annotations

from typing import Any

import pytest

from services.tables import Shift
from tests.support.people import Member, Resident
from tests.support.world import World

pytestmark = pytest.mark.only("telegram")
in_forum = pytest.mark.rooms("forum")


class General:
    """The room's common chat, as a thread of its own."""

    def __init__(self, world: World) -> None:
        assert world.group is not None
        self.world, self.group = world, world.group

    async def says(self, member: Member, text: str) -> str:
        """What was heard in General after it."""
        before = len(self.group.general.heard())
        await member.driver.user.says(text, chat=self.group)  # type: ignore[attr-defined]
        await self.world.settled()
        return "\n".join(post.text for post in self.group.general.heard()[before:])


@pytest.fixture
def general(world: World) -> General:
    return General(world)


@in_forum
async def test_a_shift_is_begun_and_handed_over_with_what_is_on_the_table(
    resident: Resident, member: Member, world: World, general: General
) -> None:
    assert await general.says(member, "/shift") == (
        "🟢 Смену начинает Анна Соколова.\nОткрытых обращений нет."
    )
    assert "На смене: Анна Соколова с 11:0" in await general.says(member, "/shift")
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("Мастер будет до 15:00", thread)
    await world.waits(hours=1)
    said = await general.says(member, "/shift сдать лифт ждёт мастера завтра")
    assert said == (
        "🔴 Смену сдаёт Анна Соколова.\n"
        "Открыто обращений: 1\n"
        "Обещано жителям: №1001 до 15:00\n"
        "Заметка: лифт ждёт мастера завтра"
    )
    assert "Сдавать нечего" in await general.says(member, "/shift сдать")
    await world.waits(days=1)
    said = await general.says(member, "/shift")
    assert "Прошлую смену (Анна Соколова, до 12:0" in said
    assert "4 марта) передали так: лифт ждёт мастера завтра" in said
    assert "Открыто обращений: 1" in said
    assert [each.about for each in await world.audit("shift ended")]


@in_forum
async def test_what_was_promised_without_a_request_has_a_name(
    resident: Resident, member: Member, general: General
) -> None:
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await resident.says("Когда покрасят забор?")
    thread = await member.finds("Мария")
    await member.says("Ответим до 15:00", thread)
    await member.sees_mark(thread, "Ответим до 15:00", "✍")
    said = await general.says(member, "/shift")
    assert "Обещано жителям: Мария · ул. Садовая, 5, кв. 4 до 15:00" in said


@in_forum
async def test_handed_to_a_colleague_by_name(
    member: Member, world: World, general: General
) -> None:
    olga = await world.member("olga")
    await general.says(member, "/shift")
    said = await general.says(member, "/shift Ольге ключи в сейфе")
    assert said.startswith("🔴 Смену сдаёт Анна Соколова, принимает Ольга Миронова.")
    assert "Заметка: ключи в сейфе" in said
    assert "Диспетчерская: Ольга Миронова, администратор, с 11:0" in await general.says(
        olga, "/shift"
    )
    assert "принимает Анна Соколова" in await general.says(olga, "/shift сдать Анне: всё тихо")
    assert await world.count(Shift) == 3
    assert "Самому себе" in await general.says(member, "/shift Анна")
    assert "Кому сдать, не поняли: «Фёдор»" in await general.says(member, "/shift Фёдор")


@in_forum
async def test_an_admin_sees_every_room_and_may_begin_too(
    member: Member, world: World, general: General
) -> None:
    olga = await world.member("olga")
    said = await general.says(olga, "/shift")
    assert said == "На смене сейчас:\nДиспетчерская: никого\nЗаступить самому — /shift начать."
    await general.says(member, "/shift")
    said = await general.says(olga, "/shift начать")
    assert "🟢 Смену начинает Ольга Миронова.\nЕщё на смене: Анна Соколова с 11:0" in said
    said = await general.says(member, "/shift кто")
    assert "Анна Соколова с 11:0" in said
    assert "Ольга Миронова, администратор, с 11:0" in said


@in_forum
async def test_a_forgotten_shift_ends_by_the_clock(
    member: Member, world: World, general: General
) -> None:
    await general.says(member, "/shift")
    before = len(general.group.general.heard())
    await world.waits(hours=15, minutes=50)
    await world.settled()
    assert len(general.group.general.heard()) == before
    await world.waits(minutes=15)
    await world.settled()
    (line,) = general.group.general.heard()[before:]
    assert "Смену, которую Анна Соколова ведёт с 11:0" in line.text
    assert "никто не сдал, и мы её закончили" in line.text
    assert "🟢 Смену начинает" in await general.says(member, "/shift")


@in_forum
async def test_from_a_topic_the_summary_stands_in_general(
    resident: Resident, member: Member, world: World, general: General
) -> None:
    await resident.settles_in()
    await resident.files()
    thread: Any = await member.finds("№1001")
    before = len(general.group.general.heard())
    await member.says("/shift", thread)
    await member.sees(thread, "Сводка — в общем чате группы.")
    assert "🟢 Смену начинает" in general.group.general.heard()[before].text
    await resident.hears_nothing()


@pytest.mark.rooms("desk")
async def test_at_the_desk(resident: Resident, member: Member, world: World) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("/shift", thread)
    await member.sees(thread, "🟢 Смену начинает Анна Соколова.")
    await member.says("/shift сдать", thread)
    await member.sees(thread, "🔴 Смену сдаёт Анна Соколова.")
    await resident.hears_nothing()
