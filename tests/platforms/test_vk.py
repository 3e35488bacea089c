"""What is VK's own in hearing: the long poll that loses its place, the Callback API, shapes."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from bot.platforms.vk.failures import read_error
from bot.platforms.vk.parse import parse
from services.messaging.port import Blocked
from services.messaging.types import Outbound
from tests.platforms.vk_driver import SECRET, VkCallbackDriver, VkDriver


async def texts(driver: VkDriver) -> list[str]:
    return [inbound.text for inbound in await driver.inbox()]


# ── The long poll ────────────────────────────────────────────────────────────


@pytest.mark.parametrize("marks_read", [False, True])
@pytest.mark.parametrize("trouble", ["forget", "expire_key", "lose"])
async def test_what_the_long_poll_has_lost_is_heard(
    vk: VkDriver, trouble: str, marks_read: bool
) -> None:
    """`failed` 1, 2 and 3, also where an answer of ours marks the conversation as read."""
    vk.vk.sends_mark_read = marks_read
    maria = await vk.person()
    await maria.says("раз")
    await vk.hears()
    vk.deaf = 10_000
    await maria.says("два")
    await maria.says("три")
    await vk.send(maria, Outbound(text="Объявление"))
    getattr(vk.vk.updates, trouble)()
    vk.deaf = 0
    await vk.hears(3)
    await maria.says("четыре")
    await vk.hears(4)
    assert await texts(vk) == ["раз", "два", "три", "четыре"]


async def test_what_came_while_the_bot_was_down_is_heard_after_it(vk: VkDriver) -> None:
    maria = await vk.person()
    await maria.says("раз")
    await vk.hears()
    vk.deaf = 10_000
    for words in ("два", "три"):
        await maria.says(words)
    cursor = await vk.cursor()
    await asyncio.sleep(0.2)
    assert await vk.cursor() == cursor
    vk.deaf = 0
    await vk.hears(3)
    assert await texts(vk) == ["раз", "два", "три"]
    assert str(await vk.cursor()).partition("@")[0] == str(vk.vk.updates.ts)


async def test_an_event_handed_over_again_is_heard_once(vk: VkDriver) -> None:
    maria = await vk.person()
    said = await maria.says("раз")
    await maria.edits(said, "полтора")
    await vk.hears(2)
    await maria.says_again()
    await maria.says("два")
    await vk.hears(3)
    assert await texts(vk) == ["раз", "полтора", "два"]


# ── The Callback API ─────────────────────────────────────────────────────────


async def post(driver: VkCallbackDriver, body: Any, **changes: Any) -> tuple[int, str]:
    if isinstance(body, dict):
        body = json.dumps({"group_id": driver.vk.group_id, "secret": SECRET} | body | changes)
    async with aiohttp.ClientSession() as session, session.post(driver.url, data=body) as answer:
        return answer.status, await answer.text()


async def test_who_may_call(callback: VkCallbackDriver) -> None:
    asks = {"type": "confirmation"}
    assert await post(callback, asks) == (200, callback.vk.community.confirmation)
    assert (await post(callback, asks, group_id=1))[0] == 403
    assert (await post(callback, asks, secret="чужой"))[0] == 403
    assert (await post(callback, asks, secret=None))[0] == 403
    for nonsense in ("", "{", "[]", "7", '{"type": 5}', b"\xff\xfe"):
        assert (await post(callback, nonsense))[0] == 400
    assert await callback.inbox() == []


async def test_ok_is_said_after_the_commit(callback: VkCallbackDriver) -> None:
    maria = await callback.person()
    callback.deaf = 1
    await maria.says("важно")
    await callback.hears()
    [server] = callback.vk.callbacks.servers.values()
    await callback.vk.wait(lambda: len(server.answers) == 2)
    assert [answer.partition(" ")[0].partition("\n")[0][:3] for answer in server.answers] == [
        "500",
        "ok",
    ]


# ── Shapes ───────────────────────────────────────────────────────────────────


async def test_a_link_brings_its_code(vk: VkDriver) -> None:
    maria = await vk.person()
    await maria.user.starts("dvor-1-1")
    await maria.user.says("Здравствуйте", ref="dvor-1-2")
    await vk.hears()
    assert [(one.text, one.payload, one.sender.name) for one in await vk.inbox()] == [
        ("/start", "dvor-1-1", "Мария"),
        ("Здравствуйте", "dvor-1-2", "Мария"),
    ]


async def test_what_has_no_file_comes_as_a_link(vk: VkDriver) -> None:
    maria = await vk.person()
    user = maria.user
    await user.sends_video(text="Смотрите")
    await user.sends_wall()
    video, wall = await vk.hears(2)
    assert video.text.startswith("Смотрите\nhttps://vk.com/video")
    assert wall.text.startswith("https://vk.com/wall")


async def test_forwarded_words_are_quoted(vk: VkDriver) -> None:
    maria = await vk.person()
    strange = vk.vk.foreign("Воды нет\nс утра")
    await maria.user.says("У соседей", forwards=[strange])
    [heard] = await vk.hears()
    assert heard.text == "У соседей\n> Воды нет\n> с утра"


def test_what_is_not_ours_concerns_nobody() -> None:
    assert parse({"type": "group_join", "object": {"user_id": 5}}) is None
    assert isinstance(read_error(18, "deleted"), Blocked)
