"""A draft of the outside machine at the desk: a press puts it into the field, and sends nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.app import App
from tests.browser.steps import PATIENCE, enters, presses, reads
from tests.support.assist import MODEL, TOKEN, AssistStandIn
from tests.support.browser import visitor
from tests.support.path import ask, settle_in
from tests.support.running import SAMPLE, running_app

SAID = "Козу держать в квартире нельзя."


@pytest.fixture
async def app(database_url: str, tmp_path: Path) -> AsyncIterator[App]:
    async with AssistStandIn(SAID) as machine:
        on = {"assist_url": machine.url, "assist_token": TOKEN, "assist_model": MODEL}
        async with running_app(database_url, tmp_path, company=SAMPLE, **on) as running:
            yield running


async def test_a_draft_goes_into_the_field(app: App, desk: Page) -> None:
    async with visitor(app.base_url) as mary:
        await settle_in(mary, app, flat="12", name="Мария Лебедева")
        await ask(mary, app, "Можно ли завести козу?")
        await enters(desk, await app.sign_in_address())
        await desk.locator("#threads a", has_text="Мария Лебедева").click(timeout=PATIENCE)
        await reads(desk, "Черновик ответа, проверьте:")
        await presses(desk, "Взять за основу")
        await expect(desk.locator("#text")).to_have_value(SAID)
        await expect(desk.locator("#log article", has_text=SAID)).to_have_count(1)  # the note alone
        await desk.locator("#send").click()
        await expect(desk.locator("#log article", has_text=SAID)).to_have_count(2, timeout=PATIENCE)
