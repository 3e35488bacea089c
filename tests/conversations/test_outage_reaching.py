"""An accident is told wherever its residents can be reached; works ahead are not that urgent."""

from __future__ import annotations

import pytest

from tests.conversations.test_outages import FORUM, announce, in_general
from tests.conversations.test_relay import person
from tests.support.linking import links
from tests.support.people import Resident
from tests.support.world import World


@pytest.mark.also("vk")
@FORUM[0]
@FORUM[1]
async def test_an_accident_goes_by_the_next_messenger(resident: Resident, world: World) -> None:
    assert world.tg is not None
    await resident.settles_in()
    vk = world.resident("Мария", channel="vk")
    await links(resident, vk)
    await resident.says("Пишу отсюда последней")
    await world.settled()
    await resident.forgets()
    world.tg.faults.next(
        "sendMessage", chat=person(resident).chat.id, kind="error", code=403,
        description="Forbidden: user is deactivated",
    )  # fmt: skip
    await announce(in_general(world))
    told = await vk.hears("Нет холодной воды")
    assert "Садовая, 5" in told.text
    assert {"У меня тоже", "Уже дали"} <= set(told.buttons)
    await vk.presses("У меня тоже")
    await resident.hears_nothing()
