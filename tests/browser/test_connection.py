"""A connection that comes and goes, a page in another site's frame, a desk without a link."""

from __future__ import annotations

import socket
from contextlib import AsyncExitStack
from pathlib import Path

from aiohttp import web
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from bot.app import App
from services.tables import Message
from tests.browser import chromium
from tests.browser.steps import PATIENCE, enters, presses, reads, registers, says
from tests.support.running import SAMPLE, running_app, settled

# The button lives in a closed shadow root, where a test cannot look.
OPEN_SHADOWS = """
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function () { return attach.call(this, { mode: "open" }); };
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_what_was_said_during_a_restart_goes_out_once(
    database_url: str, tmp_path: Path, browser: Browser
) -> None:
    port = free_port()
    phone = await chromium.resident_s(browser)
    chat = await phone.new_page()
    async with running_app(database_url, tmp_path, http_port=port) as app:
        await registers(chat, app.base_url)
        await presses(chat, "Написать диспетчеру")
        await settled(app)
        await says(chat, "До перерыва")
        await expect(chat.locator("#log .pending")).to_have_count(0)
        await settled(app)
    await says(chat, "Во время перерыва")
    await says(chat, "И ещё одно")
    await expect(chat.locator("#log .pending")).to_have_count(2)
    await expect(chat.locator("#offline")).to_be_visible(timeout=PATIENCE)
    async with running_app(database_url, tmp_path, http_port=port) as app:
        await expect(chat.locator("#log .pending")).to_have_count(0, timeout=30_000)
        await expect(chat.locator("#offline")).to_be_hidden()
        await settled(app)
        mine = await chat.locator("#log article.me .words").all_inner_texts()
        assert mine[-3:] == ["До перерыва", "Во время перерыва", "И ещё одно"]
        async with app.db.session() as session:
            found = select(Message.text).where(Message.by == "resident").order_by(Message.id)
            said = list(await session.scalars(found))
        assert said == ["До перерыва", "Во время перерыва", "И ещё одно"]
    await phone.close()


async def test_a_draft_outlives_a_reload(app: App, chat: Page) -> None:
    await registers(chat, app.base_url)
    await chat.locator("#text").fill("Не успел дописать")
    await chat.reload()
    await expect(chat.locator("#text")).to_have_value("Не успел дописать")


async def test_a_refused_message_stays_and_can_be_mended(app: App, chat: Page) -> None:
    await registers(chat, app.base_url)
    await chat.locator("#text").evaluate("field => field.removeAttribute('maxlength')")
    await says(chat, "ы" * 20_001)
    await expect(chat.locator("#log .refused")).to_contain_text("Слишком длинно", timeout=PATIENCE)
    await presses(chat, "Исправить")
    await expect(chat.locator("#text")).not_to_be_empty()
    await expect(chat.locator("#log .pending")).to_have_count(0)


async def test_a_file_too_large_is_refused_before_it_travels(app: App, chat: Page) -> None:
    await registers(chat, app.base_url)
    large = {"name": "film.mp4", "mimeType": "video/mp4", "buffer": b"x" * (20 * 1024 * 1024 + 1)}
    await chat.locator("#files").set_input_files(large)  # type: ignore[arg-type]
    await expect(chat.locator("#tray .trouble")).to_have_text("Не принят")
    await expect(chat.locator("#toast")).to_have_text("film.mp4: Больше 20 МБ — не поместится")


async def test_the_script_tag_on_another_site(
    database_url: str, tmp_path: Path, browser: Browser
) -> None:
    """A button, a frame, unread marks while it is closed; the page of the site stays its own."""
    async with AsyncExitStack() as ends:
        site = web.Application()
        tag: list[str] = []

        async def show(request: web.Request) -> web.Response:
            page = f"<!doctype html><link rel=icon href=data:,><h1>Наш дом</h1>{tag[0]}"
            return web.Response(text=page, content_type="text/html")

        site.router.add_get("/", show)
        runner = web.AppRunner(site, access_log=None)
        await runner.setup()
        ends.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
        company = tmp_path / "company.yaml"
        text = SAMPLE.read_text(encoding="utf-8")
        company.write_text(
            text.replace("- https://uyut.example\n", f"- {origin}\n", 1), encoding="utf-8"
        )
        app = await ends.enter_async_context(running_app(database_url, tmp_path, company=company))
        tag.append(
            f'<script src="{app.base_url}/chat/embed.js" defer data-start="zavodskaya-12"></script>'
        )
        context = await chromium.dispatcher_s(browser)
        ends.push_async_callback(context.close)
        await context.add_init_script(OPEN_SHADOWS)
        page = await context.new_page()
        complaints = chromium.listen(page)
        await page.goto(origin)
        button = page.get_by_role("button", name="Чат с управляющей компанией")
        await expect(button).to_be_visible()
        assert len(page.frames) == 1  # nothing is loaded until somebody wants it
        await button.click()
        await expect(button).to_have_attribute("aria-expanded", "true")
        frame = page.frames[1]
        agree = frame.locator("button.press", has_text="Согласен").first
        await agree.click(timeout=PATIENCE)
        await expect(frame.locator("#log")).to_contain_text("Заводская, 12", timeout=PATIENCE)
        await frame.locator("#close").click()
        await expect(button).to_have_attribute("aria-expanded", "false")
        assert complaints == []
        assert await page.evaluate("Object.keys(window).filter(n => /domovoy/i.test(n))") == []

        stranger = tmp_path / "stranger.html"
        stranger.write_text(f'<iframe src="{app.base_url}/chat"></iframe>', encoding="utf-8")
        other = await context.new_page()
        stopped = chromium.listen(other)
        await other.goto(stranger.as_uri())
        await other.wait_for_timeout(300)
        assert any("frame" in line for line in stopped)


async def test_the_desk_without_a_link_and_with_a_used_one(app: App, browser: Browser) -> None:
    context = await chromium.dispatcher_s(browser)
    page = await context.new_page()
    await page.goto(f"{app.base_url}/desk")
    await expect(page.locator("#signin")).to_contain_text("/desk")
    address = await app.sign_in_address()
    await enters(page, address)
    await page.locator("#leave").click()
    await expect(page.locator("#signin-why")).to_have_text("Вы вышли.")
    await page.goto(address)
    await page.locator("button", has_text="Войти").click()
    await expect(page.locator("#signin-why")).to_contain_text("уже использована")
    await page.goto(f"{app.base_url}/desk/enter")
    await expect(page.locator("#broken")).to_be_visible()
    await context.close()


async def test_two_tabs_of_one_person_agree(app: App, chat: Page) -> None:
    await registers(chat, app.base_url)
    other = await chat.context.new_page()
    await other.goto(f"{app.base_url}/chat")
    await reads(other, "рады знакомству")
    await says(chat, "С первой вкладки")
    await reads(other, "С первой вкладки")
    await expect(other.locator(".post.me", has_text="С первой вкладки")).to_have_count(1)
