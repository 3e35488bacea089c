"""Each conversation is told once and runs in every messenger, and, where staff take part, in
every kind of staff room: not each messenger with each room, which `--every-pair` does, but every
messenger with a room, in turn, so that all pairs occur among the tests. `needs("edits")`: only
where a messenger has them; `only("telegram")`; `also("vk")`: with that messenger on besides."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.drivers.telegram import InTelegram
from tests.support.drivers.vk import InVk
from tests.support.drivers.web import OnSite
from tests.support.people import Member, Resident
from tests.support.world import World, open_world

CHANNELS = {driver.name: driver.can for driver in (InTelegram, InVk, OnSite)}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "world" not in metafunc.fixturenames:
        return
    needs = {name for mark in metafunc.definition.iter_markers("needs") for name in mark.args}
    only = {name for mark in metafunc.definition.iter_markers("only") for name in mark.args}
    channels = [c for c, can in CHANNELS.items() if needs <= can and (not only or c in only)]
    rooms = [name for mark in metafunc.definition.iter_markers("rooms") for name in mark.args]
    if not rooms:
        rooms = ["forum", "desk"] if "member" in metafunc.fixturenames else ["desk"]
    pairs = [(channel, room) for channel in channels for room in rooms]
    if len(channels) >= len(rooms) and not metafunc.config.getoption("--every-pair"):
        turn = zlib.crc32(metafunc.definition.name.encode())
        pairs = [(each, rooms[(turn + i) % len(rooms)]) for i, each in enumerate(channels)]
    metafunc.parametrize(("channel", "room"), pairs)


@pytest.fixture(scope="session", autouse=True)
def hasty_farewells() -> None:
    """aiogram waits a quarter of a second for TLS to say goodbye; there is none here."""
    from aiogram.client.session.aiohttp import AiohttpSession

    async def close(self: AiohttpSession) -> None:
        if self._session is not None:
            await self._session.close()

    AiohttpSession.close = close  # type: ignore[method-assign]


@pytest_asyncio.fixture
async def world(
    request: pytest.FixtureRequest, database_url: str, tmp_path: Path, channel: str, room: str
) -> AsyncIterator[World]:
    also = {name for mark in request.node.iter_markers("also") for name in mark.args}
    async with open_world(database_url, tmp_path, channel, room, also=also) as world:
        yield world


@pytest_asyncio.fixture
async def resident(world: World) -> Resident:
    return world.resident()


@pytest_asyncio.fixture
async def member(world: World) -> Member:
    return await world.member("anna")
