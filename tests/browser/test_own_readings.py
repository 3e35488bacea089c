"""Readings sent from the company's own page, on a telephone."""

from __future__ import annotations

from datetime import timedelta

from playwright.async_api import Page, expect
from sqlalchemy import select

from bot.app import App
from services.access import AsResident
from services.meters.windows import before, first_of
from services.tables import Contact, Reading
from tests.browser.steps import PATIENCE, registers
from tests.support.holders import holds, knows_account
from tests.support.meters import meter, showed
from tests.support.pictures import RED


async def link(app: App) -> str:
    """Of whoever wrote first: meters of water, and of electricity by day and night."""
    account = await knows_account(app.db, place="ул. Заводская, 12, кв. 12", debt=None)
    await holds(app.db, account, role="family", money=False)
    async with app.db.work() as work:
        month = before(first_of(work.now.date() - timedelta(days=31)))
        cold = await meter(work, account, number="4507731", title="кухня")
        await showed(work, cold, before(month), 117_900)
        await showed(work, cold, month, 120_400)
        hot = await meter(work, account, "hot_water", "4507732", title="кухня")
        await showed(work, hot, month, 84_125)
        light = await meter(work, account, "electricity", "00917", tariffs=2)
        await showed(work, light, month, 10_212_000, 5_110_000)
        contact = await work.session.get_one(Contact, 1)
        viewer = AsResident(contact.resident_id, contact.id)
        return await work.page_links.make(viewer, "readings", account=account)


async def fits(page: Page) -> bool:
    wide = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return bool(wide <= 0)


async def test_readings_are_sent_on_a_telephone(app: App, chat: Page) -> None:
    await registers(chat, app.base_url)
    await chat.goto(await link(app))
    await expect(chat.locator("body")).not_to_contain_text("120,4")
    await chat.get_by_role("button", name="Открыть").click()
    cold, hot, light = (chat.locator(".meter").nth(number) for number in range(3))
    await expect(cold).to_contain_text("Прошлые показания: 120,4 м³", timeout=PATIENCE)
    assert await fits(chat)

    await cold.get_by_label("Сейчас на счётчике").fill("119,5")
    await light.get_by_label("День").fill("10500")
    await light.get_by_label("Ночь").fill("пять тысяч")
    photo = {"name": "meter.png", "mimeType": "image/png", "buffer": RED}
    await cold.locator("input[type=file]").set_input_files(photo)
    await chat.get_by_role("button", name="Отправить").click()
    await expect(light).to_contain_text("Ночь. Не вижу показаний", timeout=PATIENCE)
    await expect(light.get_by_label("Ночь")).to_have_value("пять тысяч")
    await expect(cold).to_contain_text("меньше прошлого показания")
    await expect(cold).to_contain_text("Фото сохранили")
    assert await fits(chat)

    await light.get_by_label("Ночь").fill("5200")
    await cold.get_by_label("Да, на счётчике так и есть").check()
    await chat.get_by_role("button", name="Отправить").click()
    await expect(chat.get_by_role("status")).to_contain_text("Показания приняли", timeout=PATIENCE)
    await expect(cold).to_contain_text("Уже передали: 119,5 м³")
    await expect(hot.get_by_label("Сейчас на счётчике")).to_be_visible()
    await expect(cold.get_by_label("Сейчас на счётчике")).to_be_hidden()  # under «Исправить»
    assert await fits(chat)
    async with app.db.session() as session:
        rows = list(
            await session.scalars(
                select(Reading).where(Reading.source == "chat").order_by(Reading.meter_id)
            )
        )
    assert [row.figures for row in rows] == [[119_500], [10_500_000, 5_200_000]]
    assert rows[0].file_id is not None
