"""A real browser, where the machine has one."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}


def find() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find(), args=QUIET)
        try:
            yield browser
        finally:
            await browser.close()


async def resident_s(browser: Browser, *, scale: float = 1) -> BrowserContext:
    return await browser.new_context(
        viewport=PHONE, locale="ru-RU", timezone_id="Europe/Moscow", is_mobile=True, has_touch=True,
        device_scale_factor=scale,
    )  # fmt: skip


async def dispatcher_s(browser: Browser) -> BrowserContext:
    return await browser.new_context(viewport=DESKTOP, locale="ru-RU", timezone_id="Europe/Moscow")


def listen(page: Page) -> list[str]:
    """What the browser complained of: errors of scripts, and what the content policy stopped. That
    the server refused a form (422) is said to the member, and no error."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type == "error"
            and "WebSocket" not in message.text
            and "status of 422" not in message.text
            else None
        ),
    )
    return complaints
