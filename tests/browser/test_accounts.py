"""Files from the accounting system at the desk, in a real browser: handed in, looked at, applied,
taken back."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from bot.app import App
from tests.browser.steps import PATIENCE, enters
from tests.support.accounting import ACCOUNT, ACCOUNTS, make_csv

HEADS = ("Лицевой счёт", "Долг")


@pytest.fixture
async def olga(app: App, desk: Page) -> Page:
    await enters(desk, await app.sign_in_address())
    await desk.locator("#accounts-open").click()
    await expect(desk.locator("#accounts-none")).to_be_visible(timeout=PATIENCE)
    return desk


async def hands_in(page: Page, data: bytes, name: str) -> Any:
    file: Any = {"name": name, "mimeType": "text/csv", "buffer": data}
    await page.locator("#accounts-file").set_input_files(file)
    return page.locator(".accounts-file").first


async def test_from_the_file_to_the_way_back(olga: Page) -> None:
    files = make_csv(*((f"000010{n}", *ACCOUNT[1:]) for n in range(1, 8)), heads=ACCOUNTS)
    card = await hands_in(olga, files, "счета.csv")
    await expect(card).to_contain_text("новых счетов: 7", timeout=PATIENCE)
    await card.get_by_role("button", name="Загрузить", exact=True).click()
    await expect(card).to_contain_text("Загружено: счета.csv", timeout=PATIENCE)
    journal = olga.locator("#accounts-journal li")
    await expect(journal).to_contain_text("лицевые счета, 7 строк (новых 7)", timeout=PATIENCE)

    debts = make_csv(*((f"000010{n}", f"{n}00,00") for n in range(1, 8)), heads=HEADS)
    card = await hands_in(olga, debts, "долги.csv")
    await expect(card).to_contain_text("за какой месяц этот файл?", timeout=PATIENCE)
    await card.locator(".chip").nth(1).click()
    await expect(card).to_contain_text("новых: 7", timeout=PATIENCE)
    await expect(card).to_contain_text("Долг по файлу: 2 800,00 ₽")
    await card.locator("[data-does=load]").click()
    await expect(journal).to_have_count(2, timeout=PATIENCE)
    undo = journal.first.locator("[data-does=undo]")
    await undo.click()
    await expect(undo).to_have_text("Да, вернуть как было")
    await expect(undo).to_be_enabled(timeout=PATIENCE)
    await undo.click()
    await expect(journal.first).to_contain_text("возвращено как было", timeout=PATIENCE)


async def test_what_is_wrong_stands_there_and_can_be_removed(olga: Page) -> None:
    bad = make_csv(*(("0000101", "сто") for _ in range(25)), heads=(*HEADS,))
    card = await hands_in(olga, bad, "долги.csv")
    await card.locator(".chip").nth(1).click()
    await expect(card.locator(".accounts-problems li")).to_have_count(20, timeout=PATIENCE)
    await expect(card).to_contain_text("строка 2, столбец «Долг»: «сто» не похоже на сумму")
    await expect(card).to_contain_text("Все замечания таблицей (ещё 5)")
    async with olga.expect_download() as download:
        await card.get_by_role("link").click()
    assert (await download.value).suggested_filename == "что-не-так.csv"
    await expect(card.locator("[data-does=load]")).to_have_count(0)
    await card.get_by_role("button", name="Убрать").click()
    await expect(olga.locator(".accounts-file")).to_have_count(0, timeout=PATIENCE)
    await hands_in(olga, b"%PDF-1.7", "долги.xlsx")
    await expect(olga.locator(".accounts-file.refused")).to_contain_text(
        "это PDF", timeout=PATIENCE
    )
