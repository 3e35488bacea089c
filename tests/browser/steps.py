"""What people do on the pages, in the words of people."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect

PATIENCE = 15_000  # milliseconds


def words(page: Page, text: str) -> Locator:
    """A message that holds these words, in the chat or at the desk."""
    return page.locator("#log article", has_text=text)


async def reads(page: Page, text: str) -> None:
    await expect(words(page, text).last).to_be_visible(timeout=PATIENCE)


async def presses(page: Page, label: str) -> None:
    """The newest button of that label."""
    button = page.locator("button.press", has_text=label).last
    await expect(button).to_be_visible(timeout=PATIENCE)
    await button.click()


async def says(page: Page, text: str) -> None:
    await page.locator("#text").fill(text)
    await page.locator("#send").click()


async def attaches(page: Page, name: str, data: bytes, mime: str = "image/png") -> None:
    await page.locator("#files").set_input_files({"name": name, "mimeType": mime, "buffer": data})
    await expect(page.locator("#tray .tray-card")).to_have_count(1)


async def registers(page: Page, base_url: str, *, flat: str = "12", name: str = "Мария") -> None:
    """From the deep link of a house to the menu."""
    await page.goto(f"{base_url}/chat?start=zavodskaya-12")
    await presses(page, "Согласен")
    await reads(page, "номер квартиры")
    await says(page, flat)
    await reads(page, "Как к вам обращаться")
    await says(page, name)
    await presses(page, "Пропустить")
    await expect(page.locator("#standing")).to_contain_text("Новая заявка", timeout=PATIENCE)


async def enters(page: Page, address: str) -> None:
    """By the one-time link to the desk."""
    await page.goto(address)
    await page.locator("button", has_text="Войти").click()
    await expect(page.locator("#desk")).to_be_visible(timeout=PATIENCE)
