"""Reminders of what is owed at the desk, in a real browser: a form, who is left out, and a resident
who hears of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from bot.app import App
from tests.browser import chromium
from tests.browser.steps import PATIENCE, enters
from tests.browser.test_notices import picks
from tests.support.browser import Visitor, visitor
from tests.support.holders import holds, knows_account
from tests.support.path import settle_in
from tests.support.running import SAMPLE, running_app

OWED = "4\xa0512,30"


@pytest.fixture
async def app(database_url: str, tmp_path: Path) -> AsyncIterator[App]:
    """Of a company where it is noon: the clock is the real one, and hours are kept."""
    ahead = 12 - datetime.now(UTC).hour
    text = SAMPLE.read_text()
    assert "timezone: Europe/Moscow\n" in text
    company = tmp_path / "company.yaml"
    company.write_text(text.replace("timezone: Europe/Moscow\n", f"timezone: Etc/GMT{-ahead:+}\n"))
    async with running_app(database_url, tmp_path, company=company) as running:
        yield running


@pytest.fixture
async def mary(app: App) -> AsyncIterator[Visitor]:
    """Owes for a month long ago, and holds the account."""
    async with visitor(app.base_url) as resident:
        await settle_in(resident, app, flat="12", name="Мария Лебедева")
        account = await knows_account(app.db, month=date(2026, 1, 1))
        await holds(app.db, account)
        await knows_account(app.db, "0010100002", "ул. Садовая, 5, кв. 5", month=date(2026, 1, 1))
        yield resident


@pytest.fixture
async def olga(app: App, mary: Visitor, desk: Page) -> Page:
    await enters(desk, await app.sign_in_address())
    await desk.locator("#notices-open").click()
    await desk.locator("#notices-reminders").click()
    await expect(desk.locator("#notices-now-none")).to_be_visible(timeout=PATIENCE)
    return desk


def one(page: Page) -> Locator:
    return page.locator("#notice-one")


async def fills_in(page: Page) -> None:
    await page.locator("#notices-new").click()
    await expect(page.locator("#reminder-send")).to_be_visible(timeout=PATIENCE)
    await picks(page, "Просрочено", "Все дома", "Мягко")
    await expect(page.locator(".preview .bubble")).to_contain_text(
        "остались неоплаченные квитанции", timeout=PATIENCE
    )


async def sends(page: Page, people: str) -> None:
    """The first press asks, the second does it."""
    send = page.locator("#reminder-send")
    await send.click()
    await expect(send).to_have_text(f"Да, отправить: {people}", timeout=PATIENCE)
    await send.click()
    await expect(page.locator("#toast")).to_contain_text("пошло", timeout=PATIENCE)


async def test_from_the_form_to_the_result(app: App, mary: Visitor, olga: Page) -> None:
    await fills_in(olga)
    preview = olga.locator(".preview")
    await expect(preview).to_contain_text("Получит 1 человек")
    await expect(preview).to_contain_text("счёт ещё не подключил никто, кому видны суммы — 1")
    await expect(preview).not_to_contain_text("512")
    await olga.locator("#reminder-least").fill("5000")
    await expect(preview).to_contain_text("Получать некому", timeout=PATIENCE)
    await olga.locator("#reminder-least").fill("500,50")
    await expect(preview).to_contain_text("от 500,50", timeout=PATIENCE)
    await sends(olga, "1 человек")
    heard = await mary.reads("остались неоплаченные квитанции")
    assert OWED not in heard["text"]
    await expect(one(olga).locator(".figure-head")).to_have_text(
        "1 из 1 получили", timeout=PATIENCE
    )
    await mary.presses("Лицевой счёт")
    await mary.reads(OWED)
    await olga.reload()
    await expect(one(olga)).to_contain_text(
        "Открыли «Лицевой счёт»: 1 из 1 (100 %)", timeout=PATIENCE
    )
    await expect(one(olga)).not_to_contain_text("512")
    row = olga.locator("#notices-reminders")
    await expect(row).to_have_attribute("aria-pressed", "true")


async def test_mistakes_stand_beside_their_fields_and_nothing_is_lost(olga: Page) -> None:
    await olga.locator("#notices-new").click()
    await olga.locator("#reminder-send").click(timeout=PATIENCE)
    for name, why in (
        ("kind", "Выберите, о чём напомнить."),
        ("where", "Выберите: все дома или некоторые."),
        ("tone", "Выберите, каким тоном."),
        ("text", "Напишите хотя бы несколько слов"),
    ):
        told = olga.locator(f"#reminder-{name}-why")
        await expect(told).to_contain_text(why, timeout=PATIENCE)
    await picks(olga, "Оплатить к сроку", "Выбрать дома", "Официально")
    text = olga.locator("#reminder-text")
    assert "Срок оплаты жилищно-коммунальных услуг" in await text.input_value()
    await olga.locator("#reminder-send").click()
    await expect(olga.locator("#reminder-houses-why")).to_have_text(
        "Выберите хотя бы один дом.", timeout=PATIENCE
    )
    await picks(olga, "Заводская, 12")
    for words, why in (
        ("У вас долг, {name}!", "долгом и просрочкой это не называем"),
        ("Оплатите {sum} до {date}.", "Уберите {sum}"),
        ("Оплатите, {фио}", "Не знаю, что подставить вместо {фио}"),
    ):
        await text.fill(words)
        await expect(olga.locator("#reminder-text-why")).to_contain_text(why, timeout=PATIENCE)
    await picks(olga, "Просто")  # what was typed by hand stays
    await expect(text).to_have_value("Оплатите, {фио}")
    await text.fill("Оплатите до {date}, пожалуйста.")
    await expect(olga.locator(".saved")).to_have_text("Черновик сохранён", timeout=PATIENCE)
    await olga.reload()
    await expect(text).to_have_value("Оплатите до {date}, пожалуйста.", timeout=PATIENCE)
    await olga.locator("#reminder-send").click()
    await expect(olga.locator("#reminder-send")).to_have_text(
        "Да, отправить: 0 человек", timeout=PATIENCE
    )
    await olga.locator("#reminder-send").click()
    await expect(olga.locator("#reminder-why")).to_contain_text("Получать некому", timeout=PATIENCE)


async def test_planned_each_month_and_taken_back(olga: Page) -> None:
    await fills_in(olga)
    await olga.locator("#reminder-plan").click()
    await olga.locator("#reminder-plan-yes").click()
    await expect(olga.locator("#reminder-at-why")).to_have_text(
        "Выберите, когда отправить.", timeout=PATIENCE
    )
    await olga.locator("#reminder-at").fill(f"{datetime.now(UTC).year + 2}-01-01T12:00")
    await olga.locator("#reminder-plan-yes").click()
    await expect(olga.locator("#reminder-at-why")).to_contain_text(
        "дальше чем через три месяца", timeout=PATIENCE
    )
    soon = await olga.evaluate("() => new Date(Date.now() + 4 * 864e5).toISOString().slice(0, 10)")
    await olga.locator("#reminder-at").fill(f"{soon}T12:00")
    await olga.locator("label", has_text="Каждый месяц").locator("input").check()
    await olga.locator("#reminder-plan-yes").click()
    await expect(olga.locator("#toast")).to_contain_text("каждый месяц", timeout=PATIENCE)
    await expect(one(olga)).to_contain_text("каждый месяц", timeout=PATIENCE)
    await expect(olga.locator("#notices-now .notice-row")).to_contain_text("ждёт отправки")
    await one(olga).locator("[data-does=stop]").click()
    await expect(olga.locator("#notices-now-none")).to_be_visible(timeout=PATIENCE)


async def test_whoever_does_not_count_has_no_such_page(app: App, desk: Page) -> None:
    async with app.db.work() as work:
        anna = next(each for each in await work.staff.desk_members() if each.code == "anna")
        token = await work.staff.make_sign_in_link(anna.id)
    await enters(desk, f"{app.base_url}/desk/enter?token={token}")
    await desk.locator("#notices-open").click()
    await expect(desk.locator("#notices-new")).to_be_visible(timeout=PATIENCE)
    await expect(desk.locator("#notices-reminders")).to_be_hidden()
    at, ours = f"{app.base_url}/desk/api/reminders", {"Origin": app.base_url}
    for path in ("", "/form", "/1", "/1/form"):
        assert (await desk.request.get(f"{at}{path}")).status == 404
    for path in ("", "/1/send", "/1/schedule", "/1/hold", "/1/go", "/1/stop"):
        assert (await desk.request.post(f"{at}{path}", data={}, headers=ours)).status == 404


async def test_on_a_phone_nothing_sticks_out(olga: Page) -> None:
    await olga.set_viewport_size(chromium.PHONE)
    await fills_in(olga)
    wide = await olga.evaluate("document.documentElement.scrollWidth")
    main = await olga.evaluate(
        "(() => { const it = document.querySelector('.notices-main');"
        " return it.scrollWidth - it.clientWidth; })()"
    )
    assert (wide, main) == (360, 0)
    await olga.locator("#notices-back").click()
    top = await olga.evaluate(
        "(() => { const it = document.querySelector('.notices-top');"
        " return it.scrollWidth - it.clientWidth; })()"
    )
    assert top == 0
