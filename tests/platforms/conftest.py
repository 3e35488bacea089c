"""Every messenger that the contract suite is run against: a line each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.platforms.driver import Driver
from tests.platforms.telegram_driver import TelegramDriver, TelegramWebhookDriver
from tests.platforms.vk_driver import VkCallbackDriver, VkDriver
from tests.platforms.web_driver import WebDriver

DRIVERS: dict[str, type[Driver]] = {
    "telegram": TelegramDriver,
    "telegram-webhook": TelegramWebhookDriver,
    "vk": VkDriver,
    "vk-callback": VkCallbackDriver,
    "web": WebDriver,
}


async def drive(driver: Driver) -> AsyncIterator[Driver]:
    try:
        await driver.start()
        yield driver
        assert driver.complaints == []
    finally:
        await driver.stop()


@pytest.fixture(params=DRIVERS)
async def driver(
    request: pytest.FixtureRequest, database_url: str, tmp_path: Path
) -> AsyncIterator[Driver]:
    made = DRIVERS[request.param](database_url, tmp_path)
    needs = {mark.args[0] for mark in request.node.iter_markers("needs")}
    if lacking := needs & made.lacks:
        await made.db.close()
        pytest.skip(f"{request.param} has no {', '.join(sorted(lacking))}")
    async for ready in drive(made):
        yield ready


@pytest.fixture
async def telegram(database_url: str, tmp_path: Path) -> AsyncIterator[Driver]:
    async for ready in drive(TelegramDriver(database_url, tmp_path)):
        yield ready


@pytest.fixture
async def webhook(database_url: str, tmp_path: Path) -> AsyncIterator[Driver]:
    async for ready in drive(TelegramWebhookDriver(database_url, tmp_path)):
        yield ready


@pytest.fixture
async def site(database_url: str, tmp_path: Path) -> AsyncIterator[Driver]:
    async for ready in drive(WebDriver(database_url, tmp_path)):
        yield ready


@pytest.fixture
async def vk(database_url: str, tmp_path: Path) -> AsyncIterator[Driver]:
    async for ready in drive(VkDriver(database_url, tmp_path)):
        yield ready


@pytest.fixture
async def callback(database_url: str, tmp_path: Path) -> AsyncIterator[Driver]:
    async for ready in drive(VkCallbackDriver(database_url, tmp_path)):
        yield ready
