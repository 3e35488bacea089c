"""What the doctor sees of a community, and sets right."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.platforms.vk.checks import examine_vk
from bot.platforms.vk.parse import EVENTS
from bot.settings import Settings
from tests.support.vk import VkStandIn


@pytest.fixture
async def vk() -> AsyncIterator[VkStandIn]:
    async with VkStandIn(check_answers=True) as stand_in:
        yield stand_in
        assert stand_in.malformed == []
        assert stand_in.misshapen == []


async def examine(vk: VkStandIn, **changes: Any) -> list[tuple[bool, str]]:
    given: dict[str, Any] = {
        "_env_file": None,
        "vk_token": vk.token,
        "vk_group_id": vk.group_id,
        "vk_api_url": vk.url,
    }
    settings = Settings(**(given | changes))
    return [finding async for finding in examine_vk(settings)]


async def test_all_is_well(vk: VkStandIn) -> None:
    findings = await examine(vk)
    assert all(ok for ok, _ in findings), findings
    assert vk.community.name in findings[0][1]


async def test_a_fresh_community_is_set_right(vk: VkStandIn) -> None:
    vk.community.make_fresh()
    findings = await examine(vk)
    assert all(ok for ok, _ in findings), findings
    community = vk.community
    assert community.messages
    assert community.bots
    assert community.start_button
    assert community.long_poll.enabled
    assert set(EVENTS) <= community.long_poll.events


async def test_a_refused_key(vk: VkStandIn) -> None:
    [(ok, words)] = await examine(vk, vk_token="vk1.a.another")
    assert not ok
    assert "token" in words
    assert "another" not in words


async def test_a_key_without_a_right(vk: VkStandIn) -> None:
    vk.community.permissions.discard("photos")
    findings = await examine(vk)
    assert any(not ok and "photos" in words for ok, words in findings), findings


async def test_out_of_reach(vk: VkStandIn) -> None:
    await vk.stop()
    [(ok, words)] = await examine(vk)
    assert not ok
    assert "VK_API_URL" in words


async def test_the_callback_server_is_added(vk: VkStandIn) -> None:
    callback = {
        "vk_transport": "callback",
        "vk_secret": "letters",
        "vk_confirmation": vk.community.confirmation,
        "public_url": "http://127.0.0.1:9",
    }
    findings = await examine(vk, **callback)
    assert all(ok for ok, _ in findings), findings
    [server] = vk.callbacks.servers.values()
    assert (server.url, server.secret) == ("http://127.0.0.1:9/vk", "letters")
    assert set(EVENTS) <= server.settings.events
    findings = await examine(vk, **callback | {"vk_confirmation": "wrong"})
    assert any(not ok and vk.community.confirmation in words for ok, words in findings)
