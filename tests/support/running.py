"""The production wiring with its edges replaced: a database of the test, messengers' stand-ins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.app import App
from bot.settings import Settings
from services.clock import Clock
from tests.support.patience import PATIENCE
from tests.support.telegram import TelegramStandIn
from tests.support.vk import VkStandIn

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLE = ROOT / "examples" / "company.yaml"
FASTER = 1000.0  # times the messengers' limits, so that a dialogue is not paced


@asynccontextmanager
async def running_app(
    database_url: str,
    folder: Path,
    *,
    telegram: TelegramStandIn | None = None,
    vk: VkStandIn | None = None,
    company: Path = SAMPLE,
    clock: Clock | None = None,
    faster: float = FASTER,
    **settings: Any,
) -> AsyncIterator[App]:
    """The whole program in this process, on a free port. `settings` are fields of `Settings`."""
    if telegram is not None:
        settings.setdefault("telegram_token", telegram.token)
        settings.setdefault("telegram_api_url", telegram.url)
    if vk is not None:
        settings.setdefault("vk_token", vk.token)
        settings.setdefault("vk_group_id", vk.group_id)
        settings.setdefault("vk_api_url", vk.url)
    app = App(
        Settings(
            _env_file=None,
            data_dir=folder,
            company_file=company,
            log_level="warning",
            **{"http_port": 0, **settings},
        ),
        database_url,
        clock=clock,
        limits_factor=faster,
    )
    try:
        await app.start()
        for name, there in (("telegram", telegram), ("vk", vk), ("desk", app)):
            if there is not None:
                await wait_until_up(app, name)
        yield app
    finally:
        await app.stop()


async def wait_until_up(app: App, channel: str, seconds: float = PATIENCE) -> None:
    async with asyncio.timeout(seconds):
        while app.state.channels[channel].state != "up":
            await asyncio.sleep(0.01)


async def settled(app: App, seconds: float = PATIENCE) -> None:
    """Waits until nothing heard waits to be handled and nothing said waits to be sent."""
    async with asyncio.timeout(seconds):
        while True:
            async with app.db.work() as work:
                waiting = await work.inbox.count_waiting()
                waiting += sum((await work.outbox.count_waiting()).values())
            if not waiting:
                return
            await asyncio.sleep(0.02)
