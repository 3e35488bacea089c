"""Outages at the desk, in a real browser: a form, a preview, and a resident who hears of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Locator, Page, expect

from bot.app import App
from tests.browser import chromium
from tests.browser.steps import PATIENCE, enters
from tests.support.browser import Visitor, visitor
from tests.support.path import settle_in
from tests.support.pictures import GREEN as PICTURE

MOSCOW = ZoneInfo("Europe/Moscow")
HOUSE = "Заводская, 12"


@pytest.fixture
async def mary(app: App) -> AsyncIterator[Visitor]:
    async with visitor(app.base_url) as resident:
        await settle_in(resident, app, flat="12", name="Мария Лебедева")
        yield resident


@pytest.fixture
async def olga(app: App, desk: Page) -> Page:
    await enters(desk, await app.sign_in_address())
    await desk.locator("#notices-open").click()
    await expect(desk.locator("#notices-now-none")).to_be_visible(timeout=PATIENCE)
    return desk


async def begins(page: Page) -> None:
    await page.locator("#notices-new").click()
    await expect(page.locator("#outage-send")).to_be_visible(timeout=PATIENCE)


async def picks(page: Page, *labels: str) -> None:
    for label in labels:
        await page.locator(".notice-fields label", has_text=label).first.click()


def posts_to(page: Page, fragment: str) -> list[str]:
    """Grows with what the page asks of the server from now on."""
    found: list[str] = []
    page.on(
        "request",
        lambda it: found.append(it.url) if it.method == "POST" and fragment in it.url else None,
    )
    return found


def beside(page: Page, name: str) -> Locator:
    return page.locator(f"#outage-{name}-why")


async def sends(page: Page) -> None:
    """The first press asks, the second does it."""
    button = page.locator("#outage-send")
    await button.click()
    await expect(button).to_have_class(re.compile("sure"), timeout=PATIENCE)
    await button.click()
    await expect(page.locator("#toast")).to_contain_text("ушло", timeout=PATIENCE)


async def announces(page: Page) -> None:
    await begins(page)
    await picks(page, "Авария", "Холодная вода", HOUSE)
    await page.locator(".chip", has_text="Через 2 часа").click()
    await page.locator("#outage-reason").fill("прорыв на вводе")
    await expect(page.locator(".preview .bubble")).to_contain_text("прорыв", timeout=PATIENCE)
    await sends(page)


async def test_told_from_the_page_and_followed_to_its_end(mary: Visitor, olga: Page) -> None:
    await announces(olga)
    heard = await mary.reads("Нет холодной воды")
    assert "прорыв на вводе" in heard["text"]
    one = olga.locator("#notice-one")
    await expect(one.locator(".figure-head").first).to_have_text(
        "1 из 1 получили", timeout=PATIENCE
    )
    await expect(olga.locator("#notices-now .notice-row")).to_contain_text(
        "1 из 1", timeout=PATIENCE
    )

    await mary.presses("У меня тоже")  # and the page learns it by itself
    await expect(one.locator(".answers")).to_contain_text("У меня тоже", timeout=PATIENCE)

    await one.get_by_role("button", name="Продлить…").click()
    await one.locator(".longer button[type=submit]").click()
    await expect(olga.locator("#longer-until-why")).to_be_visible(timeout=PATIENCE)
    await one.locator(".chip", has_text="Через 4 часа").click()
    await one.locator(".longer button[type=submit]").click()
    await mary.reads("Нужно другое время")
    await expect(one.locator(".told")).to_contain_text("Новый срок", timeout=PATIENCE)

    done = one.locator("[data-does=restore]")
    asked = posts_to(olga, "/restore")
    await done.dblclick()  # the rest of a double click is no yes
    await expect(done).to_have_text("Да, жители узнают")
    await expect(done).to_be_enabled()
    assert asked == []
    await done.click()
    await mary.reads("Холодная вода снова есть")
    await expect(olga.locator("#notices-past")).to_contain_text(HOUSE, timeout=PATIENCE)
    await expect(olga.locator("#notices-now-none")).to_be_visible()


async def test_mistakes_stand_beside_their_fields_and_nothing_is_lost(olga: Page) -> None:
    await begins(olga)
    await olga.locator("#outage-send").click()
    await expect(beside(olga, "planned")).to_have_text(
        "Выберите: авария или плановые работы.", timeout=PATIENCE
    )
    await expect(beside(olga, "houses")).to_be_visible()
    await expect(olga.locator("#outage-planned input").first).to_be_focused()
    await picks(olga, "Авария", "Другое", HOUSE)
    await expect(beside(olga, "houses")).to_be_hidden()  # mended, and said so at once
    await expect(olga.get_by_role("group", name="Подъезд")).to_be_visible(timeout=PATIENCE)
    await olga.locator("#outage-title").fill("Не работает шлагбаум")
    await olga.locator("#outage-flats").fill("12, потом ещё")
    await olga.locator("#outage-until").fill("2020-01-01T10:00")
    await olga.locator("#outage-reason").fill("не открывается")
    await expect(beside(olga, "until")).to_have_text(
        "Это время уже прошло. Выберите другое.", timeout=PATIENCE
    )
    await expect(beside(olga, "flats")).to_contain_text("Не понял квартиры")
    await expect(beside(olga, "planned")).to_be_hidden()
    for name, value in (
        ("title", "Не работает шлагбаум"), ("flats", "12, потом ещё"),
        ("until", "2020-01-01T10:00"), ("reason", "не открывается"),
    ):  # fmt: skip
        await expect(olga.locator(f"#outage-{name}")).to_have_value(value)
    await olga.reload()  # not even by that
    await expect(olga.locator("#outage-title")).to_have_value(
        "Не работает шлагбаум", timeout=PATIENCE
    )
    await expect(olga.locator("#outage-flats")).to_have_value("12, потом ещё", timeout=PATIENCE)
    await olga.locator("#outage-flats").fill("12")
    await picks(olga, "Пока не знаем")
    await expect(olga.locator(".preview .bubble")).to_contain_text("кв. 12", timeout=PATIENCE)


async def test_a_draft_waits_on_the_server_and_is_sent_later(
    app: App, mary: Visitor, olga: Page
) -> None:
    await begins(olga)
    await picks(olga, "Плановые работы", "Горячая вода", HOUSE)
    await olga.locator(".chip", has_text="Завтра с 10 до 14").click()
    await expect(olga.locator(".saved")).to_have_text("Черновик сохранён", timeout=PATIENCE)
    await expect(olga.locator(".preview-body .warning").first).to_contain_text("предупреждают")
    asked = posts_to(olga, "/desk/api/outages")
    for _ in range(2):
        await olga.locator("#outage-reason").press("Enter")
    await expect(olga.locator("#outage-send")).to_have_text("Отправить сейчас")
    assert asked == []  # neither kept again nor sent
    await olga.evaluate("localStorage.clear()")
    await olga.goto(f"{app.base_url}/desk#outages")
    await olga.reload()
    await olga.locator("#notices-now .notice-row.draft").click(timeout=PATIENCE)
    await expect(olga.locator(".preview .bubble")).to_contain_text(
        "Отключим горячую воду", timeout=PATIENCE
    )
    await olga.locator("#outage-plan").click()
    await olga.locator("#outage-plan-yes").click()
    await expect(beside(olga, "at")).to_have_text("Выберите, когда отправить.", timeout=PATIENCE)
    late = await olga.locator("#outage-until").input_value()
    await olga.locator("#outage-at").fill(late)
    await olga.locator("#outage-plan-yes").click()
    await expect(beside(olga, "at")).to_contain_text("уже начнутся", timeout=PATIENCE)
    await olga.locator("#outage-at").fill(
        f"{datetime.now(MOSCOW) + timedelta(hours=1):%Y-%m-%dT%H:%M}"
    )
    await olga.locator("#outage-plan-yes").click()
    await expect(olga.locator("#toast")).to_contain_text("уйдёт", timeout=PATIENCE)
    await expect(olga.locator("#notices-now .notice-row.scheduled")).to_have_count(
        1, timeout=PATIENCE
    )

    await olga.locator("[data-does=change]").click(timeout=PATIENCE)
    await expect(olga.locator(".preview .bubble")).to_be_visible(timeout=PATIENCE)
    await expect(olga.locator(".saved")).to_be_empty()
    await olga.locator("#outage-reason").fill("меняем трубу")
    await expect(olga.locator(".saved")).to_contain_text("Пока уйдёт прежнее")
    await expect(olga.locator(".preview .bubble")).to_contain_text("меняем", timeout=PATIENCE)
    await sends(olga)
    assert "Завтра" not in (await mary.reads("Отключим горячую воду"))["text"]


async def test_on_a_phone_by_the_keyboard_alone(app: App, mary: Visitor, olga: Page) -> None:
    await olga.set_viewport_size(chromium.PHONE)
    await olga.locator("#notices-new").focus()
    await olga.keyboard.press("Enter")
    await expect(olga.locator("#outage-planned input").first).to_be_focused(timeout=PATIENCE)
    await olga.keyboard.press("Space")
    await olga.locator("#outage-what input").first.focus()
    await olga.keyboard.press("Space")
    await olga.get_by_label(HOUSE).focus()
    await olga.keyboard.press("Space")
    await olga.get_by_label("Пока не знаем").focus()
    await olga.keyboard.press("Space")
    await expect(olga.locator(".preview .bubble")).to_contain_text(HOUSE, timeout=PATIENCE)
    wide = await olga.evaluate("document.documentElement.scrollWidth")
    main = await olga.evaluate(
        "(() => { const it = document.querySelector('.notices-main');"
        " return it.scrollWidth - it.clientWidth; })()"
    )
    assert (wide, main) == (360, 0)
    await olga.locator("#outage-send").focus()
    await olga.keyboard.press("Enter")
    await expect(olga.locator("#outage-send")).to_have_class(re.compile("sure"), timeout=PATIENCE)
    await expect(olga.locator("#outage-send")).to_be_enabled()
    await olga.keyboard.press("Enter")
    await mary.reads("Нет холодной воды")
    await expect(olga.locator("#notice-one .figure-head").first).to_be_visible(timeout=PATIENCE)
    await olga.keyboard.press("Escape")
    await expect(olga.locator("#notices-now .notice-row")).to_be_visible(timeout=PATIENCE)
    await olga.keyboard.press("Escape")
    await expect(olga.locator("#threads-scroll")).to_be_visible()


async def test_a_mailing_with_a_photo_is_written_shown_and_sent(
    app: App, mary: Visitor, olga: Page
) -> None:
    await olga.locator("#notices-mailings").click()
    await olga.locator("#notices-new").click()
    await olga.locator("#mailing-send").click(timeout=PATIENCE)
    await expect(olga.locator("#mailing-whom-why")).to_have_text(
        "Выберите, кому рассылка.", timeout=PATIENCE
    )
    await expect(olga.locator("#mailing-text-why")).to_be_visible()
    await picks(olga, "Сотрудникам")
    await olga.locator("#mailing-text").fill("В пять собрание.")
    await olga.locator("#mailing-send").click()
    await expect(olga.locator("#mailing-roles-why")).to_have_text(
        "Выберите, каким сотрудникам.", timeout=PATIENCE
    )
    await picks(olga, "Всем жителям", "Новости", HOUSE)
    await olga.locator("#mailing-text").fill("В субботу красим лавочки у подъездов.")
    await olga.locator("#mailing-choose").set_input_files(
        {"name": "двор.png", "mimeType": "image/png", "buffer": PICTURE}
    )
    await expect(olga.locator(".notice-form .tray-card")).to_have_count(1)
    await expect(olga.locator(".saved")).to_have_text("Черновик сохранён", timeout=PATIENCE)
    await expect(olga.locator(".preview .bubble")).to_contain_text("красим лавочки")
    await olga.reload()
    await expect(olga.locator("#mailing-text")).to_have_value(
        "В субботу красим лавочки у подъездов.", timeout=PATIENCE
    )
    await expect(olga.locator(".notice-form .tray-card")).to_have_count(1)
    send = olga.locator("#mailing-send")
    await expect(olga.locator(".preview .bubble")).to_be_visible(timeout=PATIENCE)
    await send.click()
    await expect(send).to_have_text("Да, отправить: 1 человек", timeout=PATIENCE)
    await send.click()
    heard = await mary.reads("красим лавочки")
    assert [each["kind"] for each in heard["attachments"]] == ["photo"]
    one = olga.locator("#notice-one")
    await expect(one.locator(".figure-head")).to_have_text("1 из 1 получили", timeout=PATIENCE)
    await expect(one.locator(".photo img")).to_be_visible()
    await expect(olga.locator(".notice-row").first).to_contain_text("1 из 1", timeout=PATIENCE)
