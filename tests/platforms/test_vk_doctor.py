"""What the doctor sees of a community, and sets right."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.platforms.vk import checks
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
    assert "VK_TOKEN не принят" in words
    assert "another" not in words


async def test_a_key_without_a_right(vk: VkStandIn) -> None:
    vk.community.permissions.discard("photos")
    findings = await examine(vk)
    [words] = [words for ok, words in findings if not ok]
    assert "не хватает прав: «фотографии»" in words


async def test_a_key_that_may_not_look(vk: VkStandIn) -> None:
    vk.community.permissions.discard("manage")
    told = "; ".join(words for ok, words in await examine(vk) if not ok)
    assert "«управление сообществом»" in told
    assert not re.search(r"\b(the|token|right|access)\b", told)


async def test_the_number_of_another_community(vk: VkStandIn) -> None:
    [(ok, words)] = await examine(vk, vk_group_id=vk.group_id + 1)
    assert not ok
    assert "номер не этого ключа" in words
    assert f"VK_GROUP_ID={vk.group_id} " in words


async def test_out_of_reach(vk: VkStandIn) -> None:
    await vk.stop()
    [(ok, words)] = await examine(vk)
    assert not ok
    assert "VK_API_URL" in words


# ── The Callback API ─────────────────────────────────────────────────────────


class Bot:
    """Answers VK's confirmation, while it runs."""

    def __init__(self, vk: VkStandIn) -> None:
        self.runs = True
        self._vk = vk

    async def __aenter__(self) -> Bot:
        app = web.Application()
        app.router.add_post("/vk", self._confirm)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _confirm(self, _: web.Request) -> web.Response:
        return web.Response(
            text=self._vk.community.confirmation if self.runs else "",
            status=200 if self.runs else 502,
        )

    def settings(self, **changes: Any) -> dict[str, Any]:
        given = {"vk_transport": "callback", "vk_secret": "letters", "public_url": self.url}
        return given | changes


@pytest.fixture
async def bot(vk: VkStandIn, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    monkeypatch.setattr(checks, "LOOK_AGAIN", 0.05)
    async with Bot(vk) as made:
        yield made


async def test_the_callback_server_is_added(vk: VkStandIn, bot: Bot) -> None:
    findings = await examine(vk, **bot.settings())
    assert all(ok for ok, _ in findings), findings
    [server] = vk.callbacks.servers.values()
    assert (server.url, server.secret, server.status) == (f"{bot.url}/vk", "letters", "ok")
    assert set(EVENTS) <= server.settings.events
    findings = await examine(vk, **bot.settings(vk_confirmation="wrong"))
    assert any(not ok and vk.community.confirmation in words for ok, words in findings)


async def test_a_server_that_failed_is_saved_anew(vk: VkStandIn, bot: Bot) -> None:
    bot.runs = False
    told = "; ".join(words for ok, words in await examine(vk, **bot.settings()) if not ok)
    assert "Запустите бота" in told
    assert f"{bot.url}/health" in told
    bot.runs = True
    findings = await examine(vk, **bot.settings())
    assert all(ok for ok, _ in findings), findings
    [server] = vk.callbacks.servers.values()
    assert server.status == "ok"


async def test_a_secret_that_differs_is_saved_anew(vk: VkStandIn, bot: Bot) -> None:
    await examine(vk, **bot.settings())
    [server] = vk.callbacks.servers.values()
    server.title = "наш бот"
    findings = await examine(vk, **bot.settings(vk_secret="others"))
    assert all(ok for ok, _ in findings), findings
    assert (server.secret, server.title, server.status) == ("others", "наш бот", "ok")
    before = vk.stats.calls["groups.editCallbackServer"]
    await examine(vk, **bot.settings(vk_secret="others"))
    assert vk.stats.calls["groups.editCallbackServer"] == before


def test_the_samples_of_the_guide_are_taken() -> None:
    guide = Path(__file__).parents[2] / "docs" / "ru" / "vk.md"
    samples = dict(re.findall(r"^(VK_\w+|PUBLIC_URL)=(.*)$", guide.read_text(), re.MULTILINE))
    given: dict[str, Any] = {name.lower(): value for name, value in samples.items()}
    assert Settings(_env_file=None, **given).vk_transport == "callback"


async def test_the_wall(vk: VkStandIn) -> None:
    """An administrator's key, the community's own with the right and without it, a wrong one."""
    told = await examine(vk, vk_wall_token=vk.wall_token)
    assert told[-1] == (True, "стена: писать на неё можно")
    vk.wall_refuses = 214
    assert not (await examine(vk, vk_wall_token=vk.wall_token))[-1][0]
    assert not (await examine(vk, vk_wall_token=vk.token))[-1][0]
    vk.community.permissions.add("wall")
    assert (await examine(vk, vk_wall_token=vk.token))[-1][0]
    ok, words = (await examine(vk, vk_wall_token="vk1.a.another"))[-1]
    assert not ok
    assert "VK_WALL_TOKEN не принят" in words
    assert vk.wall == []
