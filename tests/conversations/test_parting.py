"""«Это не я» and «Отключить»: linked messengers parted again."""

from __future__ import annotations

import pytest

from services.tables import Link, Ticket
from tests.support.linking import enters, links, takes_code
from tests.support.people import Member, Resident
from tests.support.world import World

pytestmark = [pytest.mark.only("telegram"), pytest.mark.also("vk")]


async def test_not_me_ends_it_at_once(resident: Resident, member: Member, world: World) -> None:
    stranger = world.resident("Чужой", channel="vk")
    await resident.settles_in()
    await resident.files()
    told = await links(resident, stranger)
    await stranger.presses("Мои заявки")
    mine = await stranger.hears("Ваши заявки")
    await stranger.presses("Написать диспетчеру")
    await stranger.says("Откройте мне дверь")
    thread = await member.finds("Откройте")
    await resident.presses_under(told, "Это не я")
    await resident.hears("Отключили: ВКонтакте")
    await resident.hears("кто-то узнал ваш код")
    await stranger.hears("Этот мессенджер отключили от другого (Telegram)")
    await stranger.forgets()
    await stranger.presses_under(mine, "№1001 Лифт")
    await stranger.hears("Не нашли этого среди ваших заявок")
    await stranger.says("Ну откройте")
    await stranger.hears("одну из кнопок")  # a person of their own, who gave no consent yet
    assert "Ну откройте" not in await member.reads(thread)
    await member.says("Кому открыть?", thread)  # what was begun meanwhile is the first one's
    await resident.hears("Кому открыть?")
    await resident.presses_under(told, "Это не я")
    await resident.hears("уже отключён")
    assert len(await world.audit("unlinked")) == 1


async def test_undone_everything_is_as_before(
    resident: Resident, member: Member, world: World
) -> None:
    vk = world.resident(channel="vk")
    await resident.settles_in("sadovaya-5", "4")
    await resident.files()
    await vk.settles_in("sosnovaya-3", "7", "Олег")
    await vk.presses("Написать диспетчеру")
    await vk.says("Когда дадут воду?")
    code = await takes_code(resident)
    await enters(vk, code)
    await vk.hears("Готово")
    await resident.presses("Настройки")
    assert "Сосновая" in (await resident.hears("Имя: Мария")).text
    await resident.presses("Другой мессенджер", "Отключить ВКонтакте")
    await resident.hears("Отключили: ВКонтакте")
    alone = await resident.hears("только отсюда: Telegram")
    assert not any(label.startswith("Отключить") for label in alone.buttons)
    await vk.hears("Этот мессенджер отключили")
    await vk.presses("Настройки")
    shown = await vk.hears("Имя: Олег")
    assert "Садовая" not in shown.text
    assert "Сосновая" in shown.text
    await resident.presses("Настройки")
    assert "Сосновая" not in (await resident.hears("Имя: Мария")).text
    await resident.forgets()
    await member.says("Вода будет в пять", await member.finds("Когда дадут воду"))
    await vk.hears("Вода будет в пять")
    await resident.hears_nothing()


async def test_who_joined_by_mistake_leaves_by_a_button(resident: Resident, world: World) -> None:
    vk = world.resident(channel="vk")
    await resident.settles_in()
    await vk.settles_in("sosnovaya-3", "7", "Олег")
    await enters(vk, await takes_code(resident))
    done = await vk.hears("Готово")
    await vk.presses_under(done, "Отключить")
    await vk.hears("Этот мессенджер отключили от другого (Telegram)")
    await vk.hears("Чем помочь")
    await resident.hears("Отключили: ВКонтакте")
    await vk.presses_under(done, "Отключить")
    await vk.hears("уже отключён")
    await vk.presses("Настройки")
    await vk.hears("Имя: Олег")


async def test_the_one_who_joined_cannot_keep_what_was_not_theirs(
    resident: Resident, world: World
) -> None:
    """A stranger who parts the first messenger only puts out their own."""
    stranger = world.resident(channel="vk")
    await resident.settles_in()
    await resident.files()
    await links(resident, stranger)
    await stranger.presses("Настройки", "Другой мессенджер", "Отключить Telegram")
    await stranger.hears("Этот мессенджер отключили")
    await stranger.presses("Мои заявки")
    await stranger.hears("Заявок пока нет")
    await resident.presses("Мои заявки")
    await resident.hears("Ваши заявки")


async def test_forged_presses_part_nobody(resident: Resident, world: World) -> None:
    vk, web = world.resident(channel="vk"), world.resident(channel="web")
    await resident.settles_in()
    await links(resident, vk)
    await web.settles_in("sosnovaya-3", "7", "Олег")
    for action in ("link/undo/1", "link/off/2", "link/off/1", "link/undo/99", "link/steal/1"):
        await web.forges(action)
        await web.hears("Не нашли этого")
    await vk.presses("Мои заявки")
    await vk.hears("Заявок пока нет")
    assert await world.count(Link) == 1
    assert await world.audit("unlinked") == []


async def test_consent_taken_back_is_taken_back_for_both(resident: Resident, world: World) -> None:
    """Also of what an undone link would bring back."""
    vk = world.resident(channel="vk")
    await resident.settles_in()
    await vk.settles_in("sadovaya-5", "4", "Маша")
    await enters(vk, await takes_code(resident))
    done = await vk.hears("Готово")
    await resident.presses("Настройки", "Отозвать согласие", "Да, отозвать")
    await vk.presses("Написать диспетчеру")
    await vk.hears("нужно ваше согласие")
    await vk.presses_under(done, "Отключить")
    await vk.hears("Этот мессенджер отключили")
    await vk.presses("Согласен")
    asked = await vk.hears("жилом комплексе")
    assert asked.buttons
    assert await world.count(Ticket) == 0
