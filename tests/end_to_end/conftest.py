"""The real program against a stand-in of Telegram."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.support.telegram import TelegramStandIn


@pytest_asyncio.fixture
async def tg() -> AsyncIterator[TelegramStandIn]:
    async with TelegramStandIn(privacy=False) as tg:
        yield tg
