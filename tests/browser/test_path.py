"""The whole path in a real browser: a request from a phone, an answer from the desk."""

from __future__ import annotations

import re

from playwright.async_api import Locator, Page, expect

from bot.app import App
from tests.browser.steps import PATIENCE, attaches, enters, presses, reads, registers, says, words
from tests.support.pictures import GREEN, RED


async def files_a_request(chat: Page, text: str) -> str:
    """From the menu to the number, with a photo."""
    await presses(chat, "Новая заявка")
    await reads(chat, "Что случилось?")
    await attaches(chat, "кран.png", RED)
    await says(chat, text)
    await reads(chat, "К чему это отнести")
    await presses(chat, "Сантехника")
    for label in ("Течёт под раковиной", "Завтра утром", "Отправить"):
        await presses(chat, label)
    await reads(chat, "принята")
    receipt = words(chat, "принята")
    found = re.search(r"№\s?(\d+)", await receipt.last.inner_text())
    assert found is not None
    return found[1]


async def loaded(picture: Locator) -> None:
    await picture.scroll_into_view_if_needed()
    await expect(picture).to_be_visible(timeout=PATIENCE)
    await expect(picture).to_have_js_property("complete", True, timeout=PATIENCE)
    assert await picture.evaluate("one => one.naturalWidth") > 0


async def test_a_request_is_filed_answered_closed_and_opened_again(
    app: App, chat: Page, desk: Page
) -> None:
    await registers(chat, app.base_url)
    assert "start=" not in chat.url  # a reload must not begin anew
    await enters(desk, await app.sign_in_address())
    await expect(desk.locator("#threads-empty")).to_be_visible()

    number = await files_a_request(chat, "Под раковиной <капает> вода")

    row = desk.locator("#threads a", has_text=number)
    await expect(row).to_be_visible(timeout=PATIENCE)  # by itself
    await expect(row.locator(".badge")).to_contain_text("1")
    await row.click()
    await reads(desk, "Под раковиной <капает> вода")
    await loaded(desk.locator("#log article.resident .photo img"))
    await expect(desk.locator("#facts")).to_contain_text("ул. Заводская, 12, кв. 12")
    await expect(row.locator(".badge")).to_have_count(0, timeout=PATIENCE)

    await attaches(desk, "схема.png", GREEN)
    await says(desk, "Добрый день! Слесарь придёт с 15 до 17.")
    await reads(chat, "Слесарь придёт с 15 до 17")
    answer = words(chat, "Слесарь придёт с 15 до 17")
    await expect(answer.locator(".head")).to_contain_text("Ольга Миронова")
    await loaded(answer.locator(".photo img"))
    at_desk = words(desk, "Слесарь придёт с 15 до 17")
    await expect(at_desk.locator(".state")).to_have_text("доставлено", timeout=PATIENCE)

    await desk.locator("#mode-note").click()
    await says(desk, "Второй раз за месяц")
    await expect(words(desk, "Второй раз за месяц")).to_have_class(re.compile("note"))
    await says(desk, "/who")
    await expect(desk.locator("#log .said")).to_contain_text("Мария", timeout=PATIENCE)

    await desk.locator("#do-close").click()
    await desk.locator("#do-close.sure").click()
    await presses(chat, "Не решено")
    await expect(desk.locator("#log .system").last).to_contain_text(
        "снова в работе", timeout=PATIENCE
    )
    await expect(desk.locator("#talk-status")).to_have_text("в работе")

    await expect(words(chat, "Второй раз за месяц")).to_have_count(0)
    await expect(words(chat, "/who")).to_have_count(0)
    before = await chat.locator("#log article .words").all_inner_texts()
    await chat.reload()
    await reads(chat, "Слесарь придёт с 15 до 17")
    assert await chat.locator("#log article .words").all_inner_texts() == before
    await expect(words(chat, "Второй раз за месяц")).to_have_count(0)


async def test_the_state_is_changed_from_the_list_under_the_button(
    app: App, chat: Page, desk: Page
) -> None:
    await registers(chat, app.base_url)
    number = await files_a_request(chat, "Капает кран")
    await enters(desk, await app.sign_in_address())
    await desk.locator("#threads a", has_text=number).click()
    await reads(desk, "Капает кран")
    await desk.locator("#do-status").click()
    await expect(desk.get_by_role("menuitem")).to_have_count(5)
    await expect(desk.get_by_role("menuitem").first).to_be_focused()
    await desk.keyboard.press("ArrowDown")
    await desk.keyboard.press("Enter")
    await expect(desk.locator("#talk-status")).to_have_text("в работе", timeout=PATIENCE)
    await reads(chat, "В работе")
    await desk.locator("#text").fill("/status ")
    await expect(desk.locator("#hints li")).to_have_count(5)
    await desk.wait_for_timeout(250)  # the list must not close behind the lost focus
    await desk.locator("#hints li", has_text="принята").click()
    await desk.locator("#send").click()
    await expect(desk.locator("#talk-status")).to_have_text("принята", timeout=PATIENCE)
    await desk.locator("#text").fill("/")
    offered = await desk.locator("#hints li b").all_inner_texts()
    from handlers.staff.commands import COMMANDS

    assert {each.strip() for each in offered} <= set(COMMANDS)


async def test_on_a_phone_the_menu_makes_room_for_a_question(app: App, chat: Page) -> None:
    await registers(chat, app.base_url)
    await presses(chat, "Новая заявка")
    await reads(chat, "Что случилось?")
    await expect(chat.locator("#standing")).to_be_hidden()
    await chat.locator("#menu").click()
    await expect(chat.locator("#standing")).to_be_visible()
    await presses(chat, "Отмена")
    await expect(chat.locator("#standing")).to_be_visible()
    await expect(words(chat, "Что случилось?")).to_be_visible()


async def test_an_alarm_is_taken_by_a_press_on_the_page(app: App, chat: Page, desk: Page) -> None:
    await registers(chat, app.base_url)
    await enters(desk, await app.sign_in_address())
    await says(chat, "Пахнет газом на кухне")
    await reads(chat, "104")
    row = desk.locator("#threads a").first
    await expect(row).to_be_visible(timeout=PATIENCE)
    await row.click()
    await reads(desk, "Пахнет газом на кухне")
    await desk.locator("#log .system button", has_text="Принято").first.click(timeout=PATIENCE)
    await reads(chat, "Ольга Миронова")
    await expect(desk.locator("#log .system button", has_text="Принято")).to_have_count(0)
