"""The company's own page on a telephone: one press, large letters, nothing cut off."""

from __future__ import annotations

from datetime import date

from playwright.async_api import Page, expect

from bot.app import App
from services.access import AsResident
from services.tables import Contact
from tests.browser.steps import PATIENCE, presses, reads, registers
from tests.support.holders import MONTH, NUMBER, has_bill, holds, knew_month, knows_account


async def begin(app: App) -> int:
    """What the accounting system knows of the first who wrote."""
    account = await knows_account(
        app.db, place="ул. Заводская, 12, кв. 12", paid=0, overdue=100_000, penalties=1_240
    )
    for back in range(1, 12):
        number = MONTH.year * 12 + MONTH.month - 1 - back
        month = date(number // 12, number % 12 + 1, 1)
        await knew_month(app.db, account, month, 430_000 + back * 9_700, 430_000 - back * 4_300)
    await has_bill(app.db, app.settings.files_dir, account)
    await holds(app.db, account)
    return account


async def link(app: App, account: int) -> str:
    async with app.db.work() as work:
        contact = await work.session.get_one(Contact, 1)
        viewer = AsResident(contact.resident_id, contact.id)
        return await work.page_links.make(viewer, "account", account=account)


async def test_the_page_is_read_on_a_telephone(app: App, chat: Page) -> None:
    await registers(chat, app.base_url)
    account = await begin(app)
    await presses(chat, "Лицевой счёт")
    await reads(chat, f"Лицевой счёт №\u00a0{NUMBER}")
    await presses(chat, "Оплатить")
    await reads(chat, "Откройте приложение банка")
    await expect(chat.locator("#log .photo img").last).to_have_js_property("complete", True)

    await chat.goto(await link(app, account))
    await expect(chat.locator("body")).not_to_contain_text(NUMBER)
    await chat.get_by_role("button", name="Показать").click()
    await expect(chat.locator("body")).to_contain_text(NUMBER, timeout=PATIENCE)
    for picture in ("img.code", "img.chart"):
        drawn = chat.locator(picture)
        await drawn.scroll_into_view_if_needed()
        await expect(drawn).to_have_js_property("complete", True, timeout=PATIENCE)
        assert await drawn.evaluate("one => one.naturalWidth") >= 800
    wide = await chat.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    async with chat.expect_download() as fetched:
        await chat.get_by_role("link", name="Скачать квитанцию").click()
    assert (await fetched.value).suggested_filename.startswith("Квитанция")
    await chat.reload()
    await expect(chat.locator("body")).to_contain_text(NUMBER)  # for its minutes
