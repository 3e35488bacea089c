"""A real Chromium, or a reason why not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from bot.app import App
from tests.browser import chromium
from tests.support.running import SAMPLE, running_app


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if chromium.find() is None:
                reason = f"no browser here: none of {', '.join(chromium.NAMES)}"
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium.chromium() as running:
        yield running


@pytest.fixture
async def app(database_url: str, tmp_path: Path) -> AsyncIterator[App]:
    """Of a company that never sleeps: the clock is the real one, and news of a state wait for the
    morning."""
    company = tmp_path / "company.yaml"
    awake = 'company:\n  quiet_from: "00:00"\n  quiet_until: "00:00"\n'
    company.write_text(SAMPLE.read_text().replace("company:\n", awake, 1))
    async with running_app(database_url, tmp_path, company=company) as running:
        yield running


@pytest.fixture
async def phone(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A resident's, 360 by 740."""
    context = await chromium.resident_s(browser)
    yield context
    await context.close()


@pytest.fixture
async def chat(phone: BrowserContext) -> AsyncIterator[Page]:
    page = await phone.new_page()
    complaints = chromium.listen(page)
    yield page
    assert complaints == []


@pytest.fixture
async def desk(browser: Browser) -> AsyncIterator[Page]:
    context = await chromium.dispatcher_s(browser)
    page = await context.new_page()
    complaints = chromium.listen(page)
    yield page
    assert complaints == []
    await context.close()
