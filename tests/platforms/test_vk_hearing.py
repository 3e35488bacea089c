"""Hearing VK where it says nonsense, says nothing, or is asked in another way than before."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from bot.platforms.vk import hearing
from tests.platforms.conftest import drive
from tests.platforms.vk_driver import VkCallbackDriver, VkDriver


@pytest.mark.parametrize("answer", [{}, {"updates": []}, {"failed": 4}, {"failed": "?"}])
async def test_nonsense_in_the_long_poll_is_an_outage(
    vk: VkDriver, answer: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked again at once, it would be asked some thousand times a second."""
    asked = 0
    poll = vk.vk.updates.poll

    async def nonsense(*_: Any) -> dict[str, Any]:
        nonlocal asked
        asked += 1
        return answer

    maria = await vk.person()
    monkeypatch.setattr(vk.vk.updates, "poll", nonsense)
    await maria.says("раз")
    await vk.vk.wait(lambda: vk.outages)
    await asyncio.sleep(0.3)
    assert "nonsense" in str(vk.outages[0])
    assert asked < 20  # the driver runs it again each twentieth of a second
    monkeypatch.setattr(vk.vk.updates, "poll", poll)
    [heard] = await vk.hears()
    assert heard.text == "раз"


async def test_from_the_callback_api_to_the_long_poll_nothing_is_lost(
    database_url: str, tmp_path: Path
) -> None:
    driver = VkDriver(database_url, tmp_path)
    maria = await driver.person()
    await maria.says("пока вы переключались")
    async with driver.db.work() as work:
        await work.inbox.hear("vk", [], f"@{time.time() - 60:.0f}")
    async for _ in drive(driver):
        [heard] = await driver.hears()
        assert heard.text == "пока вы переключались"
        assert str(await driver.cursor()).partition("@")[0]


async def test_what_vk_could_not_bring_is_looked_for(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An expired certificate, say: nothing tells us that nobody gets through."""
    monkeypatch.setattr(hearing, "LOOK_AGAIN", 0.3)
    driver = VkCallbackDriver(database_url, tmp_path)
    async for _ in drive(driver):
        maria = await driver.person()
        await maria.says("раз")
        await driver.hears()
        [server] = driver.vk.callbacks.servers.values()
        server.status = "failed"
        await maria.says("два")
        _, heard = await driver.hears(2)
        assert heard.text == "два"
        server.status = "ok"
        await maria.says("три")
        assert [each.text for each in await driver.hears(3)] == ["раз", "два", "три"]


async def test_a_pause_of_ours_is_made_up_for(database_url: str, tmp_path: Path) -> None:
    """By the Callback API, too, however short it was."""
    driver = VkCallbackDriver(database_url, tmp_path)
    maria = await driver.person()
    await maria.says("пока вас не было")
    async with driver.db.work() as work:
        await work.inbox.hear("vk", [], f"@{time.time() - 60:.0f}")
    async for _ in drive(driver):
        [heard] = await driver.hears()
        assert heard.text == "пока вас не было"
