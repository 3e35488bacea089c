"""A messenger that takes nothing for a while: nothing is lost, and admins know why."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from tests.support.people import Member, Resident
from tests.support.world import World


@pytest.mark.only("vk")
@pytest.mark.rooms("forum")
async def test_a_captcha_is_told_to_admins_by_another_messenger(
    resident: Resident, member: Member, world: World
) -> None:
    assert world.tg is not None
    assert world.vk is not None
    olga = world.tg.user("Ольга", 501)
    await olga.starts()
    await resident.settles_in()
    world.vk.faults.next("messages.send", kind="error", code=14)
    await resident.presses("Новая заявка")
    told = await olga.hears("ВКонтакте")
    assert "не уходят" in told.text
    assert "captcha" in told.text
    assert "Ничего не потеряно" in told.text
    health = await ask_health(world)
    assert 0 < health["channels"]["vk"]["sends_again_in"] <= 300
    assert "captcha" in health["channels"]["vk"]["why"]
    async with world.app.db.work() as work:
        assert (await work.outbox.count_waiting())["vk"] == 1


async def ask_health(world: World) -> Any:
    where = f"{world.app.address}/health"
    async with aiohttp.ClientSession() as session, session.get(where) as answer:
        return await answer.json()
